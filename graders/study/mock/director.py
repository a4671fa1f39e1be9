"""What the interviewer does next: listens, answers, interrupts, probes, closes.

One director serves one part. It reads and changes the part's state and returns lines; it knows
neither clock nor store nor page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from graders.question import Question, load_question
from graders.score import Score
from graders.study.mock import lines
from graders.study.mock.facts import fact_for
from graders.study.mock.hearing import Heard, hear
from graders.study.mock.plan import CHANGE_AT, PHASES, PROBES, Phase
from graders.study.mock.probing import change_for, probe_for, so_far, weakest
from graders.study.mock.reaction import reacted
from graders.study.mock.state import Ended, InterviewState, PartState, Purpose
from graders.study.mock.voice import Voice
from graders.study.mock.wording import Line, Wording

MOST_QUIET, MOST_HOSTILE = 4, 5
"""Silences in a row, and rude turns, after which the interviewer ends the part."""

MOST_ASKED, MOST_BARREN = 10, 10
"""Clarifying questions after which the candidate is asked to begin; and turns in a row that
neither say anything nor learn anything, after which the part ends."""

ENOUGH_OUTLINE, ENOUGH_STORY, ENOUGH_DESIGN = 60, 120, 900
"""Words after which scoping is over, a story is told, and a design stands."""

FIRST_DESIGN, WHOLE_DESIGN = 250, 600
"""Words from which there is a design to change: in several turns, and in one."""

RAMBLING, LIFT = 220, 0.02
"""A turn of so many words that lifts what was said so far by less than this share is stopped."""

REDIRECTED, ANSWERED = 15, 25
"""Up to so many words beside rudeness, or beside questions, the turn needs no other reply."""

WARN_AT, TOO_LATE = 0.89, 0.93
"""Shares of the time at which the candidate is warned, and from which nothing new is begun."""

MOST_NUDGES = 2


class Director:
    """The interviewer of one part.

    Args:
        state: The interview; the part that is going on is changed.
        voice: Words the probes; the bank's own words when absent.

    Raises:
        UsageError: If the part's question is not in the bank.
    """

    def __init__(self, state: InterviewState, voice: Voice | None = None) -> None:
        self._state = state
        self._voice = voice
        self._number = state.part
        self._part = state.parts[self._number]
        self.here: PartState = state.at[self._number]
        self.question: Question = load_question(self._part.question_id)
        self._phases = PHASES[self.question.kind]
        self._words = Wording(state, self._number, self.question)

    @property
    def phase(self) -> Phase:
        """The phase that is going on."""
        return self._phases[min(self.here.phase, len(self._phases) - 1)]

    @property
    def share(self) -> float:
        """The share of the part's time that has passed."""
        return self.here.elapsed / (self._part.minutes * 60)

    def opening(self) -> list[Line]:
        """How the part begins."""
        greeting = self._words.pick("next" if self._number else "hello", purpose="opening")
        shapes = [
            shape.format(minutes=math.ceil(self._part.minutes), prompt=self.question.prompt)
            for shape in lines.pool("opening", self.question.kind)
        ]
        asked = self._words.one(shapes, "opening") or [Line(self.question.prompt, "opening")]
        return [*greeting, *asked]

    def reply(self, text: str) -> list[Line]:
        """What the interviewer says to *text*, which is in the transcript already."""
        if self.share >= 1:
            return self.end("time")
        self._by_time()
        scoping = self.here.phase == 0 and self.phase.leads
        heard = hear(text, scoping=scoping)
        known = len(self.here.facts)
        said = [*self._on_conduct(heard), *self._answers(heard)]
        if self.here.ended:
            return said
        if heard.silent:
            return self._on_silence()
        learned = len(self.here.facts) > known
        fruitful = learned or heard.finished or heard.substance > REDIRECTED
        self.here.barren = 0 if fruitful else self.here.barren + 1
        if self.here.barren >= MOST_BARREN:
            return self.end("silence")
        self.here.quiet = 0
        self.here.spoken_turns += heard.substance > REDIRECTED
        conduct = heard.rude is not None or heard.wants_secret
        if (conduct and heard.substance <= REDIRECTED) or (
            heard.asks and heard.substance <= ANSWERED and not heard.finished
        ):
            return [*said, *self._hurry()]
        return [*said, *self._move(heard, text)]

    def tick(self, active: bool) -> list[Line]:
        """What the interviewer says because time passed.

        Args:
            active: Whether the candidate is writing.
        """
        if self.share >= 1:
            return self.end("time")
        self._by_time()
        if self._change_is_due(None):
            return self._change()
        if not self.here.warned and self.share >= WARN_AT:
            return self._warning()
        if not active and self.here.nudged < MOST_NUDGES:
            self.here.nudged += 1
            return self._words.pick("nudge")
        return []

    def end(self, why: Ended) -> list[Line]:
        """Close the part, politely."""
        self.here.ended = why
        return self._words.pick("closing", why, purpose="closing")

    # What kind of turn it was.

    def _on_conduct(self, heard: Heard) -> list[Line]:
        if heard.rude:
            self.here.hostile += 1
            if self.here.hostile >= MOST_HOSTILE:
                return self.end("conduct")
            return self._words.pick(heard.rude, purpose="conduct")
        return self._words.pick("secret") if heard.wants_secret else []

    def _answers(self, heard: Heard) -> list[Line]:
        """The facts that are asked for; where they are silent, the candidate decides."""
        said: list[Line] = []
        for asked in heard.asks[:3] if not self.here.ended else ():
            self.here.asked += 1
            fact = fact_for(asked, self.question)
            if fact is None:
                self.here.open_calls += 1
                pool = "your call" if self.question.kind in ("design", "concept") else "your choice"
                said += (
                    self._words.pick(pool, purpose="your call")
                    if not _has(said, "your call")
                    else []
                )
            elif fact.index in self.here.facts:
                said += self._words.pick("told", purpose="fact") if not _has(said, "fact") else []
            else:
                self.here.facts.append(fact.index)
                said.append(Line(fact.text, "fact", source="bank"))
        return said

    def _hurry(self) -> list[Line]:
        if self.here.hurried or self.here.asked < MOST_ASKED or not self.phase.leads:
            return []
        self.here.hurried = True
        return self._words.pick("enough asked", purpose="steer")

    def _on_silence(self) -> list[Line]:
        self.here.quiet += 1
        return self.end("silence") if self.here.quiet >= MOST_QUIET else self._words.pick("nudge")

    # Where the part goes.

    def _move(self, heard: Heard, text: str) -> list[Line]:
        if pressed := self._after_change(text):
            return pressed
        if self._change_is_due(heard):
            return self._change()
        score = so_far(self.question, self._words.answer)
        if self._rambles(heard, score) and (probe := self._probe(score)):
            return [*self._words.pick("steer"), *probe]
        before = self.phase
        self._by_content(heard)
        if self.phase.leads:
            return [*self._late(), *self._words.pick("heard")]
        came = self._words.pick(self.phase.name, purpose="phase") if before.leads else []
        if self.phase.name == "wrap-up":
            return self._wrap_up()
        probe = self._probe(score)
        return [*self._late(), *came, *probe] if probe else self._wrap_up()

    def _by_time(self) -> None:
        while self.here.phase < len(self._phases) - 1 and self.share >= self.phase.until:
            self.here.phase += 1

    def _by_content(self, heard: Heard) -> None:
        """Leave a phase that the candidate has left, or whose purpose is reached."""
        if not self.phase.leads:
            return
        words, turns = self._words.count, self.here.spoken_turns
        if self.phase.name == "scoping":
            if heard.finished or words >= ENOUGH_OUTLINE:
                self.here.phase += 1
        elif self.phase.name == "story":
            if heard.finished or words >= ENOUGH_STORY or turns >= 3:
                self.here.phase += 1
        elif heard.finished or words >= ENOUGH_DESIGN or turns >= 8:
            self.here.phase += 1

    def _wrap_up(self) -> list[Line]:
        self.here.phase = len(self._phases) - 1
        if self.here.last_asked or self.share >= 0.98:
            return self.end("complete")
        self.here.last_asked = True
        return self._words.pick("last", self.question.kind, purpose="last") or self.end("complete")

    def _late(self) -> list[Line]:
        return self._warning() if not self.here.warned and self.share >= WARN_AT else []

    def _warning(self) -> list[Line]:
        self.here.warned = True
        left = max(1, round(self._part.minutes * (1 - self.share)))
        shapes = [s.format(minutes=left) for s in lines.pool("warning")]
        if left == 1:
            shapes = ["One minute left.", "We have one more minute.", "A last minute remains."]
        return self._words.one(shapes, "time")

    # The changed constraint.

    def _change_is_due(self, heard: Heard | None) -> bool:
        if self.here.change is not None or self.share >= TOO_LATE or not self.here.spoken_turns:
            return False
        if self.phase.name in ("scoping", "story", "wrap-up"):
            # A design is changed at half time also if scoping never ended; a story is told first.
            return self.phase.name == "scoping" and self.share >= CHANGE_AT[self.question.kind]
        words, turns = self._words.count, self.here.spoken_turns
        if self.phase.name == "follow-ups":
            return bool(self.here.probed) or self.share >= CHANGE_AT[self.question.kind]
        return (
            self.share >= CHANGE_AT[self.question.kind]
            or words >= WHOLE_DESIGN
            or (words >= FIRST_DESIGN and turns >= 3)
            or turns >= 5
            or (heard is not None and heard.finished)
        )

    def _change(self) -> list[Line]:
        change = change_for(
            self.question, so_far(self.question, self._words.answer), self._words.seed
        )
        if change is None:
            self.here.change = ""
            return []
        self.here.change = change.id
        lead = lines.fresh(lines.pool("change lead"), self._words.used, self._words.seed)
        text = f"{lead} {change.ask}" if lead else change.ask
        return self._words.harmless([Line(text, "change", change.criterion, "bank")])

    def _after_change(self, text: str) -> list[Line]:
        """After the change: whether it was taken up; if not, it is asked for once more."""
        if not self.here.change or self.here.reacted is not None:
            return []
        change = next(f for f in self.question.follow_ups if f.id == self.here.change)
        if reacted(text, change, self.question):
            self.here.reacted = True
        elif self.here.pressed or self.share >= TOO_LATE:
            self.here.reacted = False
        else:
            self.here.pressed = True
            return self._words.pick("press")
        return []

    # Probing.

    def _probe(self, score: Score) -> list[Line]:
        if len(self.here.probed) >= PROBES[self.question.kind] or self.share >= TOO_LATE:
            return []
        if self.phase.leads:
            self.here.phase += 1
        for criterion in weakest(self.question, score, self.here.probed):
            probe = probe_for(self.question, criterion, score, self._words.used, self._words.seed)
            if probe is None:
                continue
            self.here.probed.append(criterion.id)
            asked = Line(probe.text, "probe", criterion.id, probe.source)
            if self._voice is not None:
                worded = self._voice.follow_up(self.question, self._words.turns, criterion.id)
                if worded and not self._words.was_said(worded):
                    asked = Line(worded, "probe", criterion.id, "model")
            # What leads up to a question is given up before the question is.
            bare = replace(asked, text=probe.bare, source=probe.source)
            return self._words.harmless([asked]) or self._words.harmless([bare])
        return []

    def _rambles(self, heard: Heard, score: Score) -> bool:
        if heard.substance < RAMBLING or self.here.phase == len(self._phases) - 1:
            return False
        earlier = [turn.text for turn in self._state.said(self._number)[:-1]]
        if not any(earlier):
            # The first long turn is a design or a story, unless it says next to nothing.
            return (score.points or 0.0) < 3 * LIFT
        before = so_far(self.question, "\n\n".join(earlier))
        return (score.points or 0.0) - (before.points or 0.0) < LIFT


def _has(said: Sequence[Line], purpose: Purpose) -> bool:
    return any(line.purpose == purpose for line in said)
