"""A mock interview: what is said is kept after every turn, and the clock runs meanwhile.

interview = Interview.start("design")
for turn in interview.say("Who uses it, and how many?"):
print(turn.text)
interview.scorecard()
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from graders.answers import MAX_ANSWER_CHARS
from graders.errors import StoreError, UsageError
from graders.judges.base import Judge
from graders.levels import Level
from graders.progress import Attempt, Mock, Progress, new_key
from graders.question import load_question
from graders.study.mock.director import Director
from graders.study.mock.kept import met, target_of, unfinished
from graders.study.mock.plan import Format, format_of, planned
from graders.study.mock.probing import warm_up
from graders.study.mock.scorecard import Card, judged
from graders.study.mock.state import Ended, InterviewState, Pace, PartState, Turn, cleaned, restored
from graders.study.mock.voice import Voice
from graders.study.mock.week import Picks, picks_after
from graders.study.mock.wording import Line
from graders.study.session import utc_now

WORDS_A_MINUTE = 140
"""An unhurried speaker."""

A_BREATH = 5.0
"""Seconds that a spoken turn takes besides its words; saying nothing takes four of them."""

ELSEWHERE = "this interview went on in another window"
FROM_THERE = "Copy what you wrote, run the cell again, and go on from there"

QUIET_FOR = 150.0
"""Seconds without a word or a key, after which the interviewer asks whether all is well."""


class Interview:
    """One interview, running or over. Made by `start` or `resume`.

    Attributes:
        problem: What could not be kept, in words; the interview goes on all the same.
        mock: The interview as the store has it.
    """

    def __init__(
        self, mock: Mock, state: InterviewState, *, progress: Progress, judge: Judge | None,
        voice: Voice | None, clock: Callable[[], float], now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.mock = mock
        self.state = state
        self.problem = ""
        self._progress = progress
        self._judge = judge
        self._voice = voice
        self._clock = clock
        self._now = now
        self._director = None if state.over else Director(state, voice)
        if self._director is not None:
            warm_up(self._director.question)
        self._mark = self._heard = clock()

    @classmethod
    def start(
        cls, kind: Format | None = None, *, question_id: str | None = None,
        minutes: float | None = None, pace: Pace = "written", target: Level | None = None,
        seed: str | None = None, progress: Progress | None = None, judge: Judge | None = None,
        voice: Voice | None = None, clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> Interview:  # fmt: skip
        """Begin a new interview; the interviewer has opened it when this returns.

        Args:
            kind: The format; the one of the question, or else a design, when absent.
            question_id: A question to be asked; chosen among those least met when absent.
            minutes: Time for all of it; the usual one when absent.
            pace: How time passes.
            target: The level to be judged against; that of the settings, or else senior, when
                absent.
            seed: Decides between questions and lines; the interview's id when absent.
            progress: Where it is kept.
            judge: Who judges at the end; the embedded judge when absent.
            voice: Who words the probes; the bank when absent.
            clock: Tells seconds.
            now: Tells the time.

        Raises:
            UsageError: If the format, the question or the time make no sense.
        """
        store = progress or Progress()
        key, at, problem = new_key(), now(), ""
        heard: list[str] = []
        try:
            heard, target = met(store), target or target_of(store)
        except StoreError as error:
            problem = str(error)
        named = format_of(load_question(question_id)) if question_id else "design"
        parts = planned(
            kind or named, question_id=question_id, minutes=minutes, heard=heard, seed=seed or key
        )
        state = InterviewState(
            kind=kind or named, parts=parts, target=target or Level.SENIOR, pace=pace,
            seed=seed or key, at=[PartState() for _ in parts],
        )  # fmt: skip
        kept = Mock(key, state.kind, at, at, state.model_dump(mode="json"), target=state.target)
        made = cls(kept, state, progress=store, judge=judge, voice=voice, clock=clock, now=now)
        made._open_part()
        made._keep()
        made.problem = made.problem or problem
        return made

    @classmethod
    def resume(
        cls, mock_id: str | None = None, *, progress: Progress | None = None,
        judge: Judge | None = None, voice: Voice | None = None,
        clock: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = utc_now,
    ) -> Interview:  # fmt: skip
        """Go on with an interview; the clock stood still in between.

        Args:
            mock_id: Its id; the last one that is not finished when absent.
            progress: Where it is kept.
            judge: Who judges at the end.
            voice: Who words the probes.
            clock: Tells seconds.
            now: Tells the time.

        Raises:
            UsageError: If there is none.
            StoreError: If it cannot be read.
        """
        store = progress or Progress()
        mock = unfinished(store) if mock_id is None else store.mock(mock_id)
        if mock is None:
            raise UsageError("there is no interview to go on with", fix="Start a new one")
        return cls(
            mock, restored(mock.state), progress=store, judge=judge, voice=voice, clock=clock,
            now=now,
        )  # fmt: skip

    @property
    def over(self) -> bool:
        """Whether the interviewer has closed the last part."""
        return self.state.over

    @property
    def transcript(self) -> Sequence[Turn]:
        """What was said, oldest first."""
        return tuple(self.state.turns)

    @property
    def left(self) -> float:
        """Seconds that are left of the part; 0 when the interview is over."""
        if self.state.over:
            return 0.0
        length = self.state.parts[self.state.part].minutes * 60
        return max(0.0, length - self.state.at[self.state.part].elapsed - self._waited())

    @property
    def place(self) -> str:
        """Where the interview is: round and phase, in words."""
        if self._director is None:
            return "over"
        return f"{self.state.parts[self.state.part].round}, {self._director.phase.name}"

    def say(self, text: str) -> list[Turn]:
        """The candidate says *text*; returns what the interviewer says to it.

        Raises:
            UsageError: If the interview is over, went on elsewhere meanwhile, or the text is
                longer than anybody speaks.
        """
        if self._director is None:
            raise UsageError("the interview is over", fix="Look at the scorecard")
        if len(text) > MAX_ANSWER_CHARS:
            raise UsageError(
                f"a turn of {len(text):,} characters is too long",
                fix=f"Say at most {MAX_ANSWER_CHARS:,} at a time",
            )
        with suppress(StoreError):
            if self._went_on_elsewhere():
                raise UsageError(ELSEWHERE, fix=FROM_THERE)
        text, before = cleaned(text), len(self.state.turns)
        with self._whole():
            self._pass_time(text)
            self._record(Line(text, "heard"), "candidate", self.state.part)
            self._heard = self._clock()
            self.state.draft = ""
            self._after(self._director.reply(text))
        return self.state.turns[before + 1 :]

    def tick(self, draft: str | None = None) -> list[Turn]:
        """Let time pass; returns what the interviewer says because of it.

        Args:
            draft: What the candidate has typed so far. If the time is over, it counts as said.
        """
        if self._director is None:
            return []
        if draft is not None and draft != self.state.draft:
            self._heard = self._clock()
            self.state.draft = cleaned(draft)
        quiet = self._clock() - self._heard >= QUIET_FOR
        before = len(self.state.turns)
        with self._whole():
            self._pass_time(None)
            if self._director.share >= 1 and self.state.draft.strip():
                self._record(Line(self.state.draft, "heard"), "candidate", self.state.part)
                self.state.draft = ""
            found = self._director.tick(active=not quiet)
            if found:
                self._heard = self._clock()
                self._after(found)
        return [turn for turn in self.state.turns[before:] if turn.speaker == "interviewer"]

    def save_draft(self, text: str) -> None:
        """Keep what the candidate has typed and not said yet."""
        if self.state.draft != text:
            self._heard = self._clock()
            self.state.draft = cleaned(text)
            self._keep()

    def stop(self) -> list[Turn]:
        """The candidate ends the interview; parts that were not begun stay unheld."""
        if self._director is None:
            return []
        before = len(self.state.turns)
        with self._whole():
            self._after(self._director.end("candidate"))
        return self.state.turns[before:]

    def scorecard(self) -> Card:
        """Judge what was said, and keep the result; the same one when asked again.

        Raises:
            UsageError: If the interview is not over.
        """
        if not self.over:
            raise UsageError("the interview is not over", fix="Go on with it, or end it")
        if self.mock.scorecard is not None:
            return Card.model_validate(self.mock.scorecard)
        at = self._now()
        card, scores = judged(self.state, self._picks(at), self._judge)
        attempts = [
            # The interviewer's questions point at what is missing, so the answer is not cold.
            Attempt(
                at, part.question_id, self.state.answer(n), scores[n], cold=False,
                seconds=self.state.at[n].elapsed, mock=self.mock.id,
            )
            for n, part in enumerate(self.state.parts)
            if n in scores
        ]  # fmt: skip
        self._finish(card, at)
        try:
            for attempt in attempts:
                self._progress.add(attempt)
        except StoreError as error:
            self.problem = str(error)
        return card

    def judge_again(self, judge: Judge | None = None) -> Card:
        """Judge the kept transcript once more, by *judge*; the new scorecard is kept.

        Raises:
            UsageError: If the interview is not over.
        """
        if not self.over:
            raise UsageError("the interview is not over", fix="Go on with it, or end it")
        card, _ = judged(self.state, self._picks(self._now()), judge)
        self._finish(card, self.mock.finished or self._now())
        return card

    def close(self) -> None:
        """Let go of connections."""
        if self._voice is not None:
            self._voice.close()

    def _picks(self, at: datetime) -> Picks:
        """Chooses by what was answered so far; without it, if the file cannot be read now."""
        try:
            return picks_after(self._progress.outlines(), at)
        except StoreError:
            return picks_after((), at)

    def _finish(self, card: Card, at: datetime) -> None:
        self.mock = replace(
            self.mock, finished=at, scorecard=card.model_dump(mode="json"), level=card.level,
            signal=card.signal,
        )  # fmt: skip
        self._keep()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What happens within happens to its end or not at all.

        The kernel may be interrupted while a voice hangs: a turn that stayed in the transcript
        without its reply would be there twice as soon as the candidate says it again.
        """
        state, times = self.state.model_copy(deep=True), (self._mark, self._heard)
        try:
            yield
        except BaseException:
            self.state, (self._mark, self._heard) = state, times
            self._director = Director(state, self._voice)
            raise

    def _after(self, said: Sequence[Line]) -> None:
        """Write down what the interviewer says, go to the next part if this one ended, and keep."""
        part = self.state.part
        for line in said:
            self._record(line, "interviewer", part)
            self._speak(line.text)
        ended = self.state.at[part].ended
        if ended is not None:
            self._next_part(ended)
        self._keep()

    def _next_part(self, ended: Ended) -> None:
        self.state.part += 1
        if ended in ("conduct", "candidate"):
            for later in self.state.at[self.state.part :]:
                later.ended = ended
            self.state.part = len(self.state.parts)
        if self.state.over:
            self._director = None
            return
        self._director = Director(self.state, self._voice)
        warm_up(self._director.question)
        self._open_part()

    def _open_part(self) -> None:
        assert self._director is not None
        for line in self._director.opening():
            self._record(line, "interviewer", self.state.part)
            self._speak(line.text)
        self._mark = self._heard = self._clock()

    def _record(self, line: Line, speaker: str, part: int) -> None:
        director = self._director
        self.state.turns.append(
            Turn(
                speaker="candidate" if speaker == "candidate" else "interviewer",
                text=line.text,
                part=part,
                at=round(self.state.at[part].elapsed, 1),
                phase=director.phase.name if director is not None else "",
                purpose=line.purpose if speaker == "interviewer" else None,
                criterion=line.criterion,
                source=line.source,
            )
        )

    # Time.

    def _waited(self) -> float:
        return self._clock() - self._mark if self.state.pace == "written" else 0.0

    def _pass_time(self, text: str | None) -> None:
        here = self.state.at[self.state.part]
        if self.state.pace == "written":
            here.elapsed += max(0.0, self._waited())
            self._mark = self._clock()
        elif text is not None:
            count = len(text.split())
            here.elapsed += count / WORDS_A_MINUTE * 60 + (A_BREATH if count else 4 * A_BREATH)

    def _speak(self, text: str) -> None:
        if self.state.pace == "spoken":
            self.state.at[self.state.part].elapsed += len(text.split()) / WORDS_A_MINUTE * 60

    # The store.

    def _went_on_elsewhere(self) -> bool:
        """Whether another window has carried it further: its turns must not be overwritten."""
        kept = self._progress.mock(self.mock.id)
        return kept is not None and kept.updated > self.mock.updated

    def _keep(self) -> None:
        state = self.state.model_dump(mode="json")
        try:
            if self._went_on_elsewhere():
                self.problem = f"{ELSEWHERE.capitalize()}. {FROM_THERE}."
                return
            self.mock = replace(self.mock, updated=self._now(), state=state)
            self._progress.save_mock(self.mock)
        except StoreError as error:
            self.problem = f"The interview goes on, but it could not be kept: {error}"
        else:
            self.problem = ""
