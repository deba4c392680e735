"""The platforms' own contracts: what they call here, in their words."""

from typing import Final

from api.integrations import ashby, greenhouse

ROUTERS: Final = (greenhouse.router, ashby.router)
