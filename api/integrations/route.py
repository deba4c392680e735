"""Errors in a platform's own words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from api.errors import Problem
from grader.errors import GraderError


class PlatformRoute(APIRoute):
    """A route of a platform's contract, which says what an error looks like."""

    @abstractmethod
    def said(self, error: Problem | GraderError | ValidationError) -> Response:
        """The error as the platform reads it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its errors said in the platform's way."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (Problem, GraderError, ValidationError) as error:
                return self.said(error)

        return handled
