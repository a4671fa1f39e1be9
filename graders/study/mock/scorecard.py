"""The scorecard: what came out of an interview, from its transcript alone.

Only the drills for the week look further: at what the learner has practised so far.
"""

from __future__ import annotations

from graders.answers import Answer
from graders.cards import flag_text
from graders.grading import grade
from graders.judges.base import Judge
from graders.levels import DIMENSIONS, Kind, Level
from graders.progress import Signal
from graders.question import Question, load_question
from graders.question.model import Value
from graders.score import Score
from graders.study.mock.signal import overall_signal, signal_of
from graders.study.mock.state import InterviewState, PartState
from graders.study.mock.week import Drill, Picks, drills_for

CARD_VERSION = 1
QUOTES = 2


class Dimension(Value):
    """How one dimension was.

    Attributes:
        name: The dimension.
        level: Mean level, 0 to 4.
        quotes: The candidate's own words that it rests on.
    """

    name: str
    level: float
    quotes: tuple[str, ...] = ()


class PartCard(Value):
    """What came out of one part.

    Attributes:
        round: The round.
        question_id: The question.
        held: Whether the candidate was heard on it.
        level: The level reached; `None` if unscored.
        mean: The same as a number, 0 to 4.
        signal: What the interviewer would say at the target level.
        dimensions: In the order of the kind.
        tips: What was missing most, first things first.
        reasons: Why a person should look at it.
        notes: How it went: the change, questions asked, time.
    """

    round: str
    question_id: str
    held: bool
    level: Level | None
    mean: float | None
    signal: Signal | None
    dimensions: tuple[Dimension, ...] = ()
    tips: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Card(Value):
    """What came out of an interview.

    Attributes:
        version: Version of this layout.
        target: The level that the signal is about.
        level: Overall level; `None` if a part is unscored or was not held.
        mean: The same as a number, 0 to 4.
        signal: What the interviewers would say together.
        why: The signal in a sentence.
        parts: One for each question.
        drills: Three things to do this week.
        judge: Who judged.
    """

    version: int = CARD_VERSION
    target: Level
    level: Level | None
    mean: float | None
    signal: Signal | None
    why: str
    parts: tuple[PartCard, ...]
    drills: tuple[Drill, ...]
    judge: str


def judged(
    state: InterviewState, picks: Picks, judge: Judge | None = None
) -> tuple[Card, dict[int, Score]]:
    """Judge a transcript.

    Args:
        state: An interview; the same one gives the same card with the same judge.
        picks: Chooses the questions to practise this week.
        judge: Who judges; the embedded judge when absent.

    Returns:
        The card, and the scores of the parts that were held, by their numbers.
    """
    scores: dict[int, Score] = {}
    parts = []
    weak: list[tuple[float, float, Kind, str]] = []
    for number, part in enumerate(state.parts):
        question = load_question(part.question_id)
        if not _was_held(state, number):
            parts.append(_unheld(part.round, part.question_id))
            continue
        answer = Answer(question_id=question.id, text=state.answer(number))
        score = scores[number] = grade(question, answer, judge=judge)
        parts.append(_part(state, number, question, score))
        for name, reached in score.dimensions.items():
            weak.append((reached, -DIMENSIONS[question.kind][name], question.kind, name))
    level, mean, signal, why = _overall(state, parts)
    weakest = [(kind, name, value) for value, _, kind, name in sorted(weak)]
    card = Card(
        target=state.target,
        level=level,
        mean=mean,
        signal=signal,
        why=why,
        parts=tuple(parts),
        drills=drills_for(weakest, [part.question_id for part in state.parts], picks),
        judge=next(iter({f"{s.judge} {s.judge_version}" for s in scores.values()}), "nobody"),
    )
    return card, scores


def _was_held(state: InterviewState, number: int) -> bool:
    """Whether the candidate had the chance to speak: a part that was only opened is not held."""
    ended = state.at[number].ended
    return bool(state.said(number)) or ended in ("time", "silence", "complete")


