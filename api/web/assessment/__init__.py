"""`/assessment/…` for candidates and `/report/…` for who ordered: pages for people with a link and no account."""

from api.web.assessment import explanation, report, taking

ROUTERS = (taking.router, explanation.router, report.router)

__all__ = ["ROUTERS"]
