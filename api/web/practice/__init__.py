"""`/practice`: choose a question, write, see what was covered, missed and wrong, and come back to it."""

from api.web.practice import attempts, progress, questions

ROUTERS = (progress.router, attempts.router, questions.router)

__all__ = ["ROUTERS"]
