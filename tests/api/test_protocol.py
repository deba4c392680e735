"""What comes over the wire before there is a request, and what comes too slowly."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest

from api import body, protocol

Address = tuple[str, int]


def exchange(address: Address, *pieces: bytes, pause: float = 0.0) -> tuple[bytes, dict[str, str], dict[str, Any]]:
    """What a server says to these bytes until it hangs up: status line, headers, JSON."""
    with socket.create_connection(address, timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        said = b""
        while received := connection.recv(65_536):
            said += received
    head, _, content = said.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return status.encode(), headers, json.loads(content)


@pytest.mark.parametrize(
    "garbage",
    [
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nAccept: */*\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: elsewhere\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /v1/grades HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    ],
    ids=["words", "TLS", "no colon", "no host", "two hosts", "no method of HTTP's", "two lengths"],
)
def test_bytes_that_are_no_request_get_a_problem(address: Address, garbage: bytes) -> None:
    status, headers, problem = exchange(address, garbage + b"\r\n\r\n")
    assert status.startswith(b"HTTP/1.1 400 ")
    assert (headers["content-type"], headers["connection"]) == ("application/problem+json", "close")
    assert headers["x-content-type-options"] == "nosniff"
    assert problem["type"] == "urn:answer-grader:problem:malformed-request"


def test_a_head_without_end_is_cut_off(address: Address) -> None:
    endless = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (protocol.MAX_INCOMPLETE_HEAD + 1)
    status, _, problem = exchange(address, endless)
    assert status.startswith(b"HTTP/1.1 431 ")
    assert problem["type"] == "urn:answer-grader:problem:headers-too-large"


def test_many_requests_at_once_are_no_long_head(address: Address) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9_000 + b"\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall((ask + b"\r\n") * 5 + ask + b"Connection: close\r\n\r\n")
        said = b""
        while received := connection.recv(65_536):
            said += received
    assert said.count(b"HTTP/1.1 200 OK") == 6


def test_a_head_that_comes_too_slowly_is_given_up(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 1.0)  # long after the last piece: who still sends is reset
    status, _, problem = exchange(address, b"GET / HT", b"TP/1.1\r\nHost:", b" localhost", pause=0.05)
    assert status.startswith(b"HTTP/1.1 408 ")
    assert problem["type"] == "urn:answer-grader:problem:request-timeout"


def test_a_connection_on_which_nobody_speaks_is_given_up(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    assert exchange(address)[0].startswith(b"HTTP/1.1 408 ")


def test_a_body_that_does_not_come_is_given_up(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "READ_SECONDS", 0.2)
    head = b"POST /v1/grades HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    status, headers, problem = exchange(address, head, b"Content-Length: 50\r\n\r\n{")
    assert status.startswith(b"HTTP/1.1 408 ")
    assert headers["connection"] == "close"
    assert problem["type"] == "urn:answer-grader:problem:request-timeout"


def test_a_request_that_takes_its_time_and_is_whole_is_served(address: Address) -> None:
    pieces = (b"GET /healthz HTTP/1.1\r\n", b"Host: localhost\r\n", b"Connection: close\r\n\r\n")
    status, headers, health = exchange(address, *pieces, pause=0.05)
    assert status == b"HTTP/1.1 200 OK"
    assert (headers["connection"], health["status"]) == ("close", "ok")


def test_a_second_request_on_a_connection_is_served(address: Address) -> None:
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(ask + b"\r\n" + ask + b"Connection: close\r\n\r\n")
        said = b""
        while received := connection.recv(65_536):
            said += received
    assert said.count(b"HTTP/1.1 200 OK") == 2


def test_head_is_get_without_its_body(address: Address) -> None:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"HEAD /v1/questions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = b""
        while received := connection.recv(65_536):
            said += received
    head, _, content = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert content == b""
