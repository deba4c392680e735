"""Where a request of ours may go: to public https servers, and to those of its own network that the operator names.

A URL that somebody gave us must not become a way into the network this service stands in (OWASP API7, server-side
request forgery). So its form is checked when it is given, and at every delivery the addresses behind its name, one of
which the connection is then made to: a name that means something else a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from grader.errors import GraderError

MAX_URL: Final = 2_000
"""Characters; what browsers and proxies agree on."""

_PORTS: Final = {"https": 443, "http": 80}

_URL: Final = re.compile(
    r"""
    (?P<scheme>https?)://
    (?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])  # no user information; other alphabets as xn--…
    (?::(?P<port>[0-9]{1,5}))?
    (?P<path>(?:[/?][!"$-\[\]-~]*)?)             # visible ASCII without a backslash and a fragment
    """,
    re.VERBOSE,
)
"""One form that every parser reads alike: what is checked here is what is called."""

_TOP_LEVEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
"""The last label of a public name; one that begins with a digit makes an IPv4 address of the whole in some parsers."""

_EMBEDDING: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is called in the end."""


class RefusedUrl(GraderError):
    """A URL that requests of ours do not go to; the message says why and repeats nothing of it."""


@dataclass(frozen=True)
class Destination:
    """A URL in its parts; `trusted` says that the operator named it, so that its addresses may be private."""

    scheme: str
    host: str
    port: int
    path: str
    trusted: bool

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def destination(url: str, trusted: Collection[str] = ()) -> Destination:
    """The parts of a URL that may be called; `trusted` are the operator's `host:port`. RefusedUrl for any other."""
    found = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if found is None:
        raise RefusedUrl(
            f"A URL is https://host/path: visible ASCII, no user name, no fragment, at most {MAX_URL:,} characters."
        )
    scheme, host = found["scheme"], found["host"].lower().rstrip(".")
    port = int(found["port"] or _PORTS[scheme])
    named = f"{host}:{port}" in trusted
    if not named:
        _require_public(scheme, host, port)
    path = found["path"] if found["path"].startswith("/") else f"/{found['path']}"
    return Destination(scheme, host, port, path, named)


def _require_public(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise RefusedUrl("A URL begins with https://.")
    if port != _PORTS["https"]:
        raise RefusedUrl("The port is 443.")
    *labels, top = host.split(".")
    if not all(labels) or not labels or not _TOP_LEVEL.fullmatch(top):
        raise RefusedUrl("The host is a public name, such as hooks.example.com, and no address.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet's, also behind what embeds it: mapped, NAT64, 6to4."""
    found: ipaddress.IPv4Address | ipaddress.IPv6Address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = _embedded(found)
        if inner is not None:
            return is_public(str(inner))
        if found.scope_id is not None or found.is_site_local or found.teredo is not None:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _EMBEDDING:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
