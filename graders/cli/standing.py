"""How the question of the day, a practice question and a submission look in a terminal."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from graders.cli.show import level_word, show_score
from graders.errors import UsageError

if TYPE_CHECKING:
    from graders.progress import Progress
    from graders.question import Question
    from graders.score import Score


def show_question(question: Question, reason: str) -> None:
    """Print a question and why it is asked."""
    console = Console()
    console.print(Text(f"{question.id}  ({question.minutes} minutes)", style="bold"))
    console.print(Text(question.prompt))
    if reason:
        console.print(Text(reason, style="dim"))


def read_answer(source: str) -> str:
    """The answer in the file *source*, or from the pipe for `-`.

    Raises:
        UsageError: If it cannot be read, or is no text.
    """
    if source == "-" and sys.stdin.isatty():
        print("Type or paste it; Ctrl-D on an empty line ends it.", file=sys.stderr)
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("not UTF-8 text", where=source, fix="Save the answer as UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"the answer cannot be read ({error.strerror})", where=source, fix="Check the path"
        ) from None


def _compared(before: Score, now: Score, *, varied: bool) -> Text:
    """The attempt before and this one, in a line."""
    said = Text.assemble("Before: ", level_word(before.level), "   now: ", level_word(now.level))
    if before.points is not None and now.points is not None:
        said.append(f"   {4 * (now.points - before.points):+.1f} levels")
    return said.append(", and the problem had changed" if varied else "")


def submit_and_show(
    progress: Progress, question_id: str, source: str, *, judge: str,
    variation: str | None = None, day: date | None = None, cold: bool = True,
) -> bool:  # fmt: skip
    """Judge the answer in *source*, keep it, print the score; whether it was scored and kept."""
    from graders.judges.factory import judge_named
    from graders.question import load_question
    from graders.study.practice import varied
    from graders.study.session import utc_now
    from graders.study.submission import submit

    text = read_answer(source)
    done = submit(
        progress, question_id, text, now=utc_now(), variation=variation, day=day,
        judge=judge_named(judge), cold=cold,
    )  # fmt: skip
    show_score(done.score, varied(load_question(question_id), variation))
    console = Console()
    if done.before is not None:
        console.print(_compared(done.before.score, done.score, varied=variation is not None))
    if done.problem:
        console.print(Text(f"! Not kept: {done.problem}", style="magenta"))
    return done.score.level is not None and done.problem is None
