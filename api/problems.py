"""Every error the service knows by name: when it comes, with which status, and what to do about it.

One table. The page `/problems` and the API's description are written from it, a test provokes each of its causes,
and another finds each `Problem(...)` in the code that does not stand here.
"""

from __future__ import annotations

from typing import Final

from api.batch_problems import BATCH_PROBLEMS
from api.meaning import Meaning

PROBLEMS: Final[dict[str, Meaning]] = {
    "malformed-request": Meaning(
        "The request is not HTTP",
        (400,),
        ("bytes that are not HTTP/1.1", "a query that is not UTF-8"),
        "Use an HTTP client; a proxy between may have cut the request.",
    ),
    "malformed-json": Meaning(
        "The body is not JSON",
        (400,),
        (
            "no JSON, truncated JSON, an empty body",
            "NaN, Infinity, 1e999",
            "UTF-16, UTF-32, invalid UTF-8",
            "a byte order mark",
            "nesting deeper than 64 levels",
            "an integer of more than 4,300 digits",
        ),
        "Repair the body: UTF-8 without a byte order mark, one JSON document, no number out of range.",
    ),
    "duplicate-key": Meaning(
        "A key stands twice",
        (400,),
        ("the same key twice in one object",),
        "Send every key once: which of the two was meant cannot be known.",
    ),
    "invalid-text": Meaning(
        "A string holds what is no text",
        (400, 422),
        ("half of a surrogate pair in a string (400)", "NUL in a string (422)"),
        "Remove the character; it comes from cutting a string in the middle or from binary data.",
    ),
    "malformed-form": Meaning(
        "The form cannot be read",
        (400,),
        ("a form without an answer, or not URL-encoded",),
        "Send the form as the page does.",
    ),
    "invalid-cursor": Meaning(
        "The cursor does not belong to this list",
        (400,),
        ("a cursor that was changed, or that another filter or another tenant got",),
        "Start again without `cursor`, and send the filters along with each `next`.",
    ),
    "idempotency-key-invalid": Meaning(
        "The Idempotency-Key is none",
        (400,),
        ("an `Idempotency-Key` that is empty, longer than 255, sent twice, or not visible ASCII",),
        "Send one value for each thing to create, best a UUID.",
    ),
    "unauthenticated": Meaning(
        "An API key is needed",
        (401,),
        ("no key, an unknown, expired or revoked key",),
        "Send `Authorization: Bearer` with a key; `grader keys create` makes one.",
    ),
    "insufficient-scope": Meaning(
        "The key may not do this",
        (403,),
        ("a key without the scope that the route asks for",),
        "Use a key with the scope that the detail names.",
    ),
    "form-expired": Meaning(
        "The form is no longer valid",
        (403,),
        ("a form that did not come from a page of this service in this browser",),
        "Go back, load the page again, and send the form anew; the browser must accept its cookie.",
    ),
    "cross-site-request": Meaning(
        "Another web site sent this",
        (403,),
        ("a browser that sends from a page of another site",),
        "Open the service's own page, or call the API from a program.",
    ),
    "not-found": Meaning(
        "There is nothing here",
        (404,),
        ("an unknown path", "an id that does not exist, or belongs to another tenant"),
        "Look at the address; whoever lists what there is gets the ids.",
    ),
    "method-not-allowed": Meaning(
        "This address does not take this method",
        (405,),
        ("a method that the address does not take",),
        "The header `Allow` names the methods it takes.",
    ),
    "idempotency-in-progress": Meaning(
        "The first of these requests is still under way",
        (409,),
        ("an `Idempotency-Key` whose first request has not been answered yet",),
        "Send it again after `Retry-After`; it gets the first one's answer.",
    ),
    "request-timeout": Meaning(
        "The request came too slowly",
        (408,),
        ("a body that is not there after 30 s",),
        "Send it again, faster, or less of it.",
    ),
    "appeal-closed": Meaning(
        "The appeal is decided",
        (409,),
        ("another decision on an appeal that was decided already",),
        "Read the grade's review; whoever still disagrees appeals again.",
    ),
    "candidate-erased": Meaning(
        "The candidate was erased meanwhile",
        (409,),
        ("a grade whose candidate is erased while it is made",),
        "Nothing was kept. If the candidate is to be graded all the same, send the answer again.",
    ),
    "answer-not-kept": Meaning(
        "The answer is no longer kept",
        (409,),
        ("a grade to be made again whose answer was erased, or was never kept",),
        "Send the answer again as a new grade.",
    ),
    "not-recomputable": Meaning(
        "The score was made by other rules",
        (409,),
        ("an override of a grade that an older version of the service scored otherwise",),
        "Grade the answer again with `POST …/regrades`, and override that grade.",
    ),
    "wrong-state": Meaning(
        "It cannot go there",
        (409,),
        (
            "a state that a rubric's version cannot go to from the one it is in",
            "a step of an order to take a test that it is in no state for",
        ),
        "A draft is published by `POST /v1/rubrics`, which checks it; then it can be retired, and brought back. "
        "Read an order again: it may have moved on.",
    ),
    "no-attempt-left": Meaning(
        "The candidate has begun the test as often as it allows",
        (409,),
        ("an order of a test whose attempts the candidate has used up",),
        "Set up another test: somebody who sees the same questions again is not measured by them.",
    ),
    "too-many-webhooks": Meaning(
        "There are as many webhooks as there may be",
        (409,),
        ("one webhook more than the 50 of a tenant",),
        "Delete one, or change one: a webhook can be told of every kind of event.",
    ),
    "precondition-failed": Meaning(
        "It has changed meanwhile",
        (412,),
        ("an `If-Match` that names another version",),
        "Read it again, look at what changed, and send its new `ETag`.",
    ),
    "content-too-large": Meaning(
        "The body is too large",
        (413,),
        ("a body of more than 1 MiB (a transcript: 16 MiB), also a chunked one", "a file of answers over its limit"),
        "Send less; many answers belong into a batch.",
    ),
    "uri-too-long": Meaning(
        "The address is too long",
        (414,),
        ("a path and query of more than 8 KiB",),
        "Put long text into a body.",
    ),
    "unsupported-media-type": Meaning(
        "The body is of the wrong type",
        (415,),
        ("a `Content-Type` that is not `application/json`, or none", "a file of answers of a type that is not known"),
        "Send `Content-Type: application/json`, or the type of the file.",
    ),
    "unsupported-content-encoding": Meaning(
        "The body is compressed",
        (415,),
        ("a `Content-Encoding`",),
        "Send the body as it is.",
    ),
    "misdirected-request": Meaning(
        "This machine is not known by that name",
        (421,),
        ("a `Host` that is no loopback name while there are no API keys",),
        "Call 127.0.0.1, ::1 or localhost.",
    ),
    "validation-error": Meaning(
        "Fields are not valid",
        (422,),
        (
            "an array, null or a number as the body; a missing field; a wrong type",
            'a text or a boolean where a number belongs ("5", true)',
            "an unknown field",
            "an answer over its limit; more than 50 key points; weights of 0 or less; an id twice",
            "a query parameter that is wrong, unknown or repeated (limit=0, 1e3, 10^20)",
        ),
        "`errors` names each wrong field by a JSON pointer, or by `query:name`.",
    ),
    "webhook-url-not-allowed": Meaning(
        "Webhooks do not go there",
        (422,),
        ("a webhook URL with http, an address, a user name, a fragment, or another port than 443",),
        "Use https://host/path with a public name; GRADER_DELIVERY_TRUSTED_HOSTS names receivers of your own network.",
    ),
    "rubric-refused": Meaning(
        "The rubric has faults",
        (422,),
        ("a rubric to publish that does not pass its check",),
        "`errors` names each fault and how to mend it; or keep it with `publish: false`.",
    ),
    "idempotency-key-reused": Meaning(
        "The Idempotency-Key belongs to another request",
        (422,),
        ("an `Idempotency-Key` that came with another payload in the last 24 hours",),
        "Send a new key with a new request.",
    ),
    "precondition-required": Meaning(
        "A change must name the version it changes",
        (428,),
        ("a change without `If-Match`",),
        "Read it first, and send its `ETag` as `If-Match`.",
    ),
    "quota-exceeded": Meaning(
        "Too many requests",
        (429,),
        ("more requests than the key or its tenant may send in a minute",),
        "Wait as long as `Retry-After` says; the header `RateLimit` tells beforehand what is left.",
    ),
    "budget-exhausted": Meaning(
        "The day's budget is spent",
        (429,),
        ("a grade, a draft, a check or a preview that may call the LLM when the tenant has spent its day's budget",),
        "Wait as long as `Retry-After` says, or choose a judge that calls no LLM.",
    ),
    "headers-too-large": Meaning(
        "The header is too large",
        (431,),
        ("a header block of more than 16 KiB",),
        "Send fewer or shorter headers; cookies are the usual cause.",
    ),
    "internal-error": Meaning(
        "Something went wrong on the server",
        (500,),
        ("an error nobody expected",),
        "Send the operator the `instance`: the log has the details under it.",
    ),
    "judge-unavailable": Meaning(
        "The judge does not answer",
        (503,),
        (
            "no verdict at all, because the judge is down, in a request that waits for its grade",
            "an LLM that gives no key points for a draft",
        ),
        "Wait as long as `Retry-After` says, or send `Prefer: respond-async` and fetch the grade later.",
    ),
    "model-unavailable": Meaning(
        "The embedding model is not there",
        (503,),
        ("an embedding model that cannot be loaded",),
        "`grader doctor` on the server says how to get it.",
    ),
    "storage-unavailable": Meaning(
        "The database cannot be used",
        (503, 507),
        ("a database that is away or locked (503)", "a full disk (507)"),
        "Try again after `Retry-After`; nothing was stored.",
    ),
    "temporary-reduced-capacity": Meaning(
        "Too much is waiting already",
        (503,),
        ("more requests than can wait; a server that is going down",),
        "Send it again after `Retry-After`.",
    ),
    **BATCH_PROBLEMS,
}
"""Slug -> meaning; the slug is the last part of a problem's `type`."""
