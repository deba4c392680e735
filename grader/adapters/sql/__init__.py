"""What is kept in a SQL database by SQLAlchemy; SQLite in WAL mode with full synchronisation by default."""

from grader.adapters.sql.grades import SqlGradeStore
from grader.adapters.sql.responses import SqlResponseCache

__all__ = ["SqlGradeStore", "SqlResponseCache"]
