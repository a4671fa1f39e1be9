"""Graded examples for the prompt, from the calibration set that ships as `examples.jsonl`.

They are picked by the likeness of the *question*, not of the answer: a model learns from them
what each level sounds like there, and all answers to one question share the beginning of their
prompt, which servers keep in their caches.

`python -m graders.training.examples tests/calibration/answers` derives the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graders.judges.embedded.vectors import word_vectors
from graders.levels import Level
from graders.question import Question, load_question

FILE = Path(__file__).with_name("examples.jsonl")

_ORDER = (Level.MID, Level.SENIOR, Level.BELOW, Level.STAFF, Level.OFF)
"""Which levels to show if not all fit: the middle is where models go wrong."""


@dataclass(frozen=True)
class Example:
    """One graded answer.

    Attributes:
        question_id: The question that it answers.
        level: Its overall level.
        dimensions: Dimension -> level.
        text: The answer.
    """

    question_id: str
    level: Level
    dimensions: Mapping[str, Level]
    text: str

    @property
    def kind(self) -> str:
        """Kind of the question."""
        return self.question_id.split("/")[0]

    def to_json(self) -> str:
        """One line of `examples.jsonl`."""
        entry = {
            "question_id": self.question_id,
            "level": self.level.label,
            "dimensions": {name: level.label for name, level in self.dimensions.items()},
            "text": self.text,
        }
        return json.dumps(entry, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Example:
        """Read one line of `examples.jsonl`."""
        entry = json.loads(line)
        return cls(
            question_id=entry["question_id"],
            level=Level.from_label(entry["level"]),
            dimensions={
                name: Level.from_label(label) for name, label in entry["dimensions"].items()
            },
            text=entry["text"],
        )


def examples_for(
    question: Question, count: int = 5, *, unseen: bool = False
) -> tuple[Example, ...]:
    """Graded answers to the question that is most like *question*, of different levels.

    Args:
        question: The question whose answers are to be judged.
        count: How many, 0 to 5.
        unseen: Leave out answers to the question itself: for measuring on such answers.

    Returns:
        At most *count* examples, in ascending order of level; of the same kind of question, or none.

    Raises:
        JudgeError: If the word vectors are missing.
    """
    known = [
        example
        for example in shipped()
        if example.kind == question.kind and not (unseen and example.question_id == question.id)
    ]
    if not known or count < 1:
        return ()
    levels = Counter(example.question_id for example in known)
    own = levels[question.id] > 0
    # Another question serves only if it shows as many levels as there is room for, where one does.
    whole = [name for name, shown in levels.items() if shown >= count] or list(levels)
    nearest = question.id if own else max(sorted(whole), key=lambda name: _likeness(question, name))
    mine = [example for example in known if example.question_id == nearest]
    mine.sort(key=lambda example: _ORDER.index(example.level))
    return tuple(sorted(mine[:count], key=lambda example: example.level))


@lru_cache(maxsize=1)
def shipped() -> tuple[Example, ...]:
    """All examples that ship."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(Example.from_json(line) for line in lines)


def _likeness(question: Question, other_id: str) -> float:
    """Cosine of the questions' prompts and criteria, -1 to 1."""
    vectors = word_vectors()
    one = vectors.fixed(_gist(question)).mean()
    other = vectors.fixed(_gist(load_question(other_id))).mean()
    return float(one @ other)


def _gist(question: Question) -> str:
    return "\n".join([question.prompt, *(criterion.asks for criterion in question.criteria)])
