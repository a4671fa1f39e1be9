"""How real answers fare with real models.

    python -m tests.live.figures --ask qwen                  # 200 answers: an hour or two
    python -m tests.live.figures                             # what is kept, as Markdown
    python -m tests.live.figures --fill docs/benchmarks.md   # in its place there, too

The answers are the shortest of the calibration set, the questions keep the first two of their
criteria: what is measured is the way of a reply. How well such models judge is told as it is.

Each outcome is kept at once, so the same command goes on where an earlier one was stopped.
`--share 1/2` and `--share 2/2` at the same time, each with a server of its own on one thread, read
more a minute than one server with two threads or with two answers at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from graders.answers import Answer
from graders.cli.bench.tables import check, fill, percent, share, table
from graders.grading import grade_many
from graders.judges.llm.judge import LlmJudge
from graders.question import Question, load_question
from graders.score import Score
from graders.training.labelled import Labelled, load_labelled
from graders.training.measure import kappa
from tests.live.server import RealServer
from tests.live.weights import GEMMA, QWEN

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers"
CRITERIA = 2
MODELS = {"gemma": GEMMA, "qwen": QWEN}
KEPT = Path(".seniorkit") / "live"


@dataclass(frozen=True)
class Outcome:
    """How judging one answer ended.

    Attributes:
        id: Of the answer.
        outcome: `verdicts` (all of them), `part` (some wait for a person), `review` (no verdict),
            `silent` (neither a level nor a reason for a person: must never be).
        reviewed: A person should look at it.
        seconds: It took.
        levels: Criterion -> level 0 to 4, none where there is no verdict.
        reasons: Why a person should look, and why verdicts are missing.
    """

    id: str
    outcome: str
    reviewed: bool
    seconds: float
    levels: dict[str, int | None]
    reasons: list[str]


def outcome(score: Score) -> str:
    """How judging one answer ended."""
    unjudged = sum(verdict.level is None for verdict in score.verdicts)
    if (score.points is None or unjudged) and not (score.needs_review and score.reasons):
        return "silent"
    if not score.verdicts or unjudged == len(score.verdicts):
        return "review"
    return "part" if unjudged else "verdicts"


def short_answers(count: int) -> list[Labelled]:
    """The *count* shortest answers, by question, so that the server's prefix cache pays."""
    shortest = sorted(load_labelled(ANSWERS), key=lambda one: len(one.text))[:count]
    return sorted(shortest, key=lambda one: one.question_id)


def pair(one: Labelled) -> tuple[Question, Answer]:
    """What is judged: the answer, and its question with the first criteria only."""
    question = load_question(one.question_id)
    narrow = question.model_copy(update={"criteria": question.criteria[:CRITERIA]})
    return narrow, Answer(question_id=question.id, text=one.text)


def read(file: Path) -> list[Outcome]:
    """The outcomes that *file* keeps."""
    if not file.is_file():
        return []
    return [Outcome(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def ask(model: str, file: Path, answers: Sequence[Labelled]) -> None:
    """Judge those of *answers* that *file* does not know yet, and keep how each ended."""
    known = {one.id for one in read(file)}
    left = [one for one in answers if one.id not in known]
    file.parent.mkdir(parents=True, exist_ok=True)
    with RealServer(MODELS[model]) as server, file.open("a", encoding="utf-8") as kept:
        judge = LlmJudge(server.settings(timeout=3600))
        print(judge.check(), flush=True)
        begun = time.monotonic()
        pairs = (pair(one) for one in left)
        for done, (place, score) in enumerate(grade_many(pairs, judge=judge), 1):
            now = time.monotonic()
            ended = Outcome(
                id=left[place].id,
                outcome=outcome(score),
                reviewed=score.needs_review,
                seconds=round(now - begun, 1),
                levels={
                    v.criterion: None if v.level is None else int(v.level) for v in score.verdicts
                },
                reasons=[*score.reasons, *(v.reason for v in score.verdicts if v.level is None)],
            )
            begun = now
            print(json.dumps(asdict(ended)), file=kept, flush=True)
            print(f"[{done}/{len(left)}] {ended.outcome}, {ended.seconds} s", flush=True)
        used = judge.usage
        judge.close()
    print(
        f"{used.calls} calls, {used.input_tokens:,} tokens in ({used.cached_tokens:,} of them kept "
        f"by the server), {used.output_tokens:,} out"
    )


def row(model: str, outcomes: Sequence[Outcome], answers: Sequence[Labelled]) -> list[str]:
    """One line of the table: what came of the answers, and how the levels agree with people's."""
    counts = Counter(one.outcome for one in outcomes)
    levels = {one.id: one.levels for one in outcomes}
    pairs = [
        (int(one.dimensions[criterion.dimension]), level)
        for one in answers
        for criterion in load_question(one.question_id).criteria[:CRITERIA]
        if (level := levels.get(one.id, {}).get(criterion.id)) is not None
    ]
    return [
        MODELS[model].name,
        str(len(outcomes)),
        *(str(counts[kind]) for kind in ("verdicts", "part", "review", "silent")),
        str(sum(one.reviewed for one in outcomes)),
        f"{sum(one.seconds for one in outcomes) / len(outcomes):.0f}",
        str(len(pairs)),
        percent(sum(label == level for label, level in pairs) / max(len(pairs), 1)),
        percent(sum(abs(label - level) <= 1 for label, level in pairs) / max(len(pairs), 1)),
        share(kappa(*zip(*pairs, strict=True))) if pairs else "",
    ]


def section(kept: Path, count: int) -> str:
    """The figures of all models that were asked, as a section of the page of benchmarks."""
    answers = short_answers(count)
    found = {model: read(kept / f"{model}.jsonl") for model in MODELS}
    rows = [row(model, outcomes, answers) for model, outcomes in found.items() if outcomes]
    return (
        "## Real small models\n\n"
        f"llama.cpp on one thread, the {count} shortest labelled answers, the first {CRITERIA} "
        "criteria of their questions, no graded examples (`make live`). Every reply has to end in "
        "verdicts whose quotes stand in the answer, or with a person and a reason; *silent* is "
        "neither. The levels, where there is one, are held against people's for the criterion's "
        "dimension: models of this size test the way of a reply, they do not judge.\n\n"
        + table(
            [
                "model", "answers", "verdicts", "in part", "with a person", "silent",
                "looked at in all", "seconds each", "levels", "exact", "within one",
                "quadratic kappa",
            ],
            rows,
        )
    )  # fmt: skip


def main() -> None:
    """Ask a model, or print the section and put it into the page that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ask", choices=sorted(MODELS), metavar="MODEL")
    parser.add_argument("--answers", type=int, default=200, metavar="N")
    parser.add_argument("--share", default="1/1", metavar="K/N")
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FOLDER")
    parser.add_argument("--fill", type=Path, metavar="PAGE")
    given = parser.parse_args()
    if given.ask:
        which, of = (int(part) for part in given.share.split("/"))
        answers = short_answers(given.answers)[which - 1 :: of]
        file = given.kept / f"{given.ask}.jsonl"
        ask(given.ask, file, answers)
        silent = [one.id for one in read(file) if one.outcome == "silent"]
        if silent:
            sys.exit(f"{file}: neither a level nor a reason for a person: {', '.join(silent)}")
        return
    if given.fill:
        check(given.fill, ["live"])
    found = section(given.kept, given.answers)
    print(found)
    if given.fill:
        fill(given.fill, {"live": found})


if __name__ == "__main__":
    main()
