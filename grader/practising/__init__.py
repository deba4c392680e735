"""Practising: attempts are begun, graded and looked at; a learner's progress is drawn from them."""

from grader.practising.checking import Concern, concern
from grader.practising.comparing import Change, Comparison, Edit, compare, words_changed
from grader.practising.practice import PATIENCE_SECONDS, Practice, follow_up_rubric
from grader.practising.progress import Mastery, Progress, Standing, mastery, standings
from grader.practising.seeing import Seen, State, follow_up_of, study_name

__all__ = [
    "PATIENCE_SECONDS",
    "Change",
    "Comparison",
    "Concern",
    "Edit",
    "Mastery",
    "Practice",
    "Progress",
    "Seen",
    "Standing",
    "State",
    "compare",
    "concern",
    "follow_up_of",
    "follow_up_rubric",
    "mastery",
    "standings",
    "study_name",
    "words_changed",
]
