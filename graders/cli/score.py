"""`seniorkit score`: judge one answer, or a file of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from graders.errors import UsageError
from graders.judges.factory import NAMES

if TYPE_CHECKING:
    from graders.judges.base import Judge
    from graders.judges.llm.estimate import Estimate

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
    from graders.cli.live import grade_live
    from graders.judges.factory import judge_named
    from graders.question import load_question

    question = load_question(question_id)
    score = grade_live(question, _read_answer(answer), judge_named(judge))
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
    from graders.cli.lines import score_lines
    from graders.cli.meter import Bar, counted
    from graders.judges.factory import judge_named

    if "-" not in (source, target) and Path(target).exists() and Path(target).samefile(source):
        raise UsageError("--out would overwrite the answers", where=target, fix="Name another file")
    reader = judge_named(judge)
    failures: list[str] = []
    total, foreseen = _looked_through(source, reader)
    bar = Bar("Judging answers", total)
    with _opened(source, "r") as lines, _opened(target, "w") as sink, counted(reader, foreseen):

        def write(number: int, result: dict[str, Any]) -> None:
            # ASCII, so that any pipe can carry it and halves of characters in an id survive.
            sink.write(json.dumps(result) + "\n")
            bar.step()
            if result.get("points") is None:
                why = result.get("error") or " ".join(result.get("reasons", []))
                failures.append(f"line {number} (id {result.get('id')!r}): {why}")

        try:
            score_lines(lines, write, judge=reader)
        finally:
            bar.close()
    for failure in failures[:50]:
        print(f"seniorkit: not graded: {failure}", file=sys.stderr)
    if len(failures) > 50:
        print(f"seniorkit: and {len(failures) - 50} more", file=sys.stderr)
    return 1 if failures else 0


def _looked_through(source: str, judge: Judge) -> tuple[int | None, Estimate | None]:
    """How many lines there are and what they will cost; nothing is known of a pipe."""
    if source == "-" or not Path(source).is_file():
        return None, None
    with _opened(source, "r") as lines:
        total = sum(1 for line in lines if line.strip())
    if judge.name == "embedded":  # costs nothing; the rest need not be imported
        return total, None
    from graders.cli.lines import pairs_in
    from graders.judges.llm.estimate import estimate

    with _opened(source, "r") as lines:
        return total, estimate(judge, pairs_in(lines))


def _opened(name: str, mode: str) -> IO[str]:
    if name == "-":
        stream = sys.stdin if mode == "r" else sys.stdout
        return open(stream.fileno(), mode, encoding="utf-8", errors="replace", closefd=False)
    try:
        return Path(name).open(mode, encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot be opened ({error.strerror})", where=name) from None
