"""How often a key and its tenant may ask, told in every response.

The headers are those of the IETF draft draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy` says what the
limits are, `RateLimit` what is left (`r`) and in how many seconds all of it is there again (`t`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from api.errors import Problem
from grader.access import Allowance, Principal
from grader.bootstrap import Access


def take(access: Access, principal: Principal) -> dict[str, str]:
    """The headers of a request that fits; Problem 429 `quota-exceeded` for one too many. Without a key none counts."""
    if principal.key_id is None:
        return {}
    holders = ((access.key_quota, principal.key_id), (access.tenant_quota, principal.tenant))
    allowances = access.quotas.take([(quota, holder) for quota, holder in holders if quota is not None])
    headers = _headers(allowances)
    refused = [allowance for allowance in allowances if not allowance.granted]
    if refused:
        longest = max(refused, key=lambda allowance: allowance.wait)
        headers["Retry-After"] = str(math.ceil(longest.wait))
        quota = longest.quota
        detail = f"This {quota.name} may send {quota.most} requests in {quota.seconds} seconds."
        raise Problem(429, "quota-exceeded", detail, headers=headers)
    return headers


def with_rate_headers(send: Send, headers: dict[str, str]) -> Send:
    """A `send` that adds them to the response."""
    if not headers:
        return send

    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return telling


def _headers(allowances: Sequence[Allowance]) -> dict[str, str]:
    if not allowances:
        return {}
    policies = (f'"{each.quota.name}";q={each.quota.most};w={each.quota.seconds}' for each in allowances)
    states = (f'"{each.quota.name}";r={each.remaining};t={math.ceil(each.reset)}' for each in allowances)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}
