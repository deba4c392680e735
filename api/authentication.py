"""Who is asking: checked before the body is read, so that a stranger costs nothing.

A key comes as `Authorization: Bearer …` and nowhere else: not in the address, which is logged, not in a cookie, which
a browser sends along by itself. Who signed in with one on a page is known by a signed cookie that does not hold the
key, on pages only. Hiring platforms send theirs to their own routes, mostly as user name of Basic credentials.
While no key was ever made this machine is served without one, and nobody else is.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Problem, Render, to_problem
from api.permissions import Rule, rule_for
from api.rate_limits import take, with_rate_headers
from api.web.session import session_holder
from grader.access import LOCAL, VISITOR, Principal
from grader.assessment import Platform
from grader.bootstrap import Access
from grader.errors import GraderError

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine; under any other a web page may have reached us by DNS rebinding."""

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Marks of a proxy: whoever comes through one is not at this machine, though the proxy is."""

_CHALLENGE: Final = 'Bearer realm="answer-grader"'


class Authenticated:
    """ASGI middleware: finds out who asks, refuses who may not, and hands on the rest with `state.principal`."""

    def __init__(self, app: ASGIApp, render: Render) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, rule = Request(scope), rule_for(scope["method"], scope["path"])
        access: Access = scope["app"].state.application.access
        try:
            principal = await _admitted(request, rule, access)
            rate = take(access, principal)
        except (Problem, GraderError) as error:
            response = await self._render(request, to_problem(error))
            await response(scope, receive, send)
            return
        request.state.principal, request.state.rule = principal, rule
        await self._app(scope, receive, with_rate_headers(send, rate))


async def _admitted(request: Request, rule: Rule, access: Access) -> Principal:
    local = is_local(request)
    if not local and not await access.keyring.in_use():
        raise Problem(421, "misdirected-request", "Without API keys the service answers on loopback names only.")
    if rule.platform is not None:
        return await _platform(request, rule.platform, access)
    if rule.scope is None:
        return LOCAL
    principal = await _caller(request, rule, access, local=local)
    if not principal.may(rule.scope):
        challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{rule.scope}"'
        detail = f"The key lacks the scope `{rule.scope}`."
        raise Problem(403, "insufficient-scope", detail, headers={"WWW-Authenticate": challenge})
    return principal


async def _platform(request: Request, platform: Platform, access: Access) -> Principal:
    sent, by_token = request.headers.getlist("authorization"), platform is Platform.WORKABLE
    key = (_bearer if by_token else _user)(sent[0]) if len(sent) == 1 else ""
    principal = await access.connections.recognise(key, platform) if key else None
    if principal is None and by_token:
        raise _unauthenticated("Send the connection's key as `Authorization: Bearer …`.", _CHALLENGE)
    if principal is None:
        detail = "Send the connection's key as the user name of Basic credentials, with an empty password."
        raise _unauthenticated(detail, 'Basic realm="answer-grader"')
    return principal


def _bearer(header: str) -> str:
    """The token of an `Authorization` header, empty where it holds none."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _user(header: str) -> str:
    """The user name that comes with an empty password, empty where none does."""
    user, password = _basic(header)
    return "" if password else user


def _basic(header: str) -> tuple[str, str]:
    """User name and password of an `Authorization` header, empty where it holds none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "", ""
    return user, password


async def _caller(request: Request, rule: Rule, access: Access, *, local: bool) -> Principal:
    sent = request.headers.getlist("authorization")
    if sent:
        return await _key_holder(sent, access)
    signed_in = await session_holder(request, access.keyring) if rule.seen else None
    if signed_in is not None:
        return signed_in
    if rule.page and access.practice != "nobody" and local:
        return LOCAL
    if rule.page and access.practice == "everyone":
        return VISITOR
    if local and (access.local_without_key or not await access.keyring.in_use()):
        return LOCAL
    raise _unauthenticated("Send an API key as `Authorization: Bearer …`; `grader keys create` makes one.", _CHALLENGE)


async def _key_holder(sent: list[str], access: Access) -> Principal:
    token = _bearer(sent[0]) if len(sent) == 1 else ""
    principal = await access.keyring.recognise(token) if token else None
    if principal is None:
        raise _unauthenticated("This is no API key that counts.", f'{_CHALLENGE}, error="invalid_token"')
    return principal


def _unauthenticated(detail: str, challenge: str) -> Problem:
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": challenge})


def is_local(request: Request) -> bool:
    """Whether somebody at this machine asks: over a loopback address, under a loopback name, through no proxy."""
    server = request.scope.get("server") or ("", None)
    return (
        _is_loopback(server[0])
        and _host_name(request.headers.get("host", "")) in LOOPBACK_NAMES
        and not any(name in request.headers for name in FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address == "localhost"
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
