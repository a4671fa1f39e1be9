"""The coach in a notebook: it reads what stands in the answer box and shows what it found."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from graders import cards
from graders.answers import SIDECAR, AnswersFile
from graders.errors import SeniorkitError
from graders.progress import Progress
from graders.study.coach import QUESTION, Coaching, coach
from graders.study.stories import StoryBank


def coaching_html(found: Coaching, *, stories: bool) -> str:
    """What the coach found, as an HTML fragment.

    Args:
        found: What it found.
        stories: Whether there were stories to hold the answer against.
    """
    return (
        cards.environment()
        .get_template("coach.html.j2")
        .render(found=found, stories=stories, level=cards.level_text(found.score.level))
    )


def coach_me(folder: Path | None = None, progress: Progress | None = None) -> Any:
    """Coach the answer that was saved in the box of `career/why-not-staff`; end a cell with it.

    Args:
        folder: Where `answers.json` lies; the working directory when absent.
        progress: Where stories and settings are kept.
    """
    from IPython.display import HTML

    return HTML(_page(folder or Path(), progress or Progress()))  # type: ignore[no-untyped-call]


def _page(folder: Path, progress: Progress) -> str:
    style = f"<style>{cards.style()}</style>"
    try:
        saved = AnswersFile(folder / SIDECAR).read().get(QUESTION)
        if saved is None or not saved.text.strip():
            return "<p>Write your answer in the box above first; then run this cell again.</p>"
        bank = StoryBank(progress.stories())
        found = coach(saved.text, bank, progress.settings())
    except SeniorkitError as error:
        return f"<p>{escape(str(error))}</p>"
    return f'{style}<div class="sk-page">{coaching_html(found, stories=bool(bank.stories))}</div>'
