"""What the store knows that an interview is chosen by: what was met, what waits, the target."""

from __future__ import annotations

from graders.levels import Level
from graders.progress import Mock, Progress


def unfinished(progress: Progress) -> Mock | None:
    """The last interview that was not finished, if any.

    Raises:
        StoreError: If the file cannot be read.
    """
    waiting = [mock for mock in progress.mocks() if mock.finished is None]
    return max(waiting, key=lambda mock: mock.updated, default=None)


def target_of(progress: Progress) -> Level:
    """The level of the settings; a name that is some company's own counts as senior."""
    chosen = progress.settings().level
    known = {level.label: level for level in (Level.MID, Level.SENIOR, Level.STAFF)}
    return known.get(chosen, Level.SENIOR)


def met(progress: Progress) -> list[str]:
    """The questions that the candidate has met, with repeats."""
    found = [attempt.question_id for attempt in progress.attempts()]
    for mock in progress.mocks():
        parts = mock.state.get("parts", ())
        if isinstance(parts, list):
            found += [str(part.get("question_id")) for part in parts if isinstance(part, dict)]
    return found
