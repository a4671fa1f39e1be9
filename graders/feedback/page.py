"""One notebook of one learner as a page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from graders import cards
from graders.feedback import clean, code, outputs
from graders.feedback.cells import (
    Cell,
    is_test,
    mark_of,
    secrets_of,
    text_of,
    told,
    without_hidden_tests,
)
from graders.question import Question
from graders.score import Score, marks

NOTE = "seniorkit"
"""Key of the notebook metadata in which grading leaves what it noted."""

DISTRUSTED = "the tests were tampered with and count for nothing"
"""How remarks begin that are for the instructor: a suspicion, which the learner is not told."""

MAX_CELLS = 2_000


@dataclass(frozen=True)
class Material:
    """What the instructor brought to a notebook.

    Attributes:
        texts: Each Markdown text -> its pictures, by name, as `data:` addresses. A cell with one
            of these texts is the instructor's, whatever the learner's file says.
        questions: `grade_id` -> question.
    """

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: Mapping[str, Question] = field(default_factory=dict)

    @classmethod
    def of(cls, master: Mapping[str, Any], questions: Mapping[str, Question]) -> Material:
        """The material of a master notebook."""
        return cls(
            {
                text_of(cell.get("source")): _pictures(cell)
                for cell in master.get("cells", [])
                if cell.get("cell_type") == "markdown"
            },
            questions,
        )


def _pictures(cell: Cell) -> dict[str, str]:
    found = {}
    for name, kinds in cell.get("attachments", {}).items():
        for kind, value in kinds.items():
            value = text_of(value)
            if kind == "image/svg+xml":
                value = base64.b64encode(value.encode()).decode()
            found[str(name)] = f"data:{kind};base64,{''.join(value.split())}"
    return found


def render(
    notebook: Mapping[str, Any], returned: Any, material: Material, *, assignment: str, stamp: str
) -> str:
    """The page, complete in one file.

    Args:
        notebook: The autograded notebook, as JSON.
        returned: What the gradebook says of it, a `ReturnedNotebook`.
        material: What the instructor brought to it.
        assignment: Name of the assignment.
        stamp: From what the page is made.
    """
    page = _Page(notebook, returned, material)
    sheet = _style()
    return (
        cards.environment()
        .get_template("feedback.html.j2")
        .render(
            assignment=clean.terminal(assignment),
            returned=returned,
            student=clean.terminal(returned.student),
            notebook=clean.terminal(returned.notebook),
            remarks=[clean.terminal(remark) for remark in page.remarks()],
            notices=[clean.terminal(text) for text in returned.notices],
            parts=list(page.parts()),
            style=Markup(sheet),
            policy=_policy(sheet),
            stamp=stamp,
        )
    )


@lru_cache(maxsize=1)
def _style() -> str:
    own = (cards.TEMPLATES / "feedback.css").read_text(encoding="utf-8")
    return "\n".join([cards.style(), code.style(), own])


@lru_cache(maxsize=1)
def _policy(sheet: str) -> str:
    """What the page may do: nothing but show this one style sheet, and pictures inside it."""
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


class _Page:
    def __init__(self, notebook: Mapping[str, Any], returned: Any, material: Material) -> None:
        self._cells: Sequence[Cell] = notebook["cells"][:MAX_CELLS]
        self._left_out = len(notebook["cells"]) - len(self._cells)
        metadata = notebook.get("metadata", {})
        note = metadata.get(NOTE)
        self._note: Mapping[str, Any] = note if isinstance(note, dict) else {}
        language = metadata.get("kernelspec", {}).get("language")
        self._language = str(language or "python")[:40]
        self._returned = returned
        self._material = material
        self._secrets = secrets_of(self._cells)
        self._room = outputs.Room()

    def remarks(self) -> list[str]:
        """The remarks for the learner; a suspicion is for a person to look into first."""
        every = [str(remark) for remark in self._note.get("remarks", [])]
        kept = [remark for remark in every if not remark.startswith(DISTRUSTED)]
        if len(kept) < len(every):
            kept.append("the tests did not run as they were released; a person will look at them")
        if self._left_out:
            kept.append(f"the last {self._left_out} cells are not shown")
        return [told(remark, self._secrets) for remark in kept]

    def parts(self) -> Iterator[dict[str, Any]]:
        """The cells, each as the template wants it."""
        for cell in self._cells:
            mark = mark_of(cell)
            grade_id = str(mark.get("grade_id", ""))
            graded = self._returned.cells.get(grade_id) if mark else None
            framed = graded is not None or bool(mark.get("solution"))
            yield {
                "grade_id": grade_id,
                "framed": framed,
                "title": _title(cell, mark, grade_id) if framed else "",
                "graded": graded,
                "card": self._card(grade_id, graded) if framed else None,
                "body": self._body(cell, grade_id if framed else ""),
                "outputs": list(outputs.shown(cell, self._secrets, self._room))
                if cell.get("cell_type") == "code"
                else [],
                "comment": self._comment(cell, grade_id) if framed else None,
            }

    def _body(self, cell: Cell, grade_id: str) -> Markup | None:
        source = text_of(cell.get("source"))
        kind = cell.get("cell_type")
        if kind == "code":
            if mark_of(cell).get("grade"):
                source, _ = without_hidden_tests(source)
            return code.coloured(source, self._language) if source.strip() else None
        if kind == "markdown" and source in self._material.texts:
            return clean.own_markdown(source, self._material.texts[source])
        source = told(source, self._secrets)
        if kind != "markdown":
            return clean.plain(source)
        # A judged answer stands in its card, where one sees what each criterion rests on.
        return None if self._stands_in_card(grade_id) else clean.foreign_markdown(source)

    def _score(self, grade_id: str) -> Score | None:
        """The score that counts, a person's before the judge's; `None` if it cannot be shown."""
        question = self._material.questions.get(grade_id)
        if question is None or grade_id not in self._returned.answers:
            return None
        reviewed = self._returned.reviewed.get(grade_id)
        text = self._returned.answers[grade_id][1] if reviewed is None else reviewed[0]
        score = Score.model_validate_json(text)
        # Given before the rubric was changed: there are no words for it any more.
        return score if score.fits(c.id for c in question.criteria) else None

    def _stands_in_card(self, grade_id: str) -> bool:
        score = self._score(grade_id)
        return score is not None and bool(score.verdicts) and bool(self._answer(grade_id).strip())

    def _answer(self, grade_id: str) -> str:
        return clean.terminal(self._returned.answers[grade_id][0])

    def _card(self, grade_id: str, graded: Any) -> Markup | None:
        """The result card; without points where a person has given others."""
        score = self._score(grade_id)
        if score is None:
            return None
        worth = graded.max_points if graded is not None else 0.0
        automatic = None if score.points is None else round(marks(score.points) * worth, 2)
        given = None if graded is None else graded.points
        same = automatic is not None and given is not None and abs(automatic - given) < 0.01
        return Markup(
            cards.html(
                score,
                self._material.questions[grade_id],
                max_points=worth if same else None,
                answer=self._answer(grade_id) if self._stands_in_card(grade_id) else None,
            )
        )

    def _comment(self, cell: Cell, grade_id: str) -> Markup | None:
        if is_test(cell):
            failed = self._note.get("checks", {}).get(grade_id)
            return (
                clean.foreign_markdown(f"Checks that are not shown:\n\n{failed}")
                if failed
                else None
            )
        comment = self._returned.comments.get(grade_id)
        if comment is None:
            return None
        # What a comment tells of levels is told better by the card.
        carded = self._score(grade_id) is not None
        automatic = None if carded else comment.automatic
        text = automatic if comment.manual is None else comment.manual
        if carded and grade_id in self._returned.reviewed:
            text = self._returned.reviewed[grade_id][1]
        return clean.foreign_markdown(told(text, self._secrets)) if text else None


def _title(cell: Cell, mark: Mapping[str, Any], grade_id: str) -> str:
    if mark.get("solution"):
        return "Your answer"
    return f"Test {clean.terminal(grade_id)}" if is_test(cell) else clean.terminal(grade_id)
