"""`seniorkit judge`: what the language-model judge is set to, and whether its server answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from graders.judges.llm.settings import JudgeSettings

judge = typer.Typer(help="The language-model judge: its settings and its server.")

_WORDS = {
    "json_schema": "enforces the reply's form (json_schema)",
    "json_object": "has a JSON mode, but does not enforce the reply's form (json_object)",
    "text": "replies in plain text, from which the JSON is taken (text)",
}


@judge.callback()
def callback() -> None:
    """The language-model judge: its settings and its server."""


@judge.command("check")
def check(
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file with a table [judge]; seniorkit.toml if not given."),
    ] = None,
) -> None:
    """Ask the server once and say what it can do. Status 1 if it cannot be used."""
    from graders.errors import JudgeError
    from graders.judges.llm.judge import LlmJudge
    from graders.judges.llm.settings import load_settings

    settings = load_settings(config)
    _show(settings)
    reader = LlmJudge(settings)
    try:
        found = reader.check()
    except JudgeError as error:
        print(f"not usable      {error}")
        raise typer.Exit(1) from None
    finally:
        used = reader.usage
        reader.close()
    told = "taken from the settings" if settings.output != "auto" else _WORDS[found.output]
    print(f"replies         {told}")
    for note in found.notes:
        print(f"note            {note}")
    print(f"used            {used.calls} calls, {used.tokens:,} tokens")


def _show(settings: JudgeSettings) -> None:
    """Print the settings; of the key only whether there is one."""
    budget = settings.budget
    bounds = [f"{budget.tokens:,} tokens"] if budget.tokens else []
    bounds += [f"{budget.money:g} {settings.currency}"] if budget.money else []
    print(f"server          {settings.base_url}")
    print(f"model           {settings.model}")
    print(f"key             {'from the environment' if settings.key() else 'none'}")
    print(f"budget          {' and '.join(bounds) or 'none'}")
