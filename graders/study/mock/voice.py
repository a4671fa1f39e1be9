"""Who words the interviewer's follow-ups: a language model, if there is one that can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from graders.question import Question

if TYPE_CHECKING:
    from graders.judges.llm.interviewer import Interviewer
    from graders.judges.llm.settings import JudgeSettings


class Voice(Protocol):
    """Words a follow-up."""

    def follow_up(
        self, question: Question, said: Sequence[tuple[str, str]], criterion: str
    ) -> str | None:
        """A follow-up about *criterion*, or `None` if the bank's own words are to be used.

        Args:
            question: What the part is about.
            said: What was said in it: pairs of speaker and text.
            criterion: Id of the criterion to be asked about.
        """

    def close(self) -> None:
        """Let go of connections."""


class ModelVoice:
    """The language model of the settings; whenever it fails, the bank's words are used.

    Args:
        settings: The server and the model.
    """

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._interviewer: Interviewer | None = None
        self.why = ""
        """Why the bank's words were used last; empty if the model's were."""

    def follow_up(
        self, question: Question, said: Sequence[tuple[str, str]], criterion: str
    ) -> str | None:
        """A follow-up in the model's words, which were searched for leaks; else `None`."""
        from graders.judges.llm.interviewer import Interviewer, Turn

        if self._interviewer is None:
            self._interviewer = Interviewer(self._settings)
        turns = [
            Turn("candidate" if speaker == "candidate" else "interviewer", text)
            for speaker, text in said
        ]
        asked = self._interviewer.follow_up(question, turns, [criterion])
        self.why = asked.why
        return asked.text if asked.source == "model" else None

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        if self._interviewer is not None:
            self._interviewer.close()


def voice_of(judge: str) -> Voice | None:
    """The voice that goes with the judge called *judge*.

    Raises:
        UsageError: If the settings of the language model are missing or wrong.
    """
    if judge != "llm":
        return None
    from graders.judges.llm.settings import load_settings

    return ModelVoice(load_settings())
