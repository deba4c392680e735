"""Which URLs and addresses requests of ours go to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.delivery import RefusedUrl, destination, is_public


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", "/"),
        ("https://HOOKS.example.com:443/a/b?c=d", "hooks.example.com", "/a/b?c=d"),
        ("https://hooks.example.com?c=d", "hooks.example.com", "/?c=d"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/"),
        ("https://hooks.example.com./", "hooks.example.com", "/"),
    ],
)
def test_a_public_https_url_may_be_called(url: str, host: str, path: str) -> None:
    found = destination(url)
    assert (found.scheme, found.host, found.port, found.path, found.trusted) == ("https", host, 443, path, False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://hooks.example.com:8443/",
        "https://hooks.example.com:0443x/",
        "https://user:password@hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://hooks.example.com#@127.0.0.1/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\r\nHost: 127.0.0.1",
        "https://hooks.example.com/ä",
        "https://bücher.example/",
        "https://localhost/",
        "https://intranet/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://example.0x7f/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "https://.example.com/",
        "https://a..example.com/",
        "https:///path",
        "https://hooks.example.com/" + "a" * 2_000,
    ],
)
def test_any_other_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(RefusedUrl) as refused:
        destination(url)
    assert not url or url not in str(refused.value)


def test_what_the_operator_named_may_be_called_at_exactly_this_port() -> None:
    trusted = frozenset({"127.0.0.1:8099", "ats.internal:80", "[::1]:8099"})
    assert destination("http://127.0.0.1:8099/x", trusted).trusted
    assert destination("http://ats.internal/x", trusted).authority == "ats.internal"
    assert destination("http://[::1]:8099/x", trusted).authority == "[::1]:8099"
    for url in ("http://127.0.0.1:8098/", "https://ats.internal:8443/", "http://127.0.0.2:8099/"):
        with pytest.raises(RefusedUrl):
            destination(url, trusted)


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,20}(/.{0,9})?", fullmatch=True))
def test_whatever_is_not_refused_is_a_public_name_over_https(url: str) -> None:
    try:
        found = destination(url)
    except RefusedUrl:
        return
    assert (found.scheme, found.port) == ("https", 443)
    assert "." in found.host
    assert not found.host.replace(".", "").isdigit()


PRIVATE = """
0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.1 192.0.2.1 192.168.1.1
198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe
64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1:: 2001::1 2001:db8::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1
ff02::1 nonsense
""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_the_public_internet_s_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_a_public_address_is_public_also_where_another_embeds_it(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_a_mapped_address_is_as_public_as_what_it_stands_for(number: int) -> None:
    inner = ipaddress.IPv4Address(number)
    for embedding in (f"::ffff:{inner}", f"64:ff9b::{inner}"):
        assert is_public(embedding) == is_public(str(inner))
