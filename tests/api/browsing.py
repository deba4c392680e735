"""A real browser and a real server for the tests of pages, and what every such test looks at."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from grader.bootstrap import Storage
from grader.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 320, "height": 800}
DESKTOP = {"width": 1440, "height": 900}

LOOKS = {
    f"{width} {scheme}": (viewport, scheme)
    for width, viewport in (("wide", DESKTOP), ("narrow", PHONE))
    for scheme in ("light", "dark")
}

CUT_WORDS = r"""() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange(), cut = [];
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/[\p{Script=Latin}\p{N}_.@’']+/gu)) {
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const parts = [...range.getClientRects()].filter(part => part.width);
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      if (parts.some(part => part.top > parts[0].top) && width < 192) cut.push(word[0]);
    }
  }
  return cut;
}"""
"""The words that go on in another line although they are narrower than 192 pixels, for which every column has room."""

AXE = Path(__file__).with_name("axe-4.14.1.min.js")
"""axe-core of Deque as the npm registry has it, MPL-2.0; for tests only."""

BROWSER_TEST = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]
"""The marks of a module of such tests."""


def in_every_look(*quick: str) -> pytest.MarkDecorator:
    """Runs a test with each `viewport` and `scheme`; in the slow suite only where its look is not `quick`."""
    slow = (() if name in quick else (pytest.mark.slow,) for name in LOOKS)
    looks = (pytest.param(*LOOKS[name], id=name, marks=marks) for name, marks in zip(LOOKS, slow, strict=True))
    return pytest.mark.parametrize(("viewport", "scheme"), list(looks))


class Server(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.reachable = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.reachable.set()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port."""
    server = Server(uvicorn.Config(app, log_level="error", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert server.reachable.wait(30)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def change(folder: Path, work: Callable[[Storage], Coroutine[Any, Any, None]]) -> None:
    """Do something to what a running server keeps in this folder."""

    async def changed() -> None:
        storage = Storage(Settings(data_dir=folder))
        await work(storage)
        await storage.close()

    with ThreadPoolExecutor(1) as pool:  # the browser's event loop runs in this thread
        pool.submit(asyncio.run, changed()).result()


@contextmanager
def launched() -> Iterator[Any]:
    """A browser without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[Any]:
    """An empty page; what the policy blocks, what cannot be loaded and what a script fails with fails the test."""
    context = browser.new_context(**{"viewport": DESKTOP, **options})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
    page.set_default_timeout(30_000)
    yield page
    context.close()
    assert complaints == []


def overflow(page: Any) -> int:
    """Pixels by which the page is wider than its window."""
    width: int = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    return width


def settle(page: Any) -> None:
    """Wait until no part of the page is being replaced."""
    page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")


def show(page: Any, tab: str) -> None:
    """Choose what is shown of a case where there are tabs."""
    found = page.locator(".tabs").get_by_text(tab)
    if found.is_visible():
        found.click()


def tab_to(page: Any, what: str, reached: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            return
    pytest.fail(f"{what} cannot be reached with Tab")


def faults(page: Any, states: Iterable[str]) -> str:
    """What axe-core finds in each state of the page, its cut words, and where it does not fit; a line each."""
    axe, wrong = AXE.read_text("utf-8"), []
    for state in states:
        page.evaluate(axe)
        found = page.evaluate("axe.run().then(result => result.violations)")
        wrong += [(state, each["id"], each["nodes"][0]["html"][:120]) for each in found]
        wrong += [(state, "cut", word) for word in page.evaluate(CUT_WORDS)]
        wrong += [(state, "wider than its window", overflow(page))] if overflow(page) else []
    return "\n".join(map(str, wrong))
