"""How scores and tables look in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders import cards
from graders.levels import Level
from graders.question import Question
from graders.score import Score

COLOURS = {
    Level.OFF: "bright_black",
    Level.BELOW: "red",
    Level.MID: "yellow",
    Level.SENIOR: "green",
    Level.STAFF: "blue",
}


def level_word(level: Level | None) -> Text:
    """The level as a coloured word."""
    return Text(cards.level_text(level), style=COLOURS[level] if level is not None else "magenta")


def show_score(score: Score, question: Question) -> None:
    """Print one score: level, criteria with evidence, tips."""
    console = Console()
    points = "unscored" if score.points is None else f"{score.points:.2f} of 1"
    console.print(Text.assemble("Level: ", level_word(score.level), f"   ({points})"))
    for reason in score.reasons:
        console.print(Text(f"! {reason}", style="magenta"))
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    table.add_column("looked for", ratio=3)
    table.add_column("level")
    table.add_column("you wrote", ratio=4)
    for verdict in score.verdicts:
        quote = " ".join(verdict.evidence[0].split()) if verdict.evidence else ""
        shown = quote if len(quote) <= 140 else quote[:139] + "…"
        asks = question.criterion(verdict.criterion).asks
        table.add_row(Text(asks), level_word(verdict.level), Text(_printable(shown), style="dim"))
    console.print(table)
    for number, tip in enumerate(score.tips, 1):
        console.print(Text.assemble((f"{number}. ", "bold"), tip.gap))
        console.print(Text(f"   one level up: {tip.lift}", style="dim"))


def _printable(text: str) -> str:
    """Without control characters: an answer must not steer the terminal."""
    return "".join(character if character.isprintable() else "·" for character in text)
