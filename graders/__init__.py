"""seniorkit: study and auto-grading for senior software engineering interviews.

    from graders import grade
    score = grade("concept/caching", "I would start with cache-aside because ...")

Names are imported on first use, so `import graders` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graders.startup import defer_uri_grammars, on_demand

if TYPE_CHECKING:
    from graders.answers import Answer
    from graders.errors import SeniorkitError
    from graders.grading import grade
    from graders.judges.base import Judge
    from graders.levels import Level
    from graders.question import Criterion, Question, load_bank, load_question
    from graders.score import Score, Verdict

# Before any module of ours imports nbformat, nbgrader or papermill.
defer_uri_grammars()

_HOME = {
    "Answer": "answers",
    "Criterion": "question",
    "Judge": "judges.base",
    "Level": "levels",
    "Question": "question",
    "Score": "score",
    "SeniorkitError": "errors",
    "Verdict": "score",
    "grade": "grading",
    "load_bank": "question",
    "load_question": "question",
}

__all__ = [
    "Answer",
    "Criterion",
    "Judge",
    "Level",
    "Question",
    "Score",
    "SeniorkitError",
    "Verdict",
    "grade",
    "load_bank",
    "load_question",
]


def __getattr__(name: str) -> object:
    return on_demand(__name__, _HOME, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
