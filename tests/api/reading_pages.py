"""Pages as a browser without a script sees them: what stands in them, and their forms to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class FormRead:
    """A form: where it goes, the fields it would send, and its buttons as (name, value)."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The parts of a page the tests ask about; parsing fails where an element is not closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.open: list[str] = []
        self.marks: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.forms: list[FormRead] = []
        self.attributes: set[str] = set()
        self.words = ""
        self._hidden = 0
        self._area: str | None = None
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= named.keys()
        self.links += [value for name, value in named.items() if name == "href"]
        if tag == "mark":
            self.marks.append("")
        if tag == "form" and named.get("method") == "post":
            self.forms.append(FormRead(named["action"]))
        self._read_field(tag, named)
        if tag not in VOID:
            self.open.append("hidden" if named.get("class") in {"hidden", "ref"} else tag)

    def _read_field(self, tag: str, named: dict[str, str]) -> None:
        if not self.forms or "name" not in named:
            return
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((named["name"], named["value"]))
        elif tag == "textarea":
            form.fields[named["name"]] = ""
            self._area = named["name"]
        elif tag == "input" and (named.get("type") != "radio" or "checked" in named):
            form.fields[named["name"]] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() in {tag, "hidden"}
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            text = self.forms[-1].fields[self._area] + data
            self.forms[-1].fields[self._area] = text.removeprefix("\n")
        if "hidden" not in self.open:
            self.words += data
            if "mark" in self.open:
                self.marks[-1] += data

    @property
    def own_marks(self) -> list[str]:
        """The marked passages of the answer, without those of the legend."""
        return self.marks[: len(self.marks) - 3]

    def form(self, ending: str, **fields: str) -> FormRead:
        """The form whose address ends like this, and whose fields have these values."""
        found = [form for form in self.forms if form.action.endswith(ending) and fields.items() <= form.fields.items()]
        assert found, f"no form goes to …{ending} with {fields}; there is {[form.action for form in self.forms]}"
        return found[0]


def read(response: Response, status: int = 200) -> Page:
    """The page of a response; fails where it is none."""
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return Page(response.text)


def send(client: TestClient, page: Page, ending: str, where: dict[str, str] | None = None, **changed: str) -> Response:
    """Send a form of the page, with changed fields, and follow where it leads."""
    form = page.form(ending, **(where or {}))
    found: Any = client.post(form.action, data={**form.fields, **changed})
    return found  # type: ignore[no-any-return]


def answer(client: TestClient, text: str, question: str = "DL0028", action: str = "grade") -> Response:
    """Load a question, as a browser does, and send an answer."""
    path = f"/practice/questions/{question}"
    return send(client, read(client.get(path)), path, answer=text, action=action)
