"""An interview in its normal form: ordered turns, each of one speaker, with the way back to the file it came from.

Start at `turns` (Transcript, Turn, Segment); `assembly` makes turns of what a reader heard; `fillers` says what a
view may hide. Files are read by `grader.adapters.transcripts`.
"""

from grader.transcripts.turns import Citation, Remark, Role, Segment, Transcript, Turn

__all__ = ["Citation", "Remark", "Role", "Segment", "Transcript", "Turn"]
