"""The pages about this judge name every setting, with the value it has when nobody sets it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from graders.judges.llm.second_reader import SecondReader
from graders.judges.llm.settings import Budget, JudgeSettings, Prices

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "judges.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLES: dict[str, type[BaseModel]] = {
    "": JudgeSettings, "budget.": Budget, "prices.": Prices, "panel.": SecondReader,
}  # fmt: skip


def settings_in(page: str) -> dict[str, str]:
    """Key -> value when not set, from the rows of the table of settings."""
    table = page.partition("## All settings")[2]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \|", table, re.MULTILINE)
    assert len({key for key, _ in rows}) == len(rows), "a key stands twice"
    return dict(rows)


def shown(value: object) -> str:
    if value is None or isinstance(value, BaseModel):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_every_setting_is_in_the_table_with_its_default() -> None:
    expected = {
        f"{prefix}{name}": "required" if field.is_required() else shown(field.default)
        for prefix, model in TABLES.items()
        for name, field in model.model_fields.items()
        if f"{prefix}{name}." not in TABLES  # those have rows of their own
    }
    assert settings_in(PAGE) == expected


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", PAGE + README, re.DOTALL))
def test_every_example_is_accepted(block: str) -> None:
    JudgeSettings.model_validate(tomllib.loads(block)["judge"])


@pytest.mark.parametrize("server", ["OpenAI", "Ollama", "vLLM", "llama.cpp"])
def test_the_readme_says_how_to_start_and_set_each_server(server: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith(f"| {server}")]
    assert len(rows) == 1
    start, settings = rows[0].strip("|").split("|")[1:]
    assert start.strip()
    table = dict(re.findall(r'`(\w+) = "([^"]+)"`', settings))
    assert JudgeSettings.model_validate(table).model == table["model"]
