"""Who may call which route, and which routes create something: one table for the whole service.

A route that does not stand here is served to `admin` only, and a test names it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from starlette.routing import compile_path

from grader.access import Scope
from grader.assessment import Platform


class Body(Enum):
    """What a request brings: JSON that is checked, a file that is streamed to disk, or nothing."""

    JSON = auto()
    FILE = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Rule:
    """What a route asks of its caller; `creates` says that it honours an Idempotency-Key.

    `scope` None serves everybody, and a `page` is shown without a key where `GRADER_PRACTICE` says so. What is `seen`
    in a browser is served to whom signed in there, too; see `api.web.session`. What a `platform` calls is served to
    its connections only, by their keys. `body` counts below `/v1/`, for methods that have one.
    """

    scope: Scope | None
    creates: bool = False
    page: bool = False
    seen: bool = False
    platform: Platform | None = None
    body: Body = Body.JSON


_OPEN: Final = Rule(None)
_PAGE: Final = Rule(Scope.GRADE, page=True, seen=True)
_REVIEW: Final = Rule(Scope.REVIEW, seen=True)
_GREENHOUSE: Final = Rule(None, platform=Platform.GREENHOUSE)
_ASHBY: Final = Rule(None, platform=Platform.ASHBY)
_WORKABLE: Final = Rule(None, platform=Platform.WORKABLE)
UNDECLARED: Final = Rule(Scope.ADMIN)

RULES: Final[dict[str, Rule]] = {
    "GET /healthz": _OPEN,
    "GET /readyz": _OPEN,
    "GET /openapi.json": _OPEN,
    "GET /problems": _OPEN,
    "GET /static": _OPEN,
    "GET /metrics": Rule(Scope.ADMIN),
    "GET /sign-in": _OPEN,
    "POST /sign-in": _OPEN,
    "POST /sign-out": _OPEN,
    "GET /": _PAGE,
    "GET /practice": _PAGE,
    "GET /practice/progress": _PAGE,
    "GET /practice/export": _PAGE,
    "POST /practice/erasure": _PAGE,
    "GET /practice/attempts/{attempt_id}": _PAGE,
    "POST /practice/attempts/{attempt_id}/hints": _PAGE,
    "POST /practice/attempts/{attempt_id}/reference": _PAGE,
    "POST /practice/attempts/{attempt_id}/flags": _PAGE,
    "POST /practice/attempts/{attempt_id}/grades": _PAGE,
    "POST /practice/attempts/{attempt_id}/cancel": _PAGE,
    "GET /practice/questions/{question_id}": _PAGE,
    "POST /practice/questions/{question_id}": _PAGE,
    "GET /practice/questions/{question_id}/follow-ups/{key_point_id}": _PAGE,
    "POST /practice/questions/{question_id}/follow-ups/{key_point_id}": _PAGE,
    "GET /review": _REVIEW,
    "GET /review/next": _REVIEW,
    "GET /review/batches": _REVIEW,
    "GET /review/batches/{batch_id}": _REVIEW,
    "GET /review/batches/{batch_id}/results/{name}": _REVIEW,
    "GET /review/mistakes": _REVIEW,
    "GET /review/mistakes/{grade_id}/{key_point_id}": _REVIEW,
    "POST /review/mistakes/{grade_id}/{key_point_id}": _REVIEW,
    "GET /review/calibration": _REVIEW,
    "GET /review/calibration/cases": _REVIEW,
    "GET /review/grades/{grade_id}": _REVIEW,
    "POST /review/grades/{grade_id}/overrides": _REVIEW,
    "POST /review/grades/{grade_id}/opinion": _REVIEW,
    "POST /review/grades/{grade_id}/appeals/{number}": _REVIEW,
    "POST /review/grades/{grade_id}/done": _REVIEW,
    "GET /v1/questions": Rule(Scope.READ),
    "GET /v1/questions/{question_id}": Rule(Scope.READ),
    "POST /v1/grades": Rule(Scope.GRADE, creates=True),
    "GET /v1/grades": Rule(Scope.READ),
    "GET /v1/grades/{grade_id}": Rule(Scope.READ),
    "GET /v1/grades/{grade_id}/explanation": Rule(Scope.READ),
    "GET /v1/grades/{grade_id}/review": Rule(Scope.READ),
    "POST /v1/grades/{grade_id}/overrides": Rule(Scope.REVIEW, creates=True),
    "POST /v1/grades/{grade_id}/appeals": Rule(Scope.GRADE, creates=True),
    "PUT /v1/grades/{grade_id}/appeals/{number}/decision": Rule(Scope.REVIEW),
    "POST /v1/grades/{grade_id}/regrades": Rule(Scope.GRADE, creates=True),
    "GET /v1/candidates/{candidate_ref:path}/export": Rule(Scope.ADMIN),
    "DELETE /v1/candidates/{candidate_ref:path}": Rule(Scope.ADMIN),
    "POST /v1/transcripts": Rule(Scope.GRADE, creates=True),
    "GET /v1/transcripts/{interview_id}": Rule(Scope.READ),
    "PATCH /v1/transcripts/{interview_id}/alignment": Rule(Scope.GRADE),
    "GET /v1/transcripts/{interview_id}/report": Rule(Scope.READ),
    "POST /v1/rubrics/drafts": Rule(Scope.AUTHOR, creates=True),
    "POST /v1/rubrics/check": Rule(Scope.AUTHOR),
    "POST /v1/rubrics": Rule(Scope.AUTHOR, creates=True),
    "GET /v1/rubrics": Rule(Scope.AUTHOR),
    "GET /v1/rubrics/{name}": Rule(Scope.AUTHOR),
    "GET /v1/rubrics/{name}/versions": Rule(Scope.AUTHOR),
    "GET /v1/rubrics/{name}/diff": Rule(Scope.AUTHOR),
    "POST /v1/rubrics/{name}/preview": Rule(Scope.AUTHOR),
    "POST /v1/rubrics/{name}/rulings": Rule(Scope.REVIEW, creates=True),
    "PUT /v1/rubrics/{name}/state": Rule(Scope.AUTHOR),
    "POST /v1/batches": Rule(Scope.GRADE, creates=True, body=Body.FILE),
    "GET /v1/batches": Rule(Scope.READ),
    "GET /v1/batches/{batch_id}": Rule(Scope.READ),
    "GET /v1/batches/{batch_id}/events": Rule(Scope.READ),
    "GET /v1/batches/{batch_id}/results": Rule(Scope.READ),
    "POST /v1/batches/{batch_id}/pause": Rule(Scope.GRADE, body=Body.NOTHING),
    "POST /v1/batches/{batch_id}/resume": Rule(Scope.GRADE, body=Body.NOTHING),
    "POST /v1/batches/{batch_id}/cancel": Rule(Scope.GRADE, body=Body.NOTHING),
    "POST /v1/batches/{batch_id}/retry": Rule(Scope.GRADE, body=Body.NOTHING),
    "POST /v1/webhooks": Rule(Scope.ADMIN, creates=True),
    "GET /v1/webhooks": Rule(Scope.ADMIN),
    "GET /v1/webhooks/{webhook_id}": Rule(Scope.ADMIN),
    "PATCH /v1/webhooks/{webhook_id}": Rule(Scope.ADMIN),
    "DELETE /v1/webhooks/{webhook_id}": Rule(Scope.ADMIN),
    "GET /v1/webhooks/{webhook_id}/secrets": Rule(Scope.ADMIN),
    "POST /v1/webhooks/{webhook_id}/rotations": Rule(Scope.ADMIN, creates=True),
    "POST /v1/webhooks/{webhook_id}/pings": Rule(Scope.ADMIN, creates=True),
    "POST /v1/webhooks/{webhook_id}/replays": Rule(Scope.ADMIN),
    "GET /v1/webhooks/{webhook_id}/deliveries": Rule(Scope.ADMIN),
    "GET /v1/webhooks/{webhook_id}/deliveries/{delivery_id}": Rule(Scope.ADMIN),
    "POST /v1/assessments/tests": Rule(Scope.AUTHOR, creates=True),
    "GET /v1/assessments/tests": Rule(Scope.READ),
    "GET /v1/assessments/tests/{test_id}": Rule(Scope.READ),
    "DELETE /v1/assessments/tests/{test_id}": Rule(Scope.AUTHOR),
    "POST /v1/assessments/tests/{test_id}/impact": Rule(Scope.ADMIN),
    "POST /v1/assessments/orders": Rule(Scope.GRADE, creates=True),
    "GET /v1/assessments/orders": Rule(Scope.READ),
    "GET /v1/assessments/orders/{order_id}": Rule(Scope.READ),
    "PATCH /v1/assessments/orders/{order_id}": Rule(Scope.GRADE),
    "POST /v1/assessments/orders/{order_id}/cancellation": Rule(Scope.GRADE),
    "POST /v1/assessments/orders/{order_id}/release": Rule(Scope.REVIEW),
    "POST /v1/platforms": Rule(Scope.ADMIN, creates=True),
    "GET /v1/platforms": Rule(Scope.ADMIN),
    "GET /v1/platforms/{connection_id}/key": Rule(Scope.ADMIN),
    "DELETE /v1/platforms/{connection_id}": Rule(Scope.ADMIN),
    "GET /v1/platforms/{connection_id}/deliveries": Rule(Scope.ADMIN),
    "POST /v1/platforms/{connection_id}/replays": Rule(Scope.ADMIN),
    "GET /assessment/{token}": _OPEN,
    "POST /assessment/{token}/start": _OPEN,
    "GET /assessment/{token}/questions/{number}": _OPEN,
    "POST /assessment/{token}/questions/{number}": _OPEN,
    "POST /assessment/{token}/submission": _OPEN,
    "GET /assessment/{token}/explanation": _OPEN,
    "POST /assessment/{token}/explanation/{number}/points/{place}": _OPEN,
    "GET /report/{token}": _OPEN,
    "GET /integrations/greenhouse/list_tests": _GREENHOUSE,
    "POST /integrations/greenhouse/send_test": _GREENHOUSE,
    "GET /integrations/greenhouse/test_status": _GREENHOUSE,
    "POST /integrations/greenhouse/request_errors": _GREENHOUSE,
    "POST /integrations/ashby/assessment.list": _ASHBY,
    "POST /integrations/ashby/assessment.start": _ASHBY,
    "POST /integrations/ashby/assessment.cancel": _ASHBY,
    "GET /integrations/workable/tests": _WORKABLE,
    "POST /integrations/workable/assessments": _WORKABLE,
}
"""`METHOD template` -> rule; a path that fits several templates has the rule of the first."""


def rule_for(method: str, path: str) -> Rule:
    """The rule of the route that serves this, `UNDECLARED` where none is declared."""
    near = _PATTERNS.get((method, department(path)), ())
    return next((rule for pattern, rule in near if pattern.match(path)), UNDECLARED)


def department(path: str) -> str:
    """Where a path or a template belongs: its first word, with the second below `/v1`; no template leaves them open.

    Who looks for a route tries those of its department and not all hundred.
    """
    first, _, rest = path[1:].partition("/")
    return f"v1/{rest.partition('/')[0]}" if first == "v1" else first


def _patterns() -> dict[tuple[str, str], list[tuple[re.Pattern[str], Rule]]]:
    found: dict[tuple[str, str], list[tuple[re.Pattern[str], Rule]]] = {}
    for name, rule in RULES.items():
        method, _, template = name.partition(" ")
        is_folder = template == "/static"
        pattern = re.compile(f"^{template}/") if is_folder else compile_path(template)[0]
        found.setdefault((method, department(template)), []).append((pattern, rule))
    return found


_PATTERNS: Final = _patterns()