def _unheld(name: str, question_id: str) -> PartCard:
    return PartCard(
        round=name, question_id=question_id, held=False, level=None, mean=None, signal=None,
        notes=("This part was not held.",),
    )  # fmt: skip


def _part(state: InterviewState, number: int, question: Question, score: Score) -> PartCard:
    mean = None if score.points is None else score.points * Level.STAFF
    quotes: dict[str, list[str]] = {}
    for verdict in sorted(score.verdicts, key=lambda v: -(v.level or Level.OFF)):
        telling = [q for q in verdict.evidence if not q.rstrip().endswith("?")]
        quotes.setdefault(verdict.dimension, []).extend(telling)
    order = [name for name in DIMENSIONS[question.kind] if name in score.dimensions]
    flags = [flag_text(flag) for flag in score.flags if flag in ("low_confidence", "off_topic")]
    return PartCard(
        round=state.parts[number].round,
        question_id=question.id,
        held=True,
        level=score.level,
        mean=mean,
        signal=None if mean is None else signal_of(mean, state.target),
        dimensions=tuple(
            Dimension(
                name=name,
                level=score.dimensions[name],
                quotes=tuple(dict.fromkeys(quotes.get(name, ())))[:QUOTES],
            )
            for name in order
        ),
        tips=tuple(tip.gap for tip in score.tips),
        reasons=tuple(dict.fromkeys((*score.reasons, *(f"Note: {flag}." for flag in flags)))),
        notes=tuple(_notes(state.at[number], state.parts[number].minutes)),
    )


def _notes(here: PartState, minutes: float) -> list[str]:
    """How it went, in sentences."""
    used = min(here.elapsed / 60, minutes)
    notes = [f"{used:.0f} of {minutes:.0f} minutes used."]
    if here.change:
        reaction = {
            True: "You took up the changed constraint.",
            False: "You did not take up the changed constraint.",
            None: "The constraint was changed; you did not come to answer it.",
        }
        notes.append(reaction[here.reacted])
    if here.asked:
        open_calls = f", {here.open_calls} of them yours to decide" if here.open_calls else ""
        word = "question" if here.asked == 1 else "questions"
        notes.append(f"You asked {here.asked} clarifying {word}{open_calls}.")
    if here.probed:
        notes.append(f"Follow-ups: {len(here.probed)}.")
    ended = {
        "silence": "It ended early, because there was nothing more to go on.",
        "conduct": "The interviewer ended it over how you spoke.",
        "candidate": "You ended it.",
        "time": "It ended on time.",
    }
    if here.ended in ended:
        notes.append(ended[str(here.ended)])
    return notes


def _overall(
    state: InterviewState, parts: list[PartCard]
) -> tuple[Level | None, float | None, Signal | None, str]:
    """Level, its number, signal, and the signal in a sentence."""
    target = state.target.label
    means = [
        (part.mean, asked.minutes)
        for part, asked in zip(parts, state.parts, strict=True)
        if part.mean is not None
    ]
    if any(here.ended == "conduct" for here in state.at):
        mean = overall_signal(means, state.target)[0] if means else 0.0
        return _level(mean), mean, "strong no hire", "The interview ended over conduct."
    if not all(part.held for part in parts):
        return None, None, None, "Not every part was held, so there is no signal."
    if len(means) < len(parts):
        return None, None, None, "A part could not be judged, so there is no signal yet."
    mean, signal = overall_signal(means, state.target)
    level = _level(mean)
    why = f"The answers read as {level.label} ({mean:.1f} of 4), and the target is {target}."
    if signal == "lean no hire" and signal_of(mean, state.target) != signal:
        why += " One part was too far below it."
    return level, mean, signal, why


def _level(mean: float) -> Level:
    return Level(int(mean + 0.5 + 1e-9))
