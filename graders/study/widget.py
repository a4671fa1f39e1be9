"""The answer box: a text area in the notebook that saves while one types and judges on submit.

It shows and forwards; `AnswerSession` does the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from graders import cards
from graders.errors import SeniorkitError
from graders.judges.factory import judge_named
from graders.question import Question
from graders.score import Verdict
from graders.study.session import AnswerSession

_HERE = Path(__file__).parent


class AnswerBox(anywidget.AnyWidget):
    """A box for the answer to one question.

    Args:
        question: The question or its id, such as `"concept/caching"`.
        grade_id: In an assignment: the id of the cell that the answer counts for.
        judge: Name of the judge: `"llm"` asks the language model that the settings name, and
            shows its verdicts as they come; the embedded judge when absent.
        session: A prepared session instead, for tests.
    """

    _esm = _HERE / "answer_box.js"
    _css = cards.style() + (_HERE / "answer_box.css").read_text(encoding="utf-8")

    question_id = traitlets.Unicode().tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    minutes = traitlets.Int().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode("ready").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        question: Question | str,
        *,
        grade_id: str | None = None,
        judge: str | None = None,
        session: AnswerSession | None = None,
    ) -> None:
        problem = ""
        saved = ""
        try:
            reader = judge_named(judge) if judge is not None else None
            self._session = session or AnswerSession(question, grade_id=grade_id, judge=reader)
            saved = self._session.saved_text()
        except SeniorkitError as error:
            problem = str(error)
        ready = hasattr(self, "_session")
        asked = self._session.question if ready else None
        super().__init__(
            question_id=asked.id if asked else "",
            prompt=asked.prompt if asked else "",
            minutes=asked.minutes if asked else 0,
            text=saved,
            state="ready" if ready else "broken",
            message=problem,
        )
        self.on_msg(self._received)

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page: `{"kind": "draft" | "submit", "text": ...}`; others are ignored."""
        if not isinstance(content, dict) or not isinstance(content.get("text"), str):
            return
        if self.state == "broken":
            return
        if content.get("kind") == "draft":
            self._save(content["text"])
        elif content.get("kind") == "submit":
            self._submit(content["text"])

    def _save(self, text: str) -> None:
        try:
            self._session.save_draft(text)
        except SeniorkitError as error:
            self.message = str(error)
            self.state = "not saved"
        else:
            self.text = text
            self.message = ""
            self.state = "saved"

    def _submit(self, text: str) -> None:
        self.state = "judging"
        try:
            result = self._session.submit(text, preview=self._tell)
        except SeniorkitError as error:
            self.message = str(error)
            self.state = "not saved"
            return
        finally:
            if self.state == "judging":
                # Also when the kernel was interrupted: the button must work again.
                self.state = "ready"
        self.text = text
        self.message = result.problem or ""
        before = f" Before: {result.before}." if result.before else ""
        heading = f'<p class="sk-attempt">Attempt {result.attempt}.{before}</p>'
        self.result = heading + cards.html(result.score, self._session.question)
        self.state = "judged"

    def _tell(self, verdict: Verdict) -> None:
        """Show one verdict while the others are still being written.

        As a message and not as state: what is shown early is gone when the result is there. The
        page puts the words in as text.
        """
        level = cards.level_text(verdict.level)
        asks = self._session.question.criterion(verdict.criterion).asks
        self.send({"kind": "verdict", "asks": asks, "level": level, "reason": verdict.reason})

    def __repr__(self) -> str:
        return f"AnswerBox({self.question_id!r})"
