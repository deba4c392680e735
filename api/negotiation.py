"""Which of several forms of one thing a client gets (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from api.errors import Problem
from grader.exports import Format


def negotiated(accept: str | None, offered: Sequence[Format]) -> Format:
    """The format that the client likes best, of two the one offered first; 406 where it wants none of them."""
    ranges = [_read(part) for part in (accept or "*/*").split(",") if part.strip()]
    liked = [(max((quality for kind, quality in ranges if _fits(kind, each)), default=0.0), each) for each in offered]
    best = max(liked, key=lambda pair: pair[0])
    if best[0] <= 0:
        raise Problem(406, "not-acceptable", f"There is {', '.join(each.media_type for each in offered)}.")
    return best[1]


def _read(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 1.0


def _fits(kind: str, offered: Format) -> bool:
    known = (offered.media_type, *offered.aliases)
    return kind == "*/*" or kind in known or kind in {f"{name.partition('/')[0]}/*" for name in known}
