"""`seniorkit grade --judge llm`: all answers are asked about at once, before anything is graded.

Grading goes submission by submission, each with few answers. The model is therefore asked ahead,
across all submissions; its verdicts are kept, and grading finds them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graders.course import Course


def asked_ahead(course: Course, assignment: str) -> str:
    """Ask the language model about all answers of *assignment*.

    Returns:
        The judge to grade with: `llm`, which asks about what was not found ahead; or the one that
        asks nothing, if there is a budget, or the server refuses for good. A budget holds for one
        process, so the many that grade shall not each have it once more.

    Raises:
        UsageError: If course or assignment do not exist.
        StoreError: If the gradebook or the kept verdicts cannot be used.
    """
    from graders.batch.answers import answers_in
    from graders.cli.meter import Bar, counted
    from graders.judges.base import JudgeOfMany
    from graders.judges.cached import keeps
    from graders.judges.factory import UNASKED, judge_named
    from graders.judges.llm.errors import Final
    from graders.judges.llm.estimate import estimate

    reader = judge_named("llm")
    if not isinstance(reader, JudgeOfMany) or not keeps(reader):
        return "llm"
    foreseen = estimate(reader, answers_in(course.root, assignment))
    bar = Bar("Asking the model", foreseen.answers if foreseen else None)
    stopped: Final | None = None
    try:
        with counted(reader, foreseen, folder=course.reports(assignment) / "runs"):
            for result in reader.judge_many(answers_in(course.root, assignment)):
                bar.step()
                if isinstance(result.error, Final):
                    stopped = result.error
    finally:
        bar.close()
    if stopped is not None:
        print(f"seniorkit: not every answer was asked about: {stopped}", file=sys.stderr)
    return UNASKED if stopped is not None or is_bounded() else "llm"


def is_bounded() -> bool:
    """Whether the settings hold a budget."""
    from graders.judges.llm.settings import Budget, load_settings

    return load_settings().budget != Budget()


def pin_settings() -> None:
    """Let processes that run in other folders find the settings of this one."""
    from graders.judges.llm.settings import CONFIG, FILE

    named = Path(os.environ.get(CONFIG) or FILE)
    if named.is_file():
        os.environ[CONFIG] = str(named.resolve())
