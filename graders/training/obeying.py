"""What a model that obeys can do: attempts to raise the mark, read by one that follows all of them.

The model is a script that knows the honest levels of each answer as it was before the attempt. It
gives these to what it knows, with the nearest sentence of the answer as evidence; before any other
text it does what an attempt would have it do. Everything around it is the judge as it ships.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graders.answers import Answer
from graders.errors import JudgeError
from graders.grading import grade
from graders.judges.ahead import failed, finished
from graders.judges.base import Judge
from graders.judges.embedded.judge import EmbeddedJudge
from graders.judges.gates import inspect
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.protocol import Reply
from graders.judges.llm.settings import JudgeSettings
from graders.judges.llm.usage import Usage
from graders.judges.plausible import SERVES, nearness
from graders.judges.second_look import SecondLookJudge, too_high
from graders.judges.text import read
from graders.levels import DIMENSIONS, Level
from graders.question import Question, load_question
from graders.score import Score, Verdict
from graders.training.attacks import attacked_answers
from graders.training.labelled import Labelled, load_labelled
from graders.training.placeholders import filled

Levels = Mapping[str, Level]
"""Dimension -> level."""

_HONEST_ENDS = ("score<reference", "flagged")
_BENIGN = "benign control"


@dataclass(frozen=True)
class Attempt:
    """An answer without and with an attempt.

    Attributes:
        id: Of the template or of the entry of the hostile set.
        category: What kind of attempt it is.
        question_id: The question.
        base: The answer alone.
        text: The answer with the attempt.
        levels: The label of `base`.
        good: Whether the text is good as such, such as a copied model answer: a person is told.
    """

    id: str
    category: str
    question_id: str
    base: str
    text: str
    levels: Levels
    good: bool = False


@dataclass(frozen=True)
class Obedience:
    """What the model does before a text that is none of the honest ones.

    Attributes:
        name: In words.
        level: What it gives on every criterion; `None`: the most that passes the second look.
        order: Whether it quotes the words of the attempt, if there are any, as evidence; else it
            quotes for each criterion the nearest sentence, none for more than three if it can.
        always: Whether it obeys also where the gates left nothing of the attempt.
    """

    name: str
    level: Level | None
    order: bool = False
    always: bool = True


OBEDIENCES = (
    Obedience("staff, shown by the attempt's own words", Level.STAFF, order=True, always=False),
    Obedience("staff, shown by the nearest sentences", Level.STAFF, always=False),
    Obedience("the same, whatever the gates took out", Level.STAFF),
    Obedience("senior, likewise", Level.SENIOR),
    Obedience("as much as the second look lets pass", None),
)


def attempts(folder: Path, templates: Iterable[Path], *, each: int = 1) -> list[Attempt]:
    """Every template on weak answers in turn, and every entry of the hostile set.

    Args:
        folder: The calibration set, with `hostile.jsonl`.
        templates: Files of templates; benign controls are left out.
        each: Answers on which a template is laid.
    """
    answers = load_labelled(folder / "answers")
    bases = attacked_answers(answers)
    found: list[Attempt] = []
    for entry in (one for path in templates for one in _entries(path)):
        for _ in range(0 if entry["category"] == _BENIGN else each):
            base = bases[len(found) % len(bases)]
            text = filled(entry, load_question(base.question_id), base.text, answers)
            good = entry.get("expect") in _HONEST_ENDS
            found.append(
                Attempt(
                    entry["id"], entry["category"], base.question_id, base.text, text,
                    base.dimensions, good,
                )
            )  # fmt: skip
    for entry in _entries(folder / "hostile.jsonl"):
        question, level = entry["question_id"], Level.from_label(entry["level"])
        levels = dict.fromkeys(DIMENSIONS[load_question(question).kind], level)
        found.append(
            Attempt(entry["id"], entry["kind"], question, entry["base"], entry["text"], levels)
        )
    return found


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


class ObeyingModel:
    """The script, with all that the language-model judge does to a reply.

    Args:
        honest: Question and text -> the label.
        obedience: What it does before other texts.
        ceiling: Who takes the second look, for a model that knows it.
    """

    name = "llm"
    version = "obeying"
    window = 1
    usage = Usage()

    def __init__(
        self,
        honest: Mapping[tuple[str, str], Levels],
        obedience: Obedience,
        ceiling: Judge,
    ) -> None:
        self._obedience = obedience
        self._ceiling = ceiling
        self._levels: dict[tuple[str, str], Levels] = {}
        self._known: dict[str, str] = {}
        for (question, text), levels in honest.items():
            # What the gates leave of it is what the model reads.
            left = inspect(load_question(question), text).document.raw
            self._levels[question, self._key(left)] = levels
            self._known[question] = f"{self._known.get(question, '')} {' '.join(text.split())}"
        self._judge = LlmJudge(JudgeSettings(model="obeying", base_url="http://127.0.0.1:9/v1"))

    def _key(self, text: str) -> str:
        # The gates leave blanks where they took something out, so the very text tells of it.
        return text if self._obedience.always else " ".join(text.split())

    def key(self, question: Question, answer: Answer) -> str:
        """Of the words, as of every language model."""
        return self._judge.key(question, answer)

    def judge(self, question: Question, answer: Answer) -> list[Verdict]:
        """What is left of the script's reply when it has been checked."""
        levels = self._levels.get((question.id, self._key(answer.text)))
        reply = self._honest(question, answer, levels) if levels else self._obeys(question, answer)
        return self._judge.read(question, answer, Reply(json.dumps(reply)))

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """The same at once."""
        try:
            return finished(self.judge(question, answer))
        except JudgeError as error:
            return failed(error)

    def close(self) -> None:
        """Nothing is open."""

    def _honest(self, question: Question, answer: Answer, levels: Levels) -> dict[str, Any]:
        given = {c.id: levels.get(c.dimension, Level.OFF) for c in question.criteria}
        return _reply(given, _nearest(question, answer.text, len(given)))

    def _obeys(self, question: Question, answer: Answer) -> dict[str, Any]:
        quotes = _nearest(question, answer.text, SERVES)
        if self._obedience.order and (order := self._order(question, answer.text)):
            quotes = dict.fromkeys(quotes, order)
        level = self._obedience.level
        if level is None:
            level = self._highest(question, answer)
        return _reply({c.id: level for c in question.criteria}, quotes)

    def _order(self, question: Question, text: str) -> str | None:
        """The longest sentence that stands in none of the honest answers."""
        known = self._known.get(question.id, "")
        added = [s.line for s in read(text).sentences if s.line not in known]
        return max(added, key=len)[:200] if added else None

    def _highest(self, question: Question, answer: Answer) -> Level:
        others = self._ceiling.judge(question, answer)
        for level in (Level.STAFF, Level.SENIOR, Level.MID, Level.BELOW):
            given = [v.model_copy(update={"level": level}) for v in others]
            if too_high(question, answer, given, others) is None:
                return level
        return Level.OFF


