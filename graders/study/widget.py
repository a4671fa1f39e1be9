"""The answer box: write, be judged, read what your words carried, try again.

It shows and forwards; `AnswerSession` does the work. What is typed is kept by the page until the
kernel says that it is saved, so neither a closed tab nor a restarted kernel loses a word.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import traitlets

from graders import cards
from graders.errors import SeniorkitError
from graders.judges.factory import judge_named
from graders.question import Question
from graders.score import Verdict
from graders.study.box import Box
from graders.study.bundle import bundled
from graders.study.page import Told, told
from graders.study.session import AnswerSession, Draft
from graders.study.submission import Submission

_HERE = Path(__file__).parent / "answer_box"
_MODULES = (
    "element", "words", "clock", "drafts", "diagram", "help", "result", "editor", "saving", "box",
)  # fmt: skip
_CHANGE = "\n\nThis time with a change: "


class AnswerBox(Box):
    """A box for the answer to one question.

    Args:
        question: The question or its id, such as `"concept/caching"`.
        grade_id: In an assignment: the id of the cell that the answer counts for.
        judge: Name of the judge: `"llm"` asks the language model that the settings name, and
            shows its verdicts as they come; the embedded judge when absent.
        session: A prepared session instead, for a question that is asked in a particular way.
    """

    _esm = bundled(_HERE, *_MODULES)
    _css = cards.style() + (_HERE / "box.css").read_text(encoding="utf-8")

    question_id = traitlets.Unicode().tag(sync=True)
    kicker = traitlets.Unicode().tag(sync=True)
    prompt = traitlets.Unicode().tag(sync=True)
    change = traitlets.Unicode().tag(sync=True)
    minutes = traitlets.Int().tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    revision = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode("ready").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    summary = traitlets.Unicode().tag(sync=True)
    result = traitlets.Unicode().tag(sync=True)
    said: Any = traitlets.List().tag(sync=True)
    criteria = traitlets.Int().tag(sync=True)
    hints: Any = traitlets.List().tag(sync=True)
    ladder = traitlets.Int().tag(sync=True)
    model = traitlets.Unicode("none").tag(sync=True)
    model_answers: Any = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        question: Question | str,
        *,
        grade_id: str | None = None,
        judge: str | None = None,
        session: AnswerSession | None = None,
    ) -> None:
        super().__init__()
        try:
            reader = judge_named(judge) if judge is not None else None
            self._session = session or AnswerSession(question, grade_id=grade_id, judge=reader)
            self._ask(self._session.question)
            self._show_saved(self._session.saved())
        except SeniorkitError as error:
            self.message = str(error)
        if not hasattr(self, "_session"):
            self.state = "broken"
            return
        self._show_help()
        self.on_msg(self._received)
        with suppress(RuntimeError):
            # Once the box is on the page: the judge's first answer shall be as fast as the others.
            asyncio.get_running_loop().call_later(0.5, self._session.warm_up)

    def _ask(self, question: Question) -> None:
        prompt, _, change = question.prompt.partition(_CHANGE)
        self.question_id, self.prompt, self.change = question.id, prompt, change
        self.kicker = f"{question.kind} · {question.topic}"
        self.minutes, self.criteria = question.minutes, len(question.criteria)
        self.ladder = len(question.hints.ladder()) if question.hints else 0
        self.place = hashlib.sha256(self._session.place.encode(errors="replace")).hexdigest()[:32]

    def _show_saved(self, draft: Draft) -> None:
        with self.hold_sync():
            self.text, self.revision = draft.text, draft.revision

    def _show_help(self) -> None:
        """What was opened today, and what may be."""
        try:
            self.hints = list(self._session.hints())
            if self._session.question.model_answers is not None:
                self.model = "ready" if self._session.attempted() else "locked"
        except SeniorkitError as error:
            self.message = self.message or str(error)

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page; what it cannot have sent is ignored."""
        message = told(content)
        if message is None:
            return
        if message.kind == "hint":
            self._hint(content.get("seen"))
        elif message.kind == "model":
            self._open_model()
        else:
            self._take(message)

    def _take(self, message: Told) -> None:
        """Save what was typed, judge what was submitted; the page has its answer in any case."""
        try:
            if self._saves(message):
                self._submit(message)
        except BaseException:
            # Also when the kernel was interrupted: the page sends nothing more until it knows what
            # became of this text, and its button must work again.
            draft = self._session.draft
            if draft.revision and draft.text == message.text:
                self._kept(message, draft)
                self.state = "saved"
            else:
                self._tell_refused(message)
            raise

    def _saves(self, message: Told) -> bool:
        """Save a draft, and say so; whether the text is to be judged now."""
        try:
            base = message.base
            newer = None if base is None else self._session.newer(message.text, base)
            if newer is not None:
                self.send({"kind": "elsewhere", **message.sender, "text": newer.text,
                           "revision": newer.revision})  # fmt: skip
                return False
            if message.kind == "submit":
                return True
            self._kept(message, self._session.save_draft(message.text))
        except SeniorkitError as error:
            self._refused(message, error)
        else:
            self.message, self.state = "", "saved"
        return False

    def _submit(self, message: Told) -> None:
        self.state = "judging"
        try:
            done = self._session.submit(message.text, seconds=message.seconds, preview=self._tell)
            self._kept(message, self._session.draft)
        except SeniorkitError as error:
            self._refused(message, error)
        else:
            self._show(message.text, done)

    def _show(self, text: str, done: Submission) -> None:
        before = done.before.score if done.before else None
        card = cards.slotted(
            done.score, self._session.question, answer=text, before=before, attempt=done.attempt
        )
        change = cards.change_text(done.score, before)
        level = cards.level_text(done.score.level)
        # In one message: a page must never have the slots of one card and the texts of another.
        with self.hold_sync():
            self.message = done.problem or ""
            self.summary = f"Attempt {done.attempt}: {level}{', ' if change else ''}{change}."
            self.result, self.said = card.html, list(card.said)
            self.state = "judged"
        with suppress(SeniorkitError):
            if self.model == "locked" and self._session.attempted():
                self.model = "ready"

    def _kept(self, message: Told, draft: Draft) -> None:
        self._show_saved(draft)
        self.send({"kind": "kept", **message.sender, "revision": draft.revision})

    def _refused(self, message: Told, error: SeniorkitError) -> None:
        self.message = str(error)
        self._tell_refused(message)

    def _tell_refused(self, message: Told) -> None:
        self.state = "not saved"
        self.send({"kind": "refused", **message.sender})

    def _hint(self, seen: Any) -> None:
        """Take the hint after the *seen* ones; the second click of a double one takes none."""
        if isinstance(seen, int) and seen != len(self.hints):
            return
        problem = ""
        try:
            self._session.next_hint()
        except SeniorkitError as error:
            problem = str(error)
        with suppress(SeniorkitError):
            self.hints = list(self._session.hints())
        self.message = problem

    def _open_model(self) -> None:
        try:
            answers = self._session.model_answers()
        except SeniorkitError as error:
            self.message = str(error)
            return
        with self.hold_sync():
            self.model_answers = answers.model_dump()
            self.model = "open"

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
