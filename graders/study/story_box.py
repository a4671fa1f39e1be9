"""The story bank in a notebook: a form that saves while one types, and the matrix below it.

It shows and forwards; `StoryDesk` and `StoryBank` do the work.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import traitlets

from graders import cards
from graders.errors import SeniorkitError
from graders.question import load_question
from graders.study.box import Box
from graders.study.bundle import bundled
from graders.study.ladder import bars, bars_source, companies, levels_of
from graders.study.signals import SIGNALS
from graders.study.stories import CROSS_FUNCTIONAL, ORGANISATION, StoryBank, Told
from graders.study.story_bar import Calibration
from graders.study.story_desk import Form, StoryDesk, blank_form, form_of

MAX_TAB = 40
"""Characters of the longest name of a page's tab."""

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


class StoryBox(Box):
    """The story bank: write, see what is carried and what is missing, hold against a level.

    Args:
        desk: A prepared desk instead, for tests.
    """

    _esm = f"{bundled(_HERE / 'answer_box', 'element', 'words', 'drafts')}\n{bundled(_HERE, 'story_box')}"
    _css = cards.style() + (_HERE / "story_box.css").read_text(encoding="utf-8")

    place = traitlets.Unicode().tag(sync=True)
    # What stands in the form; `known`: whether that story is in the bank; `tab` and `number`: the
    # message that brought it there, so that a page can tell its own words from others'.
    form = traitlets.Dict().tag(sync=True)
    # The last message that was dealt with: its `tab` and `number`, and whether that went `well`.
    done = traitlets.Dict().tag(sync=True)
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
        self._sender: dict[str, Any] = {}
        form = {**asdict(blank_form()), "known": False}
        super().__init__(form=form, companies=companies(), place=self._desk.place)
        self._guarded(self._begin)
        problem = self.message
        self._guarded(self._show)
        self.message = self.message or problem
        self.on_msg(self._received)

    def _begin(self) -> None:
        draft = self._desk.draft()
        self._put(draft)
        # In a second step: the draft shall stand there also if the bank cannot be read.
        self.form = {**self.form, "known": self._desk.knows(draft.story_id)}

    def _put(self, form: Form, *, known: bool | None = None) -> None:
        """Let *form* stand in the form, under a name of its own if it has none."""
        named = form if form.story_id else replace(form, story_id=blank_form().story_id)
        if known is None:
            known = bool(self.form["known"]) and self.form["story_id"] == named.story_id
        self.form = {**asdict(named), "known": known, **self._sender}

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page, `{"kind": ..., "form": {...}, "story": id, ...}`."""
        if not isinstance(content, dict):
            return
        form = form_of(content["form"]) if isinstance(content.get("form"), dict) else Form()
        story = content.get("story") if isinstance(content.get("story"), str) else ""
        tab, number = content.get("tab"), content.get("number")
        self._sender = {
            "tab": tab[:MAX_TAB] if isinstance(tab, str) else "",
            "number": number if isinstance(number, int) else 0,
        }
        kind = content.get("kind")
        if kind == "draft":
            self._guarded(lambda: self._draft(form), busy="keeping", state="draft")
        elif kind == "save":
            self._guarded(lambda: self._save(form), state="saved")
        elif kind == "open":
            self._guarded(lambda: self._opened(form, str(story)))
        elif kind == "new":
            self._guarded(lambda: self._opened(form, ""))
        elif kind == "use" and isinstance(content.get("draft"), dict):
            draft = form_of(content["draft"])
            self._guarded(lambda: self._used(form, draft), state="draft")
        elif kind == "withdraw":
            self._guarded(lambda: self._withdraw(form.story_id))
        elif kind == "aim":
            company, level = content.get("company"), content.get("level")
            # What is told of the form stays true.
            self._guarded(lambda: self._aim(company, level), state=self.state, message=self.message)

    def _guarded(
        self, work: Any, *, busy: str = "reading", state: str = "ready", message: str = ""
    ) -> None:
        """Run *work*; every fault becomes a sentence, and what stands in the form stays."""
        well = False
        try:
            self.state = busy  # the page hears of a state only when it changes
            work()
        except SeniorkitError as error:
            self.message, self.state = str(error), "not saved"
        else:
            self.message, self.state, well = message, state, True
        finally:
            if self.state == busy:
                self.state = "not saved"  # the kernel was interrupted
            self.done = {**self._sender, "well": well}

    def _draft(self, form: Form) -> None:
        self._desk.save_draft(form)
        self._put(form)

    def _save(self, form: Form) -> None:
        self._put(form)
        kept = self._desk.save(form)
        self._put(Form(kept.story_id, kept.title, kept.when, kept.employer, kept.text), known=True)
        self._open = kept.story_id
        self._show()

    def _opened(self, left: Form, story_id: str) -> None:
        """Open a story or, without an id, an empty form; what was being written is put aside."""
        opened = self._desk.open(story_id) if story_id else blank_form()
        self._desk.put_aside(left)
        self._put(opened, known=bool(story_id))
        self._open = story_id
        self._show()

    def _used(self, left: Form, draft: Form) -> None:
        """Go on with a *draft* that only the browser had."""
        if left.story_id != draft.story_id:
            self._desk.put_aside(left)
        self._desk.save_draft(draft)
        known = self._desk.knows(draft.story_id)
        self._put(draft, known=known)
        self._open = draft.story_id if known else ""
        self._show()

    def _withdraw(self, story_id: str) -> None:
        self._desk.withdraw(story_id)
        self._open = ""
        self._put(blank_form(), known=False)
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