def _reply(levels: Mapping[str, Level], quotes: Mapping[str, str]) -> dict[str, Any]:
    criteria = {
        name: {
            "evidence": [quotes[name]] if level > Level.OFF and name in quotes else [],
            "reason": "It says so.",
            "verdict": level.label,
            "confidence": "high",
        }
        for name, level in levels.items()
    }
    return {"suspicious": [], "criteria": criteria}


def _nearest(question: Question, text: str, most: int) -> dict[str, str]:
    """Criterion id -> the nearest sentence; none for more than *most*, if there are enough."""
    lines = [s.line for s in read(text).sentences]
    if not lines:
        return {}
    near = nearness(question, lines)
    left = [max(most, math.ceil(near.shape[1] / len(lines)))] * len(lines)
    quotes: dict[str, str] = {}
    for place in np.argsort(-near, axis=None):
        line, number = divmod(int(place), near.shape[1])
        name = question.criteria[number].id
        if name not in quotes and left[line]:
            left[line] -= 1
            quotes[name] = lines[line]
    return quotes


class Once:
    """The embedded judge, asked once about each text: several models are looked at.

    Args:
        judge: Who takes the second look.
    """

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge or EmbeddedJudge()
        self._known: dict[tuple[str, str], Sequence[Verdict]] = {}
        self.name, self.version = self._judge.name, self._judge.version

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """The judge's verdicts."""
        key = (question.id, answer.text)
        if key not in self._known:
            self._known[key] = self._judge.judge(question, answer)
        return self._known[key]


@dataclass(frozen=True)
class Obeyed:
    """What became of the attempts with one model.

    Attributes:
        name: What the model does.
        attempts: How many there were.
        bare: How many raised the level by one or more without second look.
        raised: How many did with it.
        senior: How many made *senior* or better of less, with it.
        unscored: How many wait for a person without a level.
        ids: Those that raised it.
    """

    name: str
    attempts: int
    bare: int
    raised: int
    senior: int
    unscored: int
    ids: tuple[str, ...] = ()


def measure(found: Sequence[Attempt], obedience: Obedience, look: Judge) -> Obeyed:
    """Grade all attempts and their bases by a model that obeys, with and without second look."""
    honest = {(one.question_id, one.base): one.levels for one in found}
    model = ObeyingModel(honest, obedience, look)
    judge = SecondLookJudge(model, look)
    before = {key: grade(*key, judge=model) for key in honest}
    bare = senior = unscored = 0
    ids = []
    for one in found:
        base = before[one.question_id, one.base]
        bare += _raised(one, grade(one.question_id, one.text, judge=model), base)
        score = grade(one.question_id, one.text, judge=judge)
        unscored += score.level is None
        if _raised(one, score, base):
            ids.append(one.id)
            senior += _level(score) >= Level.SENIOR > _level(base)
    return Obeyed(obedience.name, len(found), bare, len(ids), senior, unscored, tuple(ids))


@dataclass(frozen=True)
class Waiting:
    """What the second look costs an honest model that gives people's labels.

    Attributes:
        answers: Answers that have a level without it.
        withheld: How many have none with it.
        looked: How many of the others a person is asked to look at because of it.
    """

    answers: int
    withheld: int
    looked: int


def cost(answers: Sequence[Labelled], look: Judge) -> Waiting:
    """Grade *answers* by a model that gives their labels, with and without second look."""
    honest = {(one.question_id, one.text): one.dimensions for one in answers}
    model = ObeyingModel(honest, OBEDIENCES[0], look)
    judge = SecondLookJudge(model, look)
    scored = withheld = looked = 0
    for one in answers:
        alone = grade(one.question_id, one.text, judge=model)
        if alone.level is None:
            continue
        scored += 1
        score = grade(one.question_id, one.text, judge=judge)
        withheld += score.level is None
        looked += score.level is not None and score.needs_review and not alone.needs_review
    return Waiting(scored, withheld, looked)


def _raised(attempt: Attempt, score: Score, base: Score) -> bool:
    told = attempt.good and score.needs_review
    return not told and _level(score) > max(_level(base), int(Level.OFF))


def _level(score: Score) -> int:
    return -1 if score.level is None else int(score.level)
