"""Builds the sample cohort: a course folder in which 14 learners have handed in week 1.

    python tests/cohort/build.py FOLDER

Each learner's own words and code lie in `learners/*.yaml`; here they are put into the released
notebook, and spoiled the way real submissions are.
"""

from __future__ import annotations

import copy
import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ASSIGNMENT = "week01"
DUE = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)
SOLUTIONS = {"code": "lru-solution", "capacity": "capacity-solution"}
BOXED = "answer-impact"

Notebook = dict[str, Any]
Words = dict[str, str]


def build(folder: Path) -> Path:
    """Make the course in *folder* (it must not exist, or be a course made here) and return it."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "nbgrader_config.py").exists():
        raise SystemExit(f"{folder} exists and is not a course; give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    # One learner's loop never ends; half of the usual time is enough to see that.
    config += "\nc.ExecuteBounded.timeout = 5\n"
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for name in ("source", "release"):
        target = folder / name / ASSIGNMENT
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(ROOT / name / ASSIGNMENT, target)
    release = json.loads((ROOT / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    for path in sorted((HERE / "learners").glob("*.yaml")):
        words: Words = yaml.safe_load(path.read_text(encoding="utf-8"))
        _hand_in(folder / "submitted" / path.stem / ASSIGNMENT, path.stem, words, release)
    # Learner 12 hands in what learner 3 wrote, under a name of her own.
    copied = folder / "submitted" / "learner-12" / ASSIGNMENT
    shutil.copytree(folder / "submitted" / "learner-03" / ASSIGNMENT, copied, dirs_exist_ok=True)
    (copied / "timestamp.txt").write_text(_stamp(-3))
    return folder


def _stamp(hours: float) -> str:
    return (DUE + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S UTC")


def _hand_in(folder: Path, learner: str, words: Words, release: Notebook) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    notebook = _filled(release, words)
    boxed: Words = {BOXED: words[BOXED]} if BOXED in words else {}
    spoil = SPOILERS.get(learner)
    if spoil:
        notebook = spoil(notebook, words, boxed) or notebook
    late = 31 if learner == "learner-04" else -5
    (folder / "timestamp.txt").write_text(_stamp(late))
    if boxed:
        _write_box(folder / "answers.json", boxed)
    _write_notebook(folder, learner, notebook, words)


def _filled(release: Notebook, words: Words) -> Notebook:
    notebook = copy.deepcopy(release)
    for key, grade_id in SOLUTIONS.items():
        if key in words:
            _cell(notebook, grade_id)["source"] = words[key]
    if "answer-caching" in words:
        _cell(notebook, "answer-caching")["source"] = words["answer-caching"]
    return notebook


def _cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            found: dict[str, Any] = cell
            return found
    raise KeyError(grade_id)


def _insert_after(notebook: Notebook, grade_id: str, cell: dict[str, Any]) -> None:
    position = notebook["cells"].index(_cell(notebook, grade_id))
    notebook["cells"].insert(position + 1, cell)


def _code_cell(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": name, "metadata": {}, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


def _own_code(notebook: Notebook, words: Words, boxed: Words) -> None:
    """A cell of the learner's own after the cache: an endless loop, 50 MB of output, os._exit."""
    _insert_after(notebook, "lru-edge", _code_cell("own-experiment", words["extra_code"]))


def _in_both_places(notebook: Notebook, words: Words, boxed: Words) -> None:
    """The story stands in the cell; an unfinished draft of it is still in the box."""
    _cell(notebook, BOXED)["source"] = words[BOXED]
    boxed[BOXED] = " ".join(words[BOXED].split()[:45]) + " ..."


def _extra_cells(notebook: Notebook, words: Words, boxed: Words) -> None:
    """Scratch cells, as people leave them; the story is typed into the cell, not into the box."""
    _insert_after(notebook, "capacity-solution", _code_cell("scratch", "40_000_000 / 86_400 * 3"))
    note = {"cell_type": "markdown", "id": "todo", "metadata": {}, "source": "TODO check again"}
    _insert_after(notebook, "answer-caching", note)
    _cell(notebook, BOXED)["source"] = boxed.pop(BOXED)


def _typed_story(notebook: Notebook, words: Words, boxed: Words) -> None:
    _cell(notebook, BOXED)["source"] = boxed.pop(BOXED)


def _duplicated(notebook: Notebook, words: Words, boxed: Words) -> None:
    """The answer cell exists twice: an earlier draft, and below it the answer."""
    first = copy.deepcopy(_cell(notebook, "answer-caching"))
    first["id"], first["source"] = "draft-copy", words["answer-caching-first"]
    position = notebook["cells"].index(_cell(notebook, "answer-caching"))
    notebook["cells"].insert(position, first)
    _typed_story(notebook, words, boxed)


def _deleted(notebook: Notebook, words: Words, boxed: Words) -> None:
    """The cell under the box is gone; the box has the story."""
    notebook["cells"].remove(_cell(notebook, BOXED))


SPOILERS: dict[str, Callable[[Notebook, Words, Words], Notebook | None]] = {
    "learner-03": _in_both_places,
    "learner-04": _extra_cells,
    "learner-05": _typed_story,
    "learner-09": _own_code,
    "learner-10": _own_code,
    "learner-11": _own_code,
    "learner-13": _duplicated,
    "learner-14": _deleted,
}
"""What is odd about a submission, beside the files (`_write_notebook`) and the time."""


def _write_notebook(folder: Path, learner: str, notebook: Notebook, words: Words) -> None:
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    if learner == "learner-07":
        answers = f"{words['answer-caching']}\n\n{words['answer-impact']}"
        (folder / "my answers.txt").write_text(answers, encoding="utf-8")
        (folder / "answers.json").unlink(missing_ok=True)
    elif learner == "learner-08":
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text[: len(text) * 2 // 3], encoding="utf-8")
    elif learner == "learner-14":
        (folder / "Week 1 – solution finale été.ipynb").write_text(text, encoding="utf-8")
    else:
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text, encoding="utf-8")


def _write_box(path: Path, boxed: Words) -> None:
    saved_at = (DUE - timedelta(hours=6)).isoformat()
    answers = {
        grade_id: {
            "question_id": "story/business-impact", "text": text,
            "saved_at": saved_at, "submitted_at": saved_at,
        }
        for grade_id, text in boxed.items()
    }  # fmt: skip
    content = {"schema_version": 1, "answers": answers}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


def set_due(folder: Path) -> None:
    """Register the assignment and its due date in the course's gradebook."""
    from graders.course import check_assignment, open_course

    course = open_course(folder)
    check_assignment(course, ASSIGNMENT)
    with course.gradebook() as gradebook:
        gradebook.set_due(ASSIGNMENT, DUE)


if __name__ == "__main__":
    made = build(Path(sys.argv[1]))
    set_due(made)
    print(f"built the sample cohort in {made}")
