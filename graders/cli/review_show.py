"""How an answer in the review queue looks in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from graders import cards
from graders.cli.show import level_word
from graders.cohorts.items import ReviewItem
from graders.course import Course
from graders.feedback import clean

STYLES = ("cyan", "green", "yellow", "magenta", "blue", "red")
SHOWN = 6_000
"""Characters of an answer that are shown at once; `t` shows all of it."""


def show_item(console: Console, item: ReviewItem, number: int, count: int) -> None:
    """Print one answer with its verdicts, why it is in doubt and what people said of it."""
    who = "second mark" if item.blind else clean.terminal(item.student)
    points = "no mark yet" if item.points is None else f"{item.points:g} of {item.max_points:g}"
    if item.blind:
        points = f"worth {item.max_points:g}"
    console.rule(Text(f"{number} of {count}  {item.grade_id}  {who}  {points}"), align="left")
    for reason in item.why:
        console.print(Text(f"! {clean.terminal(reason)}", style="magenta"))
    if item.appeal is not None:
        said = Text(clean.terminal(item.appeal.text))
        console.print(Panel(said, title="the learner says", title_align="left"))
    if item.question is not None:
        console.print(Text(item.question.prompt.split("\n\n")[0], style="dim"))
    console.print(Panel(_answer(item), title="answer", title_align="left"))
    if item.question is not None:
        console.print(_verdicts(item))
    for review in item.marks:
        level = cards.level_text(review.score.level) if review.score else ""
        counts = "counts" if review.counts else "does not count"
        line = f"{review.marker}: {review.points:g} {level} ({counts}) {review.comment}"
        console.print(Text(clean.terminal(line), style="cyan"))


def _answer(item: ReviewItem) -> Text:
    """The answer; what a verdict rests on is coloured and carries the criterion's number."""
    text = clean.terminal(item.answer)
    if not text.strip():
        return Text("(blank)", style="dim")
    quotes = [verdict.evidence for verdict in item.score.verdicts] if item.score else []
    shown = Text()
    for passage in cards.passages(text[:SHOWN], quotes):
        if not passage.criteria:
            shown.append(passage.text)
            continue
        style = STYLES[passage.criteria[0] % len(STYLES)]
        numbers = ",".join(str(position + 1) for position in passage.criteria)
        shown.append(passage.text, style=style)
        shown.append(f"[{numbers}]", style=f"bold {style}")
    if len(text) > SHOWN:
        shown.append(f" … {len(text) - SHOWN:,} more characters; t shows them", style="dim")
    return shown


def _verdicts(item: ReviewItem) -> Table:
    assert item.question is not None
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", "looked for", "level", "why"):
        table.add_column(name)
    given = {v.criterion: v for v in item.score.verdicts} if item.score else {}
    for number, criterion in enumerate(item.question.criteria, 1):
        verdict = given.get(criterion.id)
        level = Text("") if item.blind else level_word(verdict.level if verdict else None)
        reason = clean.terminal(" ".join(verdict.reason.split())) if verdict else ""
        style = STYLES[(number - 1) % len(STYLES)]
        table.add_row(
            Text(str(number), style=f"bold {style}"), Text(criterion.asks), level,
            Text(reason, style="dim"),
        )  # fmt: skip
    return table


def show_waiting(console: Console, course: Course) -> None:
    """Print how many answers wait in each assignment, and how many appeals."""
    from graders.cohorts.waiting import waiting

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("assignment", "waiting", "appeals"):
        table.add_column(name, justify="left" if name == "assignment" else "right")
    rows = waiting(course)
    for row in rows:
        table.add_row(Text(row.assignment), str(row.answers), str(row.appeals))
    console.print(table if rows else Text("Nothing has been graded yet."))


def show_agreement(console: Console, course: Course, assignment: str) -> None:
    """Print how first and second markers agree, by question."""
    from graders.cohorts.agreement import agreement

    found = agreement(course, assignment)
    if not found:
        console.print(Text("No answer has two marks yet: seniorkit review --blind"))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("answer", "two marks", "same", "within one", "kappa", "criteria", "apart"):
        table.add_column(name)
    for one in found:
        apart = ", ".join(clean.terminal(place.student) for place in one.apart)
        kappas = ["-" if value is None else f"{value:.2f}" for value in (one.kappa, one.criteria)]
        table.add_row(
            one.grade_id, str(one.answers), str(one.same), str(one.near), *kappas, Text(apart)
        )
    console.print(table)
