"""What a platform could not be told is seen, and told again, over HTTP and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from api.command import app
from api.sandbox import PlayedCandidate, PlayedGreenhouse
from tests.api.integrations.conftest import connected
from tests.patience import until
from tests.receiver import Receiver, answers


@pytest.fixture(scope="module")
def refusing(service: httpx2.Client, receiver: Receiver, test_id: str) -> tuple[str, str]:
    """The id of a connection whose platform refuses two completions, and the path of the first."""
    fake = PlayedGreenhouse(str(service.base_url).rstrip("/"), connected(service, "greenhouse"), receiver)
    orders = [fake.order(test_id) for _ in range(2)]
    for interview, path in orders:
        receiver.behaviour[path] = answers(404)
        PlayedCandidate(fake.url, fake.status(interview)["metadata"]["Invitation"]).take(2)
    connection = service.get("/v1/platforms").json()["connections"][-1]["id"]
    until(lambda: len(dead(service, connection)) == 2)
    return connection, orders[0][1]


def dead(service: httpx2.Client, connection: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.get(f"/v1/platforms/{connection}/deliveries?state=dead").json()["deliveries"]
    return found


def told(receiver: Receiver, path: str, count: int) -> None:
    until(lambda: len([each for each in receiver.requests if each.path == path]) >= count)


def test_what_was_refused_is_told_again_one_by_one_or_all_together(
    service: httpx2.Client, receiver: Receiver, refusing: tuple[str, str]
) -> None:
    connection, path = refusing
    place = f"/v1/platforms/{connection}"
    found = dead(service, connection)
    assert {(each["status"], each["reason"], each["tries"]) for each in found} == {(404, "refused", 1)}
    first = next(each for each in found if each["payload"]["url"].endswith(path))
    assert service.get(f"/v1/assessments/orders/{first['order_id']}").json()["state"] == "complete"
    receiver.behaviour[path] = answers(200)
    again = service.post(f"{place}/replays", json={"delivery_id": first["id"]})
    assert again.json() == {"replayed": 1}
    told(receiver, path, 2)
    assert service.post(f"{place}/replays", json={"delivery_id": "nothing"}).status_code == 404
    assert service.post(f"{place}/replays", json={}).json() == {"replayed": 1}
    page = service.get(f"{place}/deliveries", params={"limit": 1}).json()
    rest = service.get(f"{place}/deliveries", params={"limit": 1, "cursor": page["next"]}).json()
    assert {page["deliveries"][0]["id"], rest["deliveries"][0]["id"]} == {each["id"] for each in found}
    foreign = service.get(f"{place}/deliveries", params={"state": "dead", "cursor": page["next"]})
    assert foreign.status_code == 400


def test_the_command_line_shows_and_retries_them_too(
    service: httpx2.Client,
    receiver: Receiver,
    data_dir: Path,
    refusing: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection, path = refusing
    monkeypatch.setenv("GRADER_DATA_DIR", str(data_dir))
    assert connection in platforms("list")
    assert connection in [each["id"] for each in json.loads(platforms("list", "--json"))["connections"]]
    shown = json.loads(platforms("deliveries", connection, "--json"))["deliveries"]
    assert {each["id"] for each in shown} >= {each["id"] for each in dead(service, connection)}
    delivered = next(each for each in shown if each["state"] == "delivered")
    before = len([each for each in receiver.requests if each.path == path])
    assert "1 to be told again" in platforms("retry", connection, "--delivery", delivered["id"])
    told(receiver, path, before + 1)
    assert json.loads(platforms("retry", connection, "--json"))["retried"] <= 1
    wrong = CliRunner().invoke(app, ["platforms", "retry", connection, "--delivery", "nothing"])
    assert wrong.exit_code == 1


def platforms(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["platforms", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout
