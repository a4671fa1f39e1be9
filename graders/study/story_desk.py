"""Where stories are written: drafts, versions, the target they are held against. Headless."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from graders.answers import SIDECAR, AnswersFile
from graders.errors import AnswersError, UsageError
from graders.judges.base import Judge
from graders.progress import Progress, StoryVersion, new_key
from graders.study.ladder import Target, company_key, kept_target, levels_of, target
from graders.study.session import utc_now
from graders.study.stories import MAX_STORY, MAX_TITLE, StoryBank

DRAFT = "story-bank"
MAX_LINE = 100


@dataclass(frozen=True)
class Form:
    """What stands in the form.

    Attributes:
        story_id: The story that is edited; "" for a new one.
        title: Its title.
        when: When it happened, in words.
        employer: Where; may be empty.
        text: The story.
    """

    story_id: str = ""
    title: str = ""
    when: str = ""
    employer: str = ""
    text: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.strip() or self.text.strip())


def form_of(raw: Mapping[str, object]) -> Form:
    """A form from what a page or a file says; what is no text is left out, the rest is cut."""
    limits = {"story_id": 64, "title": MAX_TITLE, "when": MAX_LINE, "employer": MAX_LINE}
    words = {
        name: str(raw[name])[: limits.get(name, MAX_STORY)]
        for name in ("story_id", "title", "when", "employer", "text")
        if isinstance(raw.get(name), str)
    }
    return Form(**words)


def blank_form() -> Form:
    """An empty form, for a story that has its name from the first letter on.

    So what is sent twice, or late, or after a restart, is known to be the same story.
    """
    return Form(story_id=new_key())


def _same(one: StoryVersion, other: StoryVersion) -> bool:
    """Whether two versions say the same."""
    return (one.title, one.text, one.when, one.employer) == (
        other.title,
        other.text,
        other.when,
        other.employer,
    )


class StoryDesk:
    """One teller at their stories.

    Attributes:
        place: Stands for the folder, in letters and digits.

    Args:
        progress: Where versions and settings are kept.
        folder: Where the draft lies, in `answers.json`; the working directory when absent.
        judge: Who judges when stories are held against a level; the embedded judge by default.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        progress: Progress | None = None,
        folder: Path | None = None,
        judge: Judge | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._progress = progress or Progress()
        self._draft = AnswersFile((folder or Path()) / SIDECAR)
        # The page keeps what it has not saved under this name; a path is nothing for a page.
        self.place = sha256(
            str((folder or Path()).absolute()).encode(errors="replace")
        ).hexdigest()[:32]
        self._judge = judge
        self._clock = clock

    def bank(self) -> StoryBank:
        """All stories as they stand now.

        Raises:
            StoreError: If they cannot be read.
        """
        return StoryBank(self._progress.stories(), judge=self._judge)

    def aim(self) -> Target:
        """The company and level in the settings; the generic one if those no longer exist.

        Raises:
            StoreError: If the settings cannot be read.
        """
        settings = self._progress.settings()
        return kept_target(settings.company, settings.level)

    def aim_at(self, company: str, level: str) -> Target:
        """Keep another company and level; the level falls back to senior if it has no such.

        Raises:
            StoreError: If the settings cannot be kept.
        """
        key = company_key(company)
        known = level in levels_of(key) or level == "senior"
        aim = target(key, level if known else "senior")
        kept = replace(self._progress.settings(), company=key, level=aim.grade)
        self._progress.save_settings(kept)
        return aim

    def draft(self) -> Form:
        """What was being written when the notebook was last open.

        Raises:
            AnswersError: If it cannot be read.
        """
        saved = self._draft.read().get(DRAFT)
        if saved is None or not saved.text:
            return Form()
        try:
            raw = json.loads(saved.text)
        except ValueError:
            return Form(text=saved.text)
        return form_of(raw) if isinstance(raw, dict) else Form()

    def save_draft(self, form: Form) -> None:
        """Keep what stands in the form, without making a version of it.

        Raises:
            AnswersError: If it cannot be kept.
        """
        empty = replace(form, story_id="") == Form()  # an empty form has a name all the same
        self._draft.save(
            DRAFT, DRAFT, "" if empty else json.dumps(asdict(form), ensure_ascii=False)
        )

    def save(self, form: Form) -> StoryVersion:
        """Make a version of what stands in the form; the draft is empty afterwards.

        What is the same as the last version makes none, so that saving twice does no harm.

        Raises:
            UsageError: If title or story are missing; the draft is kept.
            StoreError: If it cannot be kept; the draft is.
        """
        self.save_draft(form)
        for name, words in (("title", form.title), ("story", form.text)):
            if not words.strip():
                raise UsageError(f"the {name} is missing", fix="Write it and save again")
        version = self._version(form)
        last = self._progress.story(form.story_id)
        if last is not None and not last.withdrawn and _same(last, version):
            version = last
        else:
            self._progress.add_story(version)
        self._forget_draft()
        return version

    def put_aside(self, form: Form) -> None:
        """Keep what stands in the form, because another story is opened over it.

        What is the same as its last version is kept already, also if the story was taken out.

        Raises:
            UsageError: If title or story are missing; the draft is kept.
            StoreError: If it cannot be kept; the draft is.
        """
        last = self._progress.story(form.story_id)
        if form.blank or (last is not None and _same(last, self._version(form))):
            self._forget_draft()
        else:
            self.save(form)

    def knows(self, story_id: str) -> bool:
        """Whether a story stands in the bank.

        Raises:
            StoreError: If that cannot be read.
        """
        last = self._progress.story(story_id)
        return last is not None and not last.withdrawn

    def _version(self, form: Form) -> StoryVersion:
        return StoryVersion(
            story_id=form.story_id or new_key(),
            at=self._clock(),
            title=" ".join(form.title.split()),
            text=form.text.strip(),
            when=form.when.strip(),
            employer=form.employer.strip(),
        )

    def _forget_draft(self) -> None:
        try:
            self.save_draft(Form())
        except AnswersError:
            # The story is kept; a draft that stays behind is found again and harms nobody.
            return

    def open(self, story_id: str) -> Form:
        """The form for changing a story.

        Raises:
            SeniorkitError: If there is no such story, or it cannot be read.
        """
        story = self.bank().story(story_id)
        return Form(story.story_id, story.title, story.when, story.employer, story.text)

    def withdraw(self, story_id: str) -> None:
        """Take a story out of the bank; its versions stay in the file.

        Raises:
            SeniorkitError: If there is no such story, or it cannot be kept.
        """
        for version in self._progress.stories():
            if version.story_id == story_id:
                gone = replace(version, at=self._clock(), withdrawn=True, key="")
                self._progress.add_story(gone)
                return
        raise UsageError("there is no such story", where=story_id, fix="List them again")
