"""Key points out of a reference answer."""

from rubrics.extraction.coverage import Coverage
from rubrics.extraction.structure import Extraction, extract

__all__ = ["Coverage", "Extraction", "extract"]
