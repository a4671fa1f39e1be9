"""Hooks of `nbgrader autograde` itself."""

from __future__ import annotations

from pathlib import Path

from graders.submitted import adopt_misnamed, replace_links


def prepare_submission(assignment: str, student: str, notebooks: list[str]) -> None:
    """Make one submission ready before nbgrader copies it; nbgrader calls it for each.

    Links are replaced by a line of text, and a notebook that was handed in under another name is graded under the
    right one. nbgrader calls this in the course's folder and goes on with what *notebooks* holds
    afterwards (*assignment* and *student* may be patterns, so the paths tell the folder).
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        replace_links(folder)
        expected = {path.stem for path in Path("source", folder.name).glob("*.ipynb")}
        for name in sorted(expected):
            path = folder / f"{name}.ipynb"
            if not path.exists() and adopt_misnamed(folder, path, expected):
                notebooks.append(str(path))
