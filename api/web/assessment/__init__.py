"""`/assessment/…` for candidates and `/report/…` for who ordered: pages for people with a link and no account."""

from api.web.assessment import report, taking

ROUTERS = (taking.router, report.router)

__all__ = ["ROUTERS"]
