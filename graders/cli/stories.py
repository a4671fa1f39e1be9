"""`seniorkit stories`: the story bank in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graders.errors import UsageError
from graders.judges.factory import NAMES

if TYPE_CHECKING:
    from graders.study.stories import StoryBank, Told

stories = typer.Typer(help="Your stories: what they carry, repeat and lack, and which to tell.")

_MARKS = ("·", "●", "●●")
_SHORT = ("scope", "owner", "ambig", "confl", "growth", "lead", "cross", "impact")
_ID = 8
"""Characters of a story's key that are shown and suffice to name it."""


@stories.callback(invoke_without_command=True)
def stories_command(context: typer.Context) -> None:
    """Show the stories against the eight signals, repeats and gaps."""
    if context.invoked_subcommand is not None:
        return
    from graders.study.story_desk import StoryDesk

    bank, console = StoryDesk().bank(), Console()
    if not bank.stories:
        console.print("No story yet: seniorkit stories add --title TITLE --file FILE")
        return
    table = Table(box=None, header_style="dim", caption="●● about it, ● in passing")
    table.add_column("id")
    table.add_column("story", ratio=1)
    for name in _SHORT:
        table.add_column(name)
    for story, reading in zip(bank.stories, bank.readings, strict=True):
        marks = [_MARKS[signal.strength] for signal in reading.signals]
        table.add_row(story.story_id[:_ID], _plain(story.title), *marks)
    console.print(table)
    counts = bank.counts()
    console.print(
        f"{counts.total} different, {counts.organisation} with an effect beyond the team, "
        f"{counts.cross_functional} cross-functional"
    )
    for pair in bank.duplicates:
        said = f"! {pair.first.title} / {pair.second.title}: the same story?"
        console.print(Text(_safe(said), style="magenta"))
    for gap in bank.gaps():
        asked = f" Asked by {', '.join(gap.questions[:2])}." if gap.questions else ""
        console.print(Text(f"- {gap.why}{asked}", style="yellow"))


@stories.command("questions")
def questions_command() -> None:
    """Say which story to tell for which question, with the fewest repeats."""
    from graders.study.story_desk import StoryDesk

    table = Table(box=None, header_style="dim")
    for column in ("question", "tell", "or"):
        table.add_column(column)
    for choice in StoryDesk().bank().choices():
        tell = _plain(choice.story.title) if choice.story else Text("no story yet", style="yellow")
        others = "; ".join(other.title for other in choice.others)
        table.add_row(choice.question_id, tell, Text(_safe(others), style="dim"))
    Console().print(table)


@stories.command("add")
def add_command(
    title: Annotated[str, typer.Option(help="What you call it.")],
    file: Annotated[str, typer.Option(help="File with the story, or - for the pipe.")],
    when: Annotated[str, typer.Option(help="When it happened, in words.")] = "",
    employer: Annotated[str, typer.Option(help="Where; may stay empty.")] = "",
    story: Annotated[str, typer.Option(help="Id of a story that this is a new version of.")] = "",
) -> None:
    """Keep a story, or a new version of one."""
    from graders.cli.standing import read_answer
    from graders.study.stories import MAX_STORY
    from graders.study.story_desk import Form, StoryDesk

    desk = StoryDesk()
    key = _named(desk.bank(), story).story_id if story else ""
    text = read_answer(file)
    if len(text) > MAX_STORY:
        raise UsageError(
            f"{len(text):,} characters are no story but a book",
            where=file,
            fix=f"Keep to {MAX_STORY:,}",
        )
    kept = desk.save(Form(key, title, when, employer, text))
    Console().print(f"Kept as {kept.story_id[:_ID]}")


@stories.command("show")
def show_command(
    story: Annotated[str, typer.Argument(help="Id, as `seniorkit stories` lists it.")],
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
) -> None:
    """Show one story's signals with your own words, and hold it against your target level."""
    from graders.judges.factory import judge_named
    from graders.study.stories import StoryBank
    from graders.study.story_desk import StoryDesk

    desk = StoryDesk()
    bank = StoryBank(desk.bank().stories, judge=judge_named(judge))
    told = _named(bank, story)
    console = Console()
    console.print(Text(_safe(told.title), style="bold"))
    reading = bank.readings[bank.stories.index(told)]
    for signal in reading.signals:
        console.print(Text(f"{_MARKS[signal.strength]:<3}{signal.name}"))
        for quote in signal.evidence:
            console.print(Text(f"     {_safe(quote)}", style="dim"))
    found = bank.calibrate(told.story_id, desk.aim())
    console.print(Text(f"\n{found.reads}", style="bold"))
    console.print(Text(f"To lift it: {found.lift}"))


@stories.command("withdraw")
def withdraw_command(
    story: Annotated[str, typer.Argument(help="Id, as `seniorkit stories` lists it.")],
) -> None:
    """Take a story out of the bank; its versions stay in the file."""
    from graders.study.story_desk import StoryDesk

    desk = StoryDesk()
    told = _named(desk.bank(), story)
    desk.withdraw(told.story_id)
    Console().print(Text(f"Taken out: {_safe(told.title)}"))


@stories.command("coach")
def coach_command(
    answer: Annotated[str, typer.Option(help="File with your answer, or - for the pipe.")],
    judge: Annotated[str, typer.Option(help=f"Who judges: {', '.join(NAMES)}.")] = "embedded",
) -> None:
    """Hold an answer to "why aren't you going for Staff?" against your stories and settings."""
    from graders.cli.show import level_word
    from graders.cli.standing import read_answer
    from graders.judges.factory import judge_named
    from graders.progress import Progress
    from graders.study.coach import coach
    from graders.study.story_desk import StoryDesk

    text = read_answer(answer)
    found = coach(text, StoryDesk().bank(), Progress().settings(), judge=judge_named(judge))
    console = Console()
    console.print(Text.assemble("Level: ", level_word(found.score.level)))
    console.print(Text(found.path_says))
    for flag in found.flags:
        console.print(Text(f"! {flag.name}: they hear: {flag.heard}", style="red"))
        console.print(Text(f"    {_safe(flag.quote)}", style="dim"))
    for clash in found.contradictions:
        console.print(Text(f"! {_safe(clash.against)}", style="magenta"))
        console.print(Text(f"    {_safe(clash.said)}", style="dim"))
    console.print(Text(f"Next: {_safe(found.lift)}", style="bold"))


def _named(bank: StoryBank, start: str) -> Told:
    """The story whose key begins with *start*.

    Raises:
        UsageError: If there is none, or several.
    """
    found = [story for story in bank.stories if start and story.story_id.startswith(start)]
    if len(found) != 1:
        what = "there is no such story" if not found else f"{len(found)} stories begin with that"
        raise UsageError(what, where=start, fix="`seniorkit stories` lists them")
    return found[0]


def _plain(text: str) -> Text:
    return Text(_safe(text))


def _safe(text: str) -> str:
    """On one line and without control characters: a story must not steer the terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
