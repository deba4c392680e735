"""The platforms' contract files: every request and response is held against them, where they are there.

What a schema calls required, typed and enumerated is checked; unknown properties are what it says of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from api.sandbox.inbox import Check

CONTRACTS = Path(__file__).parents[3] / "shared" / "contracts"


def holding(schemas: dict[str, Any]) -> Check:
    """Holds values against these schemas by name; a name without a schema is a mistake of the test."""
    validators = {
        name: Draft202012Validator(schema, format_checker=FormatChecker()) for name, schema in schemas.items()
    }

    def check(name: str, value: Any) -> None:
        found = [f"{error.json_path}: {error.message}" for error in validators[name].iter_errors(value)]
        assert found == [], (name, value)

    return check


def greenhouse() -> dict[str, Any] | None:
    """`call request` and `call response` -> schema; None where the contract is not there."""
    file = CONTRACTS / "greenhouse-assessment.contract.json"
    if not file.is_file():
        return None
    endpoints = json.loads(file.read_text("utf-8"))["partner_endpoints"]
    return {
        f"{call} {side}": described[f"{side}_schema"]
        for call, described in endpoints.items()
        for side in ("request", "response")
        if f"{side}_schema" in described
    } | {"response_error response": {"const": endpoints["response_error"]["response_example"]}}


def ashby() -> dict[str, Any] | None:
    """`call request` and `call STATUS` -> schema; None where the contract is not there."""
    file = CONTRACTS / "ashby-assessments.openapi.json"
    if not file.is_file():
        return None
    found: dict[str, Any] = {}
    for path, methods in json.loads(file.read_text("utf-8"))["paths"].items():
        described, call = methods["post"], path.removeprefix("/assessment.")
        found[f"{call} request"] = _schema(described["requestBody"])
        for status, response in described["responses"].items():
            found[f"{call} {status}"] = _schema(response)
    return found


def _schema(part: dict[str, Any]) -> Any:
    return part.get("content", {}).get("application/json", {}).get("schema", True)
