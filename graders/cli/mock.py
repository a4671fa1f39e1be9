"""`seniorkit mock`: a mock interview in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders.errors import UsageError
from graders.judges.factory import NAMES

if TYPE_CHECKING:
    from graders.study.mock.interview import Interview
    from graders.study.mock.scorecard import Card, PartCard
    from graders.study.mock.state import Turn

KINDS, PACES = ("design", "behavioural", "loop"), ("written", "spoken")
HOW = "Finish a turn with an empty line. /end ends the interview, /pause leaves it for later."


def mock_command(
    kind: Annotated[
        str | None, typer.Option(help=f"{', '.join(KINDS)}; design when absent.")
    ] = None,
    question: Annotated[str | None, typer.Option(help="Id of a question to be asked.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last one that is not finished.")
    ] = False,
    minutes: Annotated[
        float | None, typer.Option(help="Time for all of it; the usual one when absent.")
    ] = None,
    pace: Annotated[
        str, typer.Option(help="written: the clock runs; spoken: words take their time to say.")
    ] = "written",
    again: Annotated[
        bool, typer.Option("--again", help="Judge the last finished interview once more.")
    ] = False,
    judge: Annotated[
        str, typer.Option(help=f"{', '.join(NAMES)}; llm also words the follow-ups.")
    ] = "embedded",
) -> None:
    """Be interviewed: a design (45 minutes), behavioural (30) or a full loop (130)."""
    for value, allowed in ((kind, KINDS), (pace, PACES)):
        if value is not None and value not in allowed:
            raise UsageError(f"there is no {value!r}", fix=f"Choose from: {', '.join(allowed)}")
    if (resume or again) and (kind or question or minutes):
        raise UsageError(
            "an interview that was begun keeps its kind, question and time",
            fix="Leave --kind, --question and --minutes out",
        )
    console = Console(highlight=False)
    if again:
        _judge_again(console, judge)
        raise typer.Exit(0)
    interview = _opened(console, kind, question, minutes, pace, judge, resume)
    try:
        finished = _talk(console, interview)
    finally:
        interview.close()
    if finished:
        _show_card(console, interview.scorecard())
    if interview.problem:
        print(f"seniorkit: {interview.problem}", file=sys.stderr)


def _opened(
    console: Console, kind: str | None, question: str | None, minutes: float | None, pace: str,
    judge: str, resume: bool,
) -> Interview:  # fmt: skip
    """A new interview, or the last one with its last turns, as far as it has come."""
    from graders.judges.factory import judge_named
    from graders.study.mock.interview import Interview
    from graders.study.mock.voice import voice_of

    reader, voice = judge_named(judge), voice_of(judge)
    if resume:
        interview = Interview.resume(judge=reader, voice=voice)
        _tell(console, interview.transcript[-4:], interview, everybody=True)
        return interview
    interview = Interview.start(
        kind, question_id=question, minutes=minutes, pace=pace, judge=reader, voice=voice  # type: ignore[arg-type]
    )  # fmt: skip
    console.print(Text(HOW, style="dim"))
    _tell(console, interview.transcript, interview)
    return interview


def _judge_again(console: Console, judge: str) -> None:
    from graders.judges.factory import judge_named
    from graders.progress import Progress
    from graders.study.mock.interview import Interview

    progress = Progress()
    interview = Interview.resume(_last_finished(progress.mocks()), progress=progress)
    _show_card(console, interview.judge_again(judge_named(judge)))
    if interview.problem:
        print(f"seniorkit: {interview.problem}", file=sys.stderr)


def _talk(console: Console, interview: Interview) -> bool:
    """Talk until it is over; `False` if it was left for later."""
    while not interview.over:
        try:
            text = _turn(console)
        except (EOFError, KeyboardInterrupt, typer.Abort):
            text = "/pause"
        if text.strip() == "/pause":
            console.print(Text("\nKept. Go on with: seniorkit mock --resume", style="dim"))
            return False
        said = interview.stop() if text.strip() == "/end" else interview.say(text)
        _tell(console, said, interview)
    return True


def _turn(console: Console) -> str:
    """Lines up to an empty one, as one text."""
    given: list[str] = []
    while line := console.input("[bold]> [/bold]" if not given else "  "):
        given.append(line)
        if line.strip() in ("/end", "/pause"):
            return line
    return "\n".join(given)


def _tell(
    console: Console, turns: Sequence[Turn], interview: Interview, *, everybody: bool = False
) -> None:
    for turn in turns:
        if turn.speaker == "interviewer":
            console.print(Text.assemble(("Interviewer: ", "bold blue"), _printable(turn.text)))
        elif everybody:
            console.print(Text.assemble(("You: ", "bold"), _printable(turn.text)))
    if not interview.over:
        minutes, seconds = divmod(int(interview.left), 60)
        console.print(Text(f"{interview.place}, {minutes}:{seconds:02d} left", style="dim"))
    if interview.problem:
        console.print(Text(interview.problem, style="magenta"))


def _show_card(console: Console, card: Card) -> None:
    console.rule("Scorecard", align="left")
    console.print(Text(card.signal or "no signal", style="bold"))
    console.print(Text(card.why))
    for part in card.parts:
        _show_part(console, part)
    if card.drills:
        console.print(Text("\nThree drills for this week", style="bold"))
    for number, drill in enumerate(card.drills, 1):
        console.print(Text(f"{number}. {drill.do}"))
        if drill.how:
            console.print(Text(f"   {drill.how}", style="cyan"))


def _show_part(console: Console, part: PartCard) -> None:
    from graders.cli.show import level_word
    from graders.levels import Level

    console.print()
    console.print(Text.assemble((part.round, "bold"), f"  {part.question_id}  "), end="")
    console.print(level_word(part.level) if part.held else Text("not held", style="dim"))
    for reason in part.reasons:
        console.print(Text(f"! {reason}", style="magenta"))
    console.print(Text(" ".join(part.notes), style="dim"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("dimension", "level", "you said"):
        table.add_column(name)
    for dimension in part.dimensions:
        quote = " ".join(dimension.quotes[0].split()) if dimension.quotes else ""
        shown = quote if len(quote) <= 140 else quote[:139] + "…"
        level = Level(int(dimension.level + 0.5))
        table.add_row(dimension.name, level_word(level), Text(_printable(shown), style="dim"))
    if part.dimensions:
        console.print(table)
    for tip in part.tips:
        console.print(Text(f"- {tip}"))


def _last_finished(mocks: Sequence[object]) -> str:
    from graders.progress import Mock

    over = [m for m in mocks if isinstance(m, Mock) and m.finished is not None]
    if not over:
        raise UsageError("no interview was finished yet", fix="Start one: seniorkit mock")
    return over[-1].id


def _printable(text: str) -> str:
    """Without control characters: what was said must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text)
