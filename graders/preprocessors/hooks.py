"""Hooks of `nbgrader autograde` itself."""

from __future__ import annotations

from pathlib import Path

from graders.submitted import adopt_misnamed


def find_misnamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """Let a notebook that was handed in under another name be graded; runs for each submission.

    nbgrader calls it in the course's folder and goes on with what *notebooks* holds afterwards
    (*assignment* and *student* may be patterns, so the folder is taken from the paths).
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        expected = {path.stem for path in Path("source", folder.name).glob("*.ipynb")}
        for name in sorted(expected):
            path = folder / f"{name}.ipynb"
            if not path.exists() and adopt_misnamed(folder, path, expected):
                notebooks.append(str(path))
