"""The project's own files agree with each other."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[ ;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_environment_yml_lists_the_same_dependencies() -> None:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    inside_pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    plain = [entry for entry in listed if isinstance(entry, str) and entry != "pip"]
    python = f"python{PROJECT['requires-python']}"
    assert sorted([*plain, *inside_pip]) == sorted([*PROJECT["dependencies"], python])


def test_constraints_pin_every_dependency_and_name_no_index() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin) for pin in pins)
    pinned = {_name(pin) for pin in pins}
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {_name(requirement) for requirement in wanted} <= pinned


@pytest.mark.parametrize(
    "path",
    [
        p
        for top in ("notebooks", "source", "release")
        for p in sorted((ROOT / top).rglob("*.ipynb"))
    ],
    ids=lambda path: path.name,
)
def test_notebooks_have_no_outputs_and_readable_cell_ids(path: Path) -> None:
    if "checkpoint" in str(path):
        pytest.skip("a checkpoint")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell_id) for cell_id in ids)
    for cell in notebook["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_changelog_and_readme_name_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    first_lines = readme.split("\n\n")[2]
    assert "make demo" in first_lines and "make test" in first_lines
    for image in re.findall(r"\]\((docs/[^)]+)\)", readme):
        assert (ROOT / image).is_file(), image
