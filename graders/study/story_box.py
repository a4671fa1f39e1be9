"""The story bank in a notebook: a form that saves while one types, and the matrix below it.

It shows and forwards; `StoryDesk` and `StoryBank` do the work.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from graders import cards
from graders.errors import SeniorkitError, UsageError
from graders.question import load_question
from graders.study.bundle import bundled
from graders.study.ladder import bars, bars_source, companies, levels_of
from graders.study.signals import SIGNALS
from graders.study.stories import CROSS_FUNCTIONAL, ORGANISATION, StoryBank, Told
from graders.study.story_bar import Calibration
from graders.study.story_desk import Form, StoryDesk, form_of

_HERE = Path(__file__).parent


def bank_html(bank: StoryBank) -> str:
    """The bank as an HTML fragment, to be used with `cards.style()`."""
    choices = bank.choices()
    return (
        cards.environment()
        .get_template("stories.html.j2")
        .render(
            bank=bank,
            counts=bank.counts(),
            duplicates=bank.duplicates,
            gaps=bank.gaps(),
            choices=choices,
            prompts={c.question_id: load_question(c.question_id).prompt for c in choices},
            signals=SIGNALS,
            organisation=ORGANISATION,
            cross_functional=CROSS_FUNCTIONAL,
        )
    )


def bar_html(story: Told, found: Calibration) -> str:
    """A story held against a level, as an HTML fragment."""
    return (
        cards.environment()
        .get_template("story_bar.html.j2")
        .render(
            story=story,
            found=found,
            level=cards.level_text(found.level),
            bars=bars(found.target.level),
            source=bars_source(),
        )
    )


class StoryBox(anywidget.AnyWidget):
    """The story bank: write, see what is carried and what is missing, hold against a level.

    Args:
        desk: A prepared desk instead, for tests.
    """

    _esm = f"{bundled(_HERE / 'answer_box', 'element', 'words', 'drafts')}\n{bundled(_HERE, 'story_box')}"
    _css = cards.style() + (_HERE / "story_box.css").read_text(encoding="utf-8")

    place = traitlets.Unicode().tag(sync=True)
    form = traitlets.Dict().tag(sync=True)
    companies = traitlets.Dict().tag(sync=True)
    levels: Any = traitlets.List().tag(sync=True)
    company = traitlets.Unicode("generic").tag(sync=True)
    level = traitlets.Unicode("senior").tag(sync=True)
    view = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode("ready").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)

    def __init__(self, *, desk: StoryDesk | None = None) -> None:
        self._desk = desk or StoryDesk()
        self._open = ""
        super().__init__(form=asdict(Form()), companies=companies(), place=self._desk.place)
        self._guarded(lambda: setattr(self, "form", asdict(self._desk.draft())))
        problem = self.message
        self._guarded(self._show)
        self.message = self.message or problem
        self.on_msg(self._received)

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page, `{"kind": ..., "form": {...}, "story": id, ...}`."""
        if not isinstance(content, dict):
            return
        form = form_of(content["form"]) if isinstance(content.get("form"), dict) else Form()
        story = content.get("story") if isinstance(content.get("story"), str) else ""
        kind = content.get("kind")
        if kind == "draft":
            self._guarded(lambda: self._draft(form), busy="keeping", state="draft")
        elif kind == "save":
            self._guarded(lambda: self._save(form), state="saved")
        elif kind == "open":
            self._guarded(lambda: self._opened(form, str(story)))
        elif kind == "new":
            self._guarded(lambda: self._opened(form, ""))
        elif kind == "withdraw":
            self._guarded(lambda: self._withdraw(form.story_id))
        elif kind == "aim":
            self._guarded(lambda: self._aim(content.get("company"), content.get("level")))

    def _guarded(self, work: Any, *, busy: str = "reading", state: str = "ready") -> None:
        """Run *work*; every fault becomes a sentence, and what stands in the form stays."""
        try:
            self.state = busy  # the page hears of a state only when it changes
            work()
        except SeniorkitError as error:
            self.message, self.state = str(error), "not saved"
        else:
            self.message, self.state = "", state
        finally:
            if self.state == busy:
                self.state = "ready"  # also when the kernel was interrupted

    def _draft(self, form: Form) -> None:
        self._desk.save_draft(form)
        self.form = asdict(form)

    def _save(self, form: Form) -> None:
        self.form = asdict(form)
        version = self._desk.save(form)
        self.form = asdict(self._desk.open(version.story_id))
        self._open = version.story_id
        self._show()

    def _opened(self, left: Form, story_id: str) -> None:
        """Open a story or, without an id, an empty form; what was being written becomes the draft."""
        try:
            current = self._desk.open(left.story_id) if left.story_id else Form()
        except UsageError:
            current = Form()  # taken out meanwhile; what is written here is kept all the same
        if not left.blank and left != current:
            self._desk.save(left)
        self.form = asdict(self._desk.open(story_id) if story_id else Form())
        self._desk.save_draft(Form())
        self._open = story_id
        self._show()

    def _withdraw(self, story_id: str) -> None:
        self._desk.withdraw(story_id)
        self._open, self.form = "", asdict(Form())
        self._desk.save_draft(Form())
        self._show()

    def _aim(self, company: Any, level: Any) -> None:
        if isinstance(company, str) and isinstance(level, str):
            self._desk.aim_at(company, level)
        self._show()

    def _show(self) -> None:
        aim = self._desk.aim()
        key = next((k for k, name in companies().items() if name == aim.company), "generic")
        self.levels = levels_of(key)
        self.company, self.level = key, aim.grade
        bank = self._desk.bank()
        self.view = bank_html(bank)
        opened = self._open
        self.detail = bar_html(bank.story(opened), bank.calibrate(opened, aim)) if opened else ""

    def __repr__(self) -> str:
        return "StoryBox()"
