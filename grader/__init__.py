"""How a free-text answer becomes a Grade."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("answer-grader")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
