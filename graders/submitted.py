"""Submitted notebooks as files: can they be read, what did the learner write, are they named right."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
"""What nbgrader puts beside a submission: when it was handed in, and what names its feedback."""

MAX_NOTEBOOK_BYTES = 50_000_000
MAX_CELLS = 5_000
"""Each cell costs the kernel, the pages and whoever reads them; no lesson has that many."""


def adopt_misnamed(folder: Path, path: Path, expected: Collection[str]) -> str | None:
    """Copy the one notebook that was handed in under another name to the name it should have.

    The learner's own file stays. A later call finds the copy and says the same again.

    Returns:
        What to tell a person, or `None` if there is no such notebook, or more than one.
    """
    others = [
        other
        for other in folder.glob("*.ipynb")
        if other.stem not in expected and other.is_file() and not other.is_symlink()
    ]
    if len(others) != 1 or why_unreadable(others[0]):
        return None
    if not any(True for _ in answer_cells(load_raw(others[0]))):
        return None
    if path.exists():
        if not path.is_file() or path.read_bytes() != others[0].read_bytes():
            return None
    else:
        shutil.copyfile(others[0], path)
    return f"handed in as {others[0].name!r}; graded as {path.name}"


def replace_links(folder: Path) -> list[str]:
    """Put a line of text in the place of each symbolic link in a submission; return their names.

    nbgrader follows links when it copies a submission: one that points to a file of the
    grader's would come back to the learner with the feedback. What the link points to is not
    touched; a notebook or sidecar that was a link is then unreadable, which is noticed.
    """
    links = [path for path in sorted(folder.rglob("*")) if path.is_symlink()]
    for link in links:
        link.unlink()
        link.write_text("(A link stood here. Links are not followed.)\n", encoding="utf-8")
    return [str(link.relative_to(folder)) for link in links]


def why_unreadable(path: Path) -> str | None:
    """Why *path* cannot be read as a notebook, in words, or `None`."""
    try:
        if path.stat().st_size > MAX_NOTEBOOK_BYTES:
            return f"is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB"
        notebook = json.loads(path.read_bytes())
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except (ValueError, RecursionError):
        return "is not valid JSON (a damaged or half-saved file)"
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return "is not a notebook"
    if len(notebook["cells"]) > MAX_CELLS:
        return f"has {len(notebook['cells']):,} cells; more than {MAX_CELLS:,} are not graded"
    return None


def load_raw(path: Path) -> dict[str, Any]:
    """The notebook as plain JSON; call `why_unreadable` first."""
    notebook: dict[str, Any] = json.loads(path.read_bytes())
    return notebook


def answer_cells(notebook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """`(grade_id, source)` of each cell that the learner was to fill in."""
    for cell in notebook["cells"]:
        if not isinstance(cell, dict):
            continue
        metadata = cell.get("metadata")
        own = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(own, dict) and own.get("solution") and own.get("grade_id"):
            source = cell.get("source", "")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            yield str(own["grade_id"]), text
