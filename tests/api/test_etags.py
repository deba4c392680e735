"""Versions of what is shown."""

from __future__ import annotations

import pytest
from fastapi import Request
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.errors import Problem
from api.etags import etag, is_known, require_match


class Thing(BaseModel):
    words: str


HERE = etag(Thing(words="as it is"))
BEFORE = etag(Thing(words="as it was"))


def request(**headers: str) -> Request:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": sent})


def test_the_same_content_has_the_same_version_and_other_content_another() -> None:
    assert etag(Thing(words="as it is")) == HERE != BEFORE
    assert HERE[0] == HERE[-1] == '"'


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (HERE, None),
        (f"{BEFORE}, {HERE}", None),
        ("*", None),
        (BEFORE, 412),
        (f"W/{HERE}", 412),
        ("", 412),
        ("nonsense", 412),
        (None, 428),
    ],
)
def test_a_change_must_name_the_version_it_changes(if_match: str | None, status: int | None) -> None:
    asked = request() if if_match is None else request(if_match=if_match)
    if status is None:
        require_match(asked, HERE)
        return
    with pytest.raises(Problem) as refused:
        require_match(asked, HERE)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("if_none_match", "known"),
    [(HERE, True), (f"{BEFORE},{HERE}", True), (f"W/{HERE}", True), ("*", True), (BEFORE, False), ("", False)],
)
def test_a_reader_says_which_versions_it_has(if_none_match: str, *, known: bool) -> None:
    assert is_known(request(if_none_match=if_none_match), HERE) is known


def test_a_grade_that_the_client_has_is_not_sent_again(client: TestClient) -> None:
    made = client.post("/v1/grades", json={"question_id": "DL0028", "answer": "A window of tokens."})
    read = client.get(made.headers["Location"])
    assert read.headers["ETag"] == made.headers["ETag"]
    again = client.get(made.headers["Location"], headers={"If-None-Match": made.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", made.headers["ETag"])
