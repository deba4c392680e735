"""The engine that hands out chunks of batches: DBOS Transact, by its public calls only."""

from grader.adapters.dbos.engine import DbosEngine, QueueSize, migrate
from grader.adapters.dbos.file_lock import held_alone
from grader.adapters.dbos.liveness import Liveness

__all__ = ["DbosEngine", "Liveness", "QueueSize", "held_alone", "migrate"]
