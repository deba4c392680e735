"""Requests to a real receiver on loopback, with every fault it can have, and to addresses nobody may call."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
import trustme

from grader.adapters.courier import HttpCourier, Resolve
from grader.delivery import GivenUp
from grader.ports import Letter, NotDelivered, Reply
from tests import receiver as faults
from tests.receiver import Behaviour, Receiver, answers, receiving

SHORT = 0.5
"""Deadline of a request that hangs, in seconds of the test."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
async def courier(receiver: Receiver) -> AsyncIterator[HttpCourier]:
    made = HttpCourier({receiver.host})
    yield made
    await made.close()


async def sent(courier: HttpCourier, url: str) -> Reply | str:
    """The reply, or the reason why there is none."""
    try:
        return await courier.send(Letter("POST", url, {"webhook-id": "msg_1"}, b'{"a": 1}'))
    except NotDelivered as error:
        return error.reason


async def test_a_request_arrives_as_it_was_written(courier: HttpCourier, receiver: Receiver) -> None:
    letter = Letter("PATCH", receiver.url("/a?b=c"), {"Authorization": "Basic eDo="}, "ä 🪟".encode())
    assert await courier.send(letter) == Reply(204)
    (request,) = receiver.requests
    assert (request.method, request.path, request.body.decode()) == ("PATCH", "/a?b=c", "ä 🪟")
    assert request.headers["host"] == receiver.host
    assert request.headers["authorization"] == "Basic eDo="
    assert request.headers["user-agent"] == "answer-grader"
    assert "accept-language" not in request.headers


@pytest.mark.parametrize("status", [200, 204, 404, 410, 429, 500, 503])
async def test_whatever_the_status_it_is_the_reply(courier: HttpCourier, receiver: Receiver, status: int) -> None:
    receiver.behaviour["/"] = answers(status, "Retry-After: 120")
    assert await sent(courier, receiver.url()) == Reply(status, 120)


@pytest.mark.parametrize("value", ["nan", "-1", "inf", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
async def test_a_retry_after_that_is_no_number_is_none(courier: HttpCourier, receiver: Receiver, value: str) -> None:
    receiver.behaviour["/"] = answers(429, f"Retry-After: {value}")
    assert await sent(courier, receiver.url()) == Reply(429)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_is_not_followed(courier: HttpCourier, receiver: Receiver, status: int) -> None:
    receiver.behaviour["/"] = answers(status, f"Location: {receiver.url('/elsewhere')}")
    assert await sent(courier, receiver.url()) == Reply(status)
    assert [request.path for request in receiver.requests] == ["/"]


@pytest.mark.parametrize("behaviour", [faults.hangs, faults.hangs_in_the_body])
async def test_a_receiver_that_hangs_is_left_at_the_deadline(receiver: Receiver, behaviour: Behaviour) -> None:
    receiver.behaviour["/"] = behaviour
    courier = HttpCourier({receiver.host}, deadline_seconds=SHORT)
    started = asyncio.get_running_loop().time()
    assert await sent(courier, receiver.url()) == "timeout"
    assert asyncio.get_running_loop().time() - started < 4 * SHORT
    await courier.close()


async def test_a_name_that_is_looked_up_for_ever_ends_at_the_deadline_too() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    assert await sent(HttpCourier(resolve=never, deadline_seconds=SHORT), "https://hooks.example.com/") == "timeout"


async def test_of_a_reply_without_an_end_64_kib_are_read(courier: HttpCourier, receiver: Receiver) -> None:
    receiver.behaviour["/"] = faults.never_ends
    async with asyncio.timeout(5):
        reply = await sent(courier, receiver.url())
    assert isinstance(reply, Reply)
    assert (reply.status, len(reply.body)) == (200, 64 * 1024)


@pytest.mark.parametrize(("behaviour", "reason"), [(faults.resets, "connection_lost"), (faults.babbles, "bad_reply")])
async def test_a_broken_conversation_is_named(
    courier: HttpCourier, receiver: Receiver, behaviour: Behaviour, reason: str
) -> None:
    receiver.behaviour["/"] = behaviour
    assert await sent(courier, receiver.url()) == reason


async def test_a_closed_port_and_an_unknown_name_are_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
    assert await sent(HttpCourier({host}), f"http://{host}/") == "unreachable"
    assert await sent(HttpCourier(resolve=resolving()), "https://hooks.example.com/") == "unknown_host"


def resolving(*addresses: str, asked: list[str] | None = None) -> Resolve:
    """Every name has these addresses."""

    async def resolve(host: str, _port: int) -> Sequence[str]:
        if asked is not None:
            asked.append(host)
        return addresses

    return resolve


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("169.254.169.254",),
        ("10.0.0.7",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("fe80::1%eth0",),
        ("fd00:ec2::254",),
        ("64:ff9b::7f00:1",),
        ("100.64.0.1",),
        ("93.184.216.34", "127.0.0.1"),
        ("127.0.0.1", "93.184.216.34"),
    ],
)
async def test_a_name_that_leads_to_any_private_address_is_never_connected_to(addresses: tuple[str, ...]) -> None:
    # Any connection from here to another machine fails the test, and one to this machine would be refused by name.
    assert await sent(HttpCourier(resolve=resolving(*addresses)), "https://hooks.example.com/") == "private_address"


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/", "https://169.254.169.254/", "https://user@hooks.example.com/"])
async def test_a_url_that_is_not_allowed_any_more_is_given_up(url: str) -> None:
    with pytest.raises(GivenUp):
        await HttpCourier().send(Letter("POST", url))


async def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_called(receiver: Receiver) -> None:
    asked: list[str] = []
    host = f"ats.internal:{receiver.port}"
    courier = HttpCourier({host}, resolve=resolving("127.0.0.1", asked=asked))
    assert await sent(courier, f"http://{host}/") == Reply(204)
    assert (asked, receiver.requests[0].headers["host"]) == (["ats.internal"], host)
    assert await sent(courier, f"http://{host}/") == Reply(204)
    assert (len(asked), receiver.connections) == (2, 2), "each delivery looks the name up, and connects, anew"
    await courier.close()


async def test_of_several_addresses_the_next_is_tried_where_one_cannot_be_connected_to(receiver: Receiver) -> None:
    host = f"ats.internal:{receiver.port}"
    courier = HttpCourier({host}, resolve=resolving("127.0.0.9", "127.0.0.1"))
    assert await sent(courier, f"http://{host}/") == Reply(204)
    await courier.close()


@pytest.mark.parametrize(
    ("certified", "expected"), [("hooks.example.com", Reply(204)), ("else.where", "bad_certificate")]
)
async def test_the_certificate_must_be_the_name_s_although_an_address_is_called(certified: str, expected: Any) -> None:
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with receiving(serving) as receiver:
        host = f"hooks.example.com:{receiver.port}"
        courier = HttpCourier({host}, resolve=resolving("127.0.0.1"), verify=trusting)
        assert await sent(courier, f"https://{host}/") == expected
        await courier.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("hooks.example.com").configure_cert(serving)
    with receiving(serving) as receiver:
        host = f"hooks.example.com:{receiver.port}"
        courier = HttpCourier({host}, resolve=resolving("127.0.0.1"))
        assert await sent(courier, f"https://{host}/") == "bad_certificate"
        assert receiver.requests == []
        await courier.close()
