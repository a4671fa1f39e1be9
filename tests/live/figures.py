"""How real answers fare with a real model: `python -m tests.live.figures qwen 200 [KEPT] [SLOTS]`.

Prints how many replies ended in verdicts, in part of them, or with a person, and how long they
took. The answers are the shortest of the calibration set, the questions keep the first two of
their criteria: what is measured is the way of a reply, not how well such a model judges.

KEPT is a file to which each outcome is written at once: the same command goes on where an earlier
one was stopped, and after the last answer prints the figures of them all. SLOTS is how many
answers the server reads side by side.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graders.answers import Answer
from graders.grading import grade_many
from graders.judges.llm.judge import LlmJudge
from graders.question import Question, load_question
from graders.score import Score
from tests.live.server import RealServer
from tests.live.weights import GEMMA, QWEN

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers"
CRITERIA = 2
MODELS = {"gemma": GEMMA, "qwen": QWEN}


@dataclass
class Figures:
    """Counts over many answers.

    Attributes:
        outcomes: `verdicts` (all of them), `part` (some wait for a person), `review` (no verdict),
            `silent` (neither a level nor a reason for a person: must never be).
        reviewed: Answers that a person should look at.
        seconds: Of all runs together.
        done: Numbers of the answers that are counted.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    reviewed: int = 0
    seconds: float = 0.0
    done: set[int] = field(default_factory=set)

    def add(
        self, number: int, outcome: str, reviewed: bool, seconds: float, reasons: Sequence[str] = ()
    ) -> None:
        self.outcomes[outcome] += 1
        self.reviewed += reviewed
        self.seconds += seconds
        self.done.add(number)

    @classmethod
    def kept(cls, file: Path | None) -> Figures:
        """The figures of the answers whose outcomes stand in *file*."""
        figures = cls()
        if file is not None and file.is_file():
            for line in file.read_text(encoding="utf-8").splitlines():
                figures.add(**json.loads(line))
        return figures

    def __str__(self) -> str:
        each = self.seconds / max(len(self.done), 1)
        return f"{dict(self.outcomes)}, {self.reviewed} to be reviewed, {each:.1f} s an answer"


def outcome(score: Score) -> str:
    """How judging one answer ended."""
    unjudged = sum(verdict.level is None for verdict in score.verdicts)
    if (score.points is None or unjudged) and not (score.needs_review and score.reasons):
        return "silent"
    if not score.verdicts or unjudged == len(score.verdicts):
        return "review"
    return "part" if unjudged else "verdicts"


def short_answers(count: int) -> Iterator[tuple[Question, Answer]]:
    """The *count* shortest answers, by question, so that the server's prefix cache pays."""
    lines = [
        json.loads(line)
        for file in sorted(ANSWERS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    shortest = sorted(lines, key=lambda entry: len(entry["text"]))[:count]
    for entry in sorted(shortest, key=lambda entry: str(entry["question_id"])):
        question = load_question(entry["question_id"])
        narrow = question.model_copy(update={"criteria": question.criteria[:CRITERIA]})
        yield narrow, Answer(question_id=question.id, text=entry["text"])


def main(model: str, count: int, kept: Path | None = None, slots: int = 1) -> None:
    figures = Figures.kept(kept)
    left = [(n, pair) for n, pair in enumerate(short_answers(count)) if n not in figures.done]
    with RealServer(MODELS[model], slots=slots) as server:
        judge = LlmJudge(server.settings(timeout=3600))
        print(judge.check(), flush=True)
        begun = time.monotonic()
        for place, score in grade_many((pair for _, pair in left), judge=judge):
            now = time.monotonic()
            entry = {
                "number": left[place][0],
                "outcome": outcome(score),
                "reviewed": score.needs_review,
                "seconds": round(now - begun, 1),
                "reasons": [*score.reasons, *(v.reason for v in score.verdicts if v.level is None)],
            }
            begun = now
            figures.add(**entry)
            if kept is not None:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")
            print(f"[{len(figures.done)}/{count}] {figures}", flush=True)
        used = judge.usage
        judge.close()
    tokens = f"{used.input_tokens:,} ({used.cached_tokens:,} cached) + {used.output_tokens:,}"
    print(f"{model}: {figures}; this run: {used.calls} calls, {tokens} tokens")


if __name__ == "__main__":
    named = sys.argv[3] if len(sys.argv) > 3 else ""
    main(
        sys.argv[1],
        int(sys.argv[2]),
        Path(named) if named else None,
        int(sys.argv[4]) if len(sys.argv) > 4 else 1,
    )
