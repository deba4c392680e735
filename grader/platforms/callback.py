"""The URL that a platform sends with an order, and what is called there: it comes from a request, and gets our key."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from grader.delivery import Outcome, RefusedUrl, destination, judged_by_status
from grader.ports import Reply

_PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


def check_callback(url: str, suffix: str, trusted: Collection[str]) -> None:
    """RefusedUrl where the host is neither the platform's, by its `suffix`, nor one that the operator trusts."""
    place = destination(url, trusted)
    if not place.trusted and not place.host.endswith(suffix):
        raise RefusedUrl(f"The host ends in {suffix}.")


def dedup_key(url: str) -> str:
    """What a platform sends again with the same order: the URL, by its host and its trailing id."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"[-200:]


def judged_once(reply: Reply) -> Outcome:
    """2xx is a success; another 4xx than 408 and 429 will not change."""
    found = judged_by_status(reply)
    client_error = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if client_error and reply.status not in _PASSING:
        return Outcome(delivered=False, status=reply.status, reason=found.reason)
    return found
