"""Requests to servers outside, over httpx: to a checked address, once, without redirections, within a deadline."""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from typing import Final

import httpx2

from grader.delivery import Destination, RefusedUrl, destination, is_public
from grader.delivery.carrier import GivenUp
from grader.ports import Letter, NotDelivered, Reply

DEADLINE_SECONDS: Final = 20.0
"""From the name's look-up to the end of the reply; the Standard Webhooks specification says 15 to 30."""

CONNECT_SECONDS: Final = 5.0
"""For one address; a name may have several."""

MAX_REPLY_BYTES: Final = 64 * 1024
"""Read of a reply, which nobody looks at: that the connection ends in peace is all it is read for."""

USER_AGENT: Final = "answer-grader"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text; OSError where it has none."""


class HttpCourier:
    """A Courier; `trusted` are the `host:port` that the operator named, to which http and private addresses are open.

    Names are looked up once a request. Every address must be public, and the connection goes to one that was checked,
    with the name in `Host` and in the TLS handshake, so that the certificate must be the name's. Proxies of the
    environment are not used: they would connect to whatever they like.
    """

    def __init__(
        self,
        trusted: Collection[str] = (),
        *,
        resolve: Resolve | None = None,
        verify: ssl.SSLContext | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._trusted = frozenset(trusted)
        self._resolve = resolve or _resolved
        self._verify = verify
        self._deadline_seconds = deadline_seconds
        self._opened: httpx2.AsyncClient | None = None

    async def send(self, letter: Letter) -> Reply:
        """The server's reply, whatever it says; NotDelivered names why there is none."""
        try:
            async with asyncio.timeout(self._deadline_seconds):
                place = destination(letter.url, self._trusted)
                return await self._send(letter, place, await self._addresses(place))
        except RefusedUrl as error:  # what was allowed when it was given may no longer be
            raise GivenUp("url_not_allowed", str(error)) from None
        except TimeoutError:
            raise NotDelivered("timeout") from None
        except httpx2.HTTPError as error:
            raise NotDelivered(_reason(error)) from None

    async def close(self) -> None:
        """Close the connections."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()

    async def _addresses(self, place: Destination) -> Sequence[str]:
        """Where the name leads, if all of it may be called."""
        try:
            found = await self._resolve(place.host.strip("[]"), place.port)
        except OSError:
            found = ()
        if not found:
            raise NotDelivered("unknown_host")
        if not place.trusted and not all(map(is_public, found)):
            raise NotDelivered("private_address")
        return found

    async def _send(self, letter: Letter, place: Destination, addresses: Sequence[str]) -> Reply:
        """Send to the first address that can be connected to."""
        for address in addresses[:-1]:
            try:
                return await self._send_to(address, letter, place)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._send_to(addresses[-1], letter, place)

    async def _send_to(self, address: str, letter: Letter, place: Destination) -> Reply:
        host = f"[{address}]" if ":" in address else address
        headers = {"User-Agent": USER_AGENT, **letter.headers, "Host": place.authority, "Accept-Encoding": "identity"}
        request = self._client.build_request(
            letter.method,
            f"{place.scheme}://{host}:{place.port}{place.path}",
            headers=headers,
            content=letter.body,
            extensions={"sni_hostname": place.host},
        )
        response = await self._client.send(request, stream=True, follow_redirects=False)
        try:
            body = await _read(response)
        finally:
            await response.aclose()
        return Reply(response.status_code, _retry_after(response), body)

    @property
    def _client(self) -> httpx2.AsyncClient:
        """Made with the first request: reading the system's certificates takes 20 ms.

        No connection is used twice: one that was made for another name at this address would be taken for this one.
        """
        if self._opened is None:
            self._opened = httpx2.AsyncClient(
                verify=self._verify or ssl.create_default_context(),
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
                timeout=httpx2.Timeout(self._deadline_seconds, connect=CONNECT_SECONDS),
                trust_env=False,
            )
        return self._opened


async def _resolved(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def _read(response: httpx2.Response) -> bytes:
    """The reply's bytes as they come, up to a limit: its status counts, whatever follows it."""
    read = bytearray()
    async with aclosing(response.aiter_raw()) as pieces:
        async for piece in pieces:
            read += piece
            if len(read) > MAX_REPLY_BYTES:
                break
    return bytes(read[:MAX_REPLY_BYTES])


def _retry_after(response: httpx2.Response) -> float | None:
    """The header's seconds; its other form, a date, is for browsers."""
    try:
        seconds = float(response.headers.get("retry-after", "nan"))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _reason(error: httpx2.HTTPError) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "timeout"
    if _is_tls(error):
        return "bad_certificate"
    if isinstance(error, httpx2.ConnectError):
        return "unreachable"
    return "bad_reply" if isinstance(error, httpx2.RemoteProtocolError) else "connection_lost"


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
