"""Who may do what, how often, and for how much: the words of access, without a database or a web server."""

from grader.access.amounts import Amount, Limit
from grader.access.api_key import ApiKey, Grant, IssuedKey, KeyState, Token, issue
from grader.access.principal import EVERYTHING, LOCAL, LOCAL_TENANT, TENANT_PATTERN, VISITOR, Principal, Scope
from grader.access.quotas import Allowance, Quota, Quotas
from grader.access.secrets import subkey

__all__ = [
    "EVERYTHING",
    "LOCAL",
    "LOCAL_TENANT",
    "TENANT_PATTERN",
    "VISITOR",
    "Allowance",
    "Amount",
    "ApiKey",
    "Grant",
    "IssuedKey",
    "KeyState",
    "Limit",
    "Principal",
    "Quota",
    "Quotas",
    "Scope",
    "Token",
    "issue",
    "subkey",
]
