"""Every notebook, run from top to bottom as a reader would, and read as a reader would.

What is checked here is what appears on the page: no warnings, no tracebacks, pictures with words,
exercises whose printed solutions are right.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEACHING = [path for path in NOTEBOOKS if re.match(r"(0[1-9]|10)_", path.name)]
SECONDS = 60


def name(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a notebook once and keeps it: `(notebook, seconds)`."""
    done: dict[Path, tuple[Any, float]] = {}
    progress = tmp_path_factory.mktemp("progress") / "progress.sqlite3"

    def run(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, float]:
        if path not in done:
            monkeypatch.setenv("SENIORKIT_PROGRESS", str(progress))
            notebook = with_solutions(nbformat.read(path, as_version=4))
            client = NotebookClient(
                notebook, timeout=SECONDS, resources={"metadata": {"path": str(path.parent)}}
            )
            start = time.monotonic()
            client.execute()
            done[path] = notebook, time.monotonic() - start
        return done[path]

    return run


def with_solutions(notebook: Any) -> Any:
    """Do the exercises: the code in `exercise-X-solution` goes into the cell `exercise-X`."""
    cells = {cell.id: cell for cell in notebook.cells}
    for cell_id, cell in cells.items():
        if cell_id.startswith("exercise-") and cell_id.endswith("-solution"):
            code = re.search(r"```python\n(.*?)```", cell.source, re.DOTALL)
            assert code, cell_id
            cells[cell_id.removesuffix("-solution")].source = code[1]
    return notebook


def outputs(notebook: Any) -> list[tuple[str, Any]]:
    return [
        (cell.id, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def pictures(notebook: Any) -> list[str]:
    """The HTML of all pictures: in outputs, and in what experiments show."""
    shown = [
        output["data"]["text/html"]
        for _, output in outputs(notebook)
        if "text/html" in output.get("data", {})
    ]
    widgets = notebook.metadata.get("widgets", {}).get(
        "application/vnd.jupyter.widget-state+json", {}
    )
    for model in widgets.get("state", {}).values():
        value = model.get("state", {}).get("value")
        if isinstance(value, str) and "<" in value:
            shown.append(value)
    return [page for page in shown if "<img" in page]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_it_runs_in_time_and_shows_no_warning(
    path: Path, executed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook, seconds = executed(path, monkeypatch)
    assert seconds < SECONDS
    noise = [
        (cell_id, output["text"])
        for cell_id, output in outputs(notebook)
        if output.get("name") == "stderr"
    ]
    assert noise == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_picture_has_words(
    path: Path, executed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook, _ = executed(path, monkeypatch)
    for page in pictures(notebook):
        for image in re.findall(r"<img [^>]*>", page):
            alt = re.search(r'alt="([^"]*)"', image)
            assert alt and len(alt[1].split()) >= 5
    # A figure that matplotlib shows by itself has no text for those who cannot see it.
    assert [
        cell for cell, output in outputs(notebook) if "image/png" in output.get("data", {})
    ] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_money_is_not_set_as_a_formula(
    path: Path, executed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two dollar signs in one paragraph are mathematics to JupyterLab, escaped or not."""
    notebook, _ = executed(path, monkeypatch)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    texts += [output.get("data", {}).get("text/markdown", "") for _, output in outputs(notebook)]
    for text in texts:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for paragraph in prose.split("\n\n"):
            assert len(re.findall(r"\$|&#36;", paragraph)) < 2, paragraph


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_diagram_has_words(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    for diagram in re.findall(r"```mermaid\n.*?```", "\n".join(c.source for c in cells), re.DOTALL):
        described = re.search(r"accDescr: (.+)", diagram)
        assert described and len(described[1].split()) >= 8, diagram


@pytest.mark.parametrize("path", TEACHING, ids=name)
def test_the_printed_solutions_pass_their_checks(
    path: Path, executed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook, _ = executed(path, monkeypatch)
    said = {
        cell_id: output["data"]["text/plain"]
        for cell_id, output in outputs(notebook)
        if cell_id.startswith("exercise-") and cell_id.endswith("-check")
    }
    assert len(said) >= 2
    for cell_id, text in said.items():
        assert re.fullmatch(r"All \d+ cases are right\.", text), (cell_id, text)


@pytest.mark.parametrize("path", TEACHING, ids=name)
def test_unsolved_exercises_say_so_in_a_sentence(path: Path) -> None:
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    exercises = [i.removesuffix("-check") for i in cells if re.fullmatch(r"exercise-.*-check", i)]
    for exercise in exercises:
        assert f"{exercise}-solution" in cells
        assert "..." in cells[exercise].source


@pytest.mark.parametrize("path", TEACHING, ids=name)
def test_a_teaching_notebook_has_all_its_parts(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for heading in ("## What interviewers probe next", "## Sources"):
        assert heading in text
    assert re.search(r"\b(2[5-9]|3\d|4[0-5]) minutes\b", notebook.cells[0].source)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert len(re.findall(r"AnswerBox\(", code)) >= 2
    assert "explore(" in code
    assert "```mermaid" in text or "show(" in code
