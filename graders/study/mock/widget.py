"""The mock interview in a notebook: a conversation, a clock, and the scorecard at its end.

It shows and forwards; `Interview` does the work. Nothing begins, and no clock runs, before the
learner presses a button.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from graders import cards
from graders.errors import SeniorkitError, UsageError
from graders.judges.factory import judge_named
from graders.progress import Progress
from graders.study.box import Box
from graders.study.bundle import bundled
from graders.study.mock.interview import Interview
from graders.study.mock.kept import unfinished
from graders.study.mock.plan import FORMATS, Format, planned
from graders.study.mock.show import html
from graders.study.mock.state import Turn
from graders.study.mock.voice import voice_of

_HERE = Path(__file__).parent

PART_OVER = (
    "The part was over before this reached the interviewer. What still stands in the box was not "
    "said."
)
GONE_ON = (
    "The interviewer had heard and answered you before this came. What still stands in the box "
    "was not said: read the answer first."
)


class MockInterview(Box):
    """A mock interview.

    Args:
        kind: `"design"` (45 minutes), `"behavioural"` (30) or `"loop"` (130).
        question: Id of a question that is to be asked.
        minutes: Time for all of it; the usual one when absent.
        judge: Name of the judge: `"llm"` also lets the language model word the follow-ups.
        progress: Where it is kept, for tests.
    """

    _esm = f"{bundled(_HERE.parent / 'answer_box', 'element', 'drafts')}\n{bundled(_HERE, 'mock')}"
    _css = cards.style() + (_HERE / "mock.css").read_text(encoding="utf-8")

    interview = traitlets.Unicode().tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)
    turns: Any = traitlets.List().tag(sync=True)
    state = traitlets.Unicode("ready").tag(sync=True)
    waiting = traitlets.Unicode().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    left = traitlets.Float().tag(sync=True)
    draft = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    card = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        kind: Format = "design",
        *,
        question: str | None = None,
        minutes: float | None = None,
        judge: str = "embedded",
        progress: Progress | None = None,
    ) -> None:
        super().__init__()
        self._progress = progress or Progress()
        self._interview: Interview | None = None
        self._unsaid = ""
        try:
            if kind not in FORMATS:
                raise UsageError(
                    f"there is no interview called {kind!r}", fix=f"Choose from: {FORMATS}"
                )
            reader, voice = judge_named(judge), voice_of(judge)
            parts = planned(kind, question_id=question, minutes=minutes)
        except SeniorkitError as error:
            self.state, self.message = "broken", str(error)
            return
        self._reader, self._voice = reader, voice
        self._asked = (kind, question, minutes)
        length = sum(part.minutes for part in parts)
        rounds = ", ".join(dict.fromkeys(part.round.lower() for part in parts))
        self.heading = f"Mock interview: {rounds}, {length:.0f} minutes"
        self._look_for_unfinished()
        self.on_msg(self._received)

    def _look_for_unfinished(self) -> None:
        try:
            mock = unfinished(self._progress)
        except SeniorkitError as error:
            self.message = str(error)
            return
        if mock is not None:
            self.waiting = f"{mock.kind}, last spoken {mock.updated.astimezone():%d %B, %H:%M}"

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page, such as `{"kind": "say", "text": ...}`; others are ignored.

        `spoken` and `part` tell where the page was when it sent the message: how many turns of the
        candidate it showed, and the number of the part. It may be behind when the kernel is slow.
        """
        kind = content.get("kind") if isinstance(content, dict) else None
        text = content.get("text", "") if isinstance(content, dict) else None
        if not isinstance(kind, str) or not isinstance(text, str):
            return
        try:
            if self._interview is None:
                self._begin(kind)
            else:
                page = (content.get("spoken"), content.get("part"))
                self._forward(self._interview, kind, text, page)
        except SeniorkitError as error:
            self.message = str(error)
        finally:
            if self.state in ("working", "judging"):
                # Also when the kernel was interrupted: the buttons must work again.
                self.state = "ready" if self._interview is None else "running"

    def _begin(self, kind: str) -> None:
        """Start or resume; a kept interview that cannot be read does not stop a new one."""
        if kind not in ("start", "resume"):
            return
        self.state = "working"
        self._interview = self._resumed() if kind == "resume" else self._started()
        self.waiting = ""
        self.draft = self._interview.state.draft
        self.interview = self._interview.mock.id
        self._show(self._interview)

    def _started(self) -> Interview:
        kind, question, minutes = self._asked
        return Interview.start(
            kind, question_id=question, minutes=minutes, progress=self._progress,
            judge=self._reader, voice=self._voice,
        )  # fmt: skip

    def _resumed(self) -> Interview:
        return Interview.resume(progress=self._progress, judge=self._reader, voice=self._voice)

    def _forward(
        self, interview: Interview, kind: str, text: str, page: tuple[object, object]
    ) -> None:
        here = (interview.state.spoken, interview.state.part)
        behind = page not in (here, (None, None))
        if interview.over:
            if kind == "judge":
                self._judge(interview)
            elif kind == "say":
                self._leave_unsaid(interview, text, PART_OVER)
            return
        if kind == "draft":
            if not behind:
                interview.save_draft(text)
            self.draft = interview.state.draft
            self.message = interview.problem or self._unsaid
            return
        if kind == "tick":
            # Words that come from behind were said meanwhile, or belong to a part that is over.
            if not interview.tick(None if behind else text) and not interview.over:
                self.left = interview.left
                return
        elif kind in ("say", "stop"):
            self.state = "working"  # when it ends, the page knows that this press was answered
            if kind == "stop":
                interview.stop()
            elif behind:
                self._leave_unsaid(interview, text, GONE_ON if page[1] == here[1] else PART_OVER)
            else:
                interview.say(text)
                self._unsaid = ""
        self._show(interview)

    def _leave_unsaid(self, interview: Interview, text: str, why: str) -> None:
        """Tell why *text* is not said, unless an earlier press or tick has said all of it."""
        spoken = [turn.text for turn in interview.transcript if turn.speaker == "candidate"]
        if text.strip() and text not in spoken[-1:]:
            self._unsaid = why
        self.message = interview.problem or self._unsaid

    def _show(self, interview: Interview) -> None:
        with self.hold_sync():  # in one message: an answer that is seen can be answered
            self.turns = _shown(interview.transcript)
            self.place = interview.place
            self.left = interview.left
            self.message = interview.problem or self._unsaid
            self.draft = interview.state.draft
            if not interview.over:
                self.state = "running"
        if interview.over:
            self._judge(interview)

    def _judge(self, interview: Interview) -> None:
        self.state = "judging"
        result = interview.scorecard()
        self.card = html(result)
        self.message = interview.problem or self._unsaid
        self.state = "over"

    def __repr__(self) -> str:
        return f"MockInterview({self.heading!r})"


def _shown(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """The transcript for the page, which puts the words in as text."""
    return [{"speaker": turn.speaker, "text": turn.text, "part": str(turn.part)} for turn in turns]
