"""What the store knows that an interview is chosen by: what was met, what waits, the target."""

from __future__ import annotations

from graders.levels import Level
from graders.progress import Mock, Progress
from graders.study.ladder import kept_target


def unfinished(progress: Progress) -> Mock | None:
    """The last interview that was not finished, if any.

    Raises:
        StoreError: If the file cannot be read.
    """
    waiting = [mock for mock in progress.mocks() if mock.finished is None]
    return max(waiting, key=lambda mock: mock.updated, default=None)


def target_of(progress: Progress) -> Level:
    """The level that is aimed at, as on the ladder of the company that was chosen.

    Raises:
        StoreError: If the settings cannot be read.
    """
    settings = progress.settings()
    return kept_target(settings.company, settings.level).level


def met(progress: Progress) -> list[str]:
    """The questions that the candidate has met, with repeats."""
    found = [attempt.question_id for attempt in progress.outlines()]
    for mock in progress.mocks():
        parts = mock.state.get("parts", ())
        if isinstance(parts, list):
            found += [str(part.get("question_id")) for part in parts if isinstance(part, dict)]
    return found
