"""Signatures, verified by the specification's own library."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from grader.ports import Endpoint, Rotation
from grader.webhooks import Secret, Secrets, signature

SECRETS = Secrets(b"the deployment's secret")
BODY = '{"type":"grade.completed","data":{"candidate_ref":"Zoë 🪟"}}'


def now() -> datetime:
    """The library knows no other clock than the real one, and takes five minutes at most."""
    return datetime.now(UTC)


def endpoint(generation: int = 1, *retired: Rotation, name: str = "hook-1") -> Endpoint:
    return Endpoint(id=name, url="", events=(), created_at=now(), generation=generation, retired=retired)


def headers(of: Endpoint, at: datetime | None = None) -> dict[str, str]:
    timestamp = int((at or now()).timestamp())
    signed = signature(SECRETS.of(of, now()), "msg_1", timestamp, BODY)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}


def text(of: Endpoint) -> str:
    return SECRETS.of(of, now())[0].text


def test_a_receiver_with_the_standard_library_accepts_what_we_sign() -> None:
    of = endpoint()
    told = Webhook(text(of)).verify(BODY, headers(of))
    assert told["data"]["candidate_ref"] == "Zoë 🪟"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_receiver_refuses_what_was_changed_on_the_way(name: str) -> None:
    of, sent = endpoint(), headers(endpoint())
    forged = str(int(sent["webhook-timestamp"]) + 1) if name == "webhook-timestamp" else "msg_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(text(of)).verify(BODY, {**sent, name: forged})
    with pytest.raises(WebhookVerificationError):
        Webhook(text(of)).verify(BODY + " ", sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(text(of)).verify(BODY, headers(of, now() - timedelta(minutes=6)))


def test_while_secrets_overlap_each_of_them_verifies_and_an_ended_one_does_not() -> None:
    first, second = endpoint(1), endpoint(2)
    overlapping = endpoint(
        3,
        Rotation(generation=1, ends_at=now() - timedelta(seconds=1)),
        Rotation(generation=2, ends_at=now() + timedelta(days=1)),
    )
    assert headers(overlapping)["webhook-signature"].count("v1,") == 2
    for holder in (second, endpoint(3)):
        Webhook(text(holder)).verify(BODY, headers(overlapping))
    with pytest.raises(WebhookVerificationError):
        Webhook(text(first)).verify(BODY, headers(overlapping))


def test_a_secret_is_32_bytes_that_no_other_endpoint_generation_or_deployment_has() -> None:
    texts = {text(endpoint()), text(endpoint(2)), text(endpoint(name="hook-2"))}
    texts |= {each.text for each in Secrets(b"another").of(endpoint(), now())}
    assert len(texts) == 4
    for each in texts:
        assert each.startswith("whsec_")
        assert len(base64.b64decode(each.removeprefix("whsec_"), validate=True)) == 32


def test_the_signature_is_the_one_of_the_specification_s_own_example() -> None:
    known = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature([known], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_not_shown_by_accident() -> None:
    assert "whsec_" not in repr(SECRETS.of(endpoint(), now())) + repr(SECRETS)
