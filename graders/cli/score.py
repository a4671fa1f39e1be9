"""`seniorkit score`: judge one answer, or a file of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from graders.errors import SeniorkitError, UsageError
from graders.judges.factory import NAMES
from graders.score import Score

MAX_LINE = 2_000_000
MAX_ANSWER_BYTES = 5_000_000


def score_command(
    question: Annotated[
        str | None, typer.Option("--question", "-q", help="Id of the question, see `bank list`.")
    ] = None,
    answer: Annotated[
        str, typer.Option("--answer", "-a", help="File with the answer; - reads standard input.")
    ] = "-",
    jsonl: Annotated[
        str | None,
        typer.Option(
            help="File of answers, one JSON object a line: id, question_id, text; or id, prompt, "
            "reference, max_points, text. - reads standard input."
        ),
    ] = None,
    out: Annotated[str, typer.Option(help="Where the scores of --jsonl go; - prints them.")] = "-",
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole score as JSON.")] = False,
) -> None:
    """Judge an answer against its rubric: level, evidence, tips."""
    from graders.judges.factory import judge_named

    judge_named(judge)
    if jsonl is not None:
        if question is not None:
            raise UsageError("--question and --jsonl exclude each other", fix="Give one of them")
        raise typer.Exit(_score_lines(jsonl, out, judge))
    if question is None:
        raise UsageError("no question was given", fix="Give --question ID or --jsonl FILE")
    raise typer.Exit(_score_one(question, answer, judge, as_json))


def _score_one(question_id: str, answer: str, judge: str, as_json: bool) -> int:
    from graders.grading import grade
    from graders.judges.factory import judge_named
    from graders.question import load_question

    question = load_question(question_id)
    score = grade(question, _read_answer(answer), judge=judge_named(judge))
    if as_json:
        print(score.model_dump_json(indent=1))
    else:
        from graders.cli.show import show_score

        show_score(score, question)
    if score.points is None:
        print(f"seniorkit: not graded: {' '.join(score.reasons)}", file=sys.stderr)
        return 1
    return 0


def _read_answer(name: str) -> str:
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(MAX_ANSWER_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(MAX_ANSWER_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"the answer cannot be read ({error.strerror})", where=name, fix="Check --answer"
        ) from None
    if len(raw) > MAX_ANSWER_BYTES:
        raise UsageError(
            f"the answer is larger than {MAX_ANSWER_BYTES:,} bytes", where=name, fix="Shorten it"
        )
    return raw.decode("utf-8", errors="replace")


def _score_lines(source: str, target: str, judge: str) -> int:
    failures: list[str] = []
    if "-" not in (source, target) and Path(target).exists() and Path(target).samefile(source):
        raise UsageError("--out would overwrite the answers", where=target, fix="Name another file")
    with _opened(source, "r") as lines, _opened(target, "w") as sink:
        for number, result in _scores(lines, judge):
            # ASCII, so that any pipe can carry it and halves of characters in an id survive.
            sink.write(json.dumps(result) + "\n")
            if result.get("points") is None:
                why = result.get("error") or " ".join(result.get("reasons", []))
                failures.append(f"line {number} (id {result.get('id')!r}): {why}")
    for failure in failures[:50]:
        print(f"seniorkit: not graded: {failure}", file=sys.stderr)
    if len(failures) > 50:
        print(f"seniorkit: and {len(failures) - 50} more", file=sys.stderr)
    return 1 if failures else 0


def _opened(name: str, mode: str) -> IO[str]:
    if name == "-":
        stream = sys.stdin if mode == "r" else sys.stdout
        return open(stream.fileno(), mode, encoding="utf-8", errors="replace", closefd=False)
    try:
        return Path(name).open(mode, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot be opened ({error.strerror})", where=name) from None


def _scores(lines: IO[str], judge: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and result, in order; a line that cannot be judged says why instead."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        entry: Any = None
        try:
            if len(line) > MAX_LINE:
                raise UsageError(f"the line has more than {MAX_LINE:,} characters")
            entry = json.loads(line, parse_constant=_no_number)
            yield number, _score_entry(entry, judge)
        except (SeniorkitError, ValueError, RecursionError) as error:
            shown = error if isinstance(error, SeniorkitError) else f"not valid JSON: {error}"
            known = entry.get("id") if isinstance(entry, dict) else None
            yield number, {"id": known, "points": None, "level": None, "error": str(shown)}


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _score_entry(entry: Any, judge: str) -> dict[str, Any]:
    from graders.grading import grade
    from graders.judges.embedded.reference import ReferenceJudge
    from graders.judges.factory import judge_named
    from graders.question import load_question
    from graders.question.reference import reference_question

    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise UsageError("each line must be an object with a string `text`")
    if isinstance(entry.get("question_id"), str):
        question = load_question(entry["question_id"])
        return _line(entry, grade(question, entry["text"], judge=judge_named(judge)))
    if not isinstance(entry.get("prompt"), str) or not isinstance(entry.get("reference"), str):
        raise UsageError("a line needs `question_id`, or else `prompt` and `reference`")
    maximum = entry.get("max_points", 1)
    if isinstance(maximum, bool) or not isinstance(maximum, int | float) or not 0 < maximum < 1e6:
        raise UsageError(f"max_points is {maximum!r}", fix="Give a positive number")
    question = reference_question(entry["prompt"], entry["reference"])
    score = grade(question, entry["text"], judge=ReferenceJudge())
    line = _line(entry, score)
    awarded = None if score.points is None else round(score.points * maximum, 4)
    return {**line, "max_points": maximum, "awarded": awarded}


def _line(entry: dict[str, Any], score: Score) -> dict[str, Any]:
    return {"id": entry.get("id"), **score.model_dump(mode="json")}
