"""`/review`: people look at what the machine doubts, decide, and see how far it agrees with them."""

from api.web.review import batches, calibration, deciding, mistakes, queue, reviewing

ROUTERS = (
    queue.router,
    reviewing.router,
    deciding.router,
    calibration.router,
    batches.router,
    mistakes.router,
    mistakes.one,
)

__all__ = ["ROUTERS"]
