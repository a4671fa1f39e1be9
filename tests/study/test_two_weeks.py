"""Two weeks of an engineer who prepares in the evening: "not yet" becomes "ready" by what they did.

The clock is made up, the judge says what the script says, everything else is the kit's own: the
daily question, practice, submissions, mock interviews, stories, the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Progress, Settings
from graders.progress.standing import Readiness
from graders.study.daily import Daily, daily
from graders.study.practice import pick
from graders.study.readiness import readiness
from graders.study.submission import next_hint, submit
from tests.study.learner import Learner, day

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers"
WHY, FIT = "career/why-not-staff", "career/level-fit"


STORIES = {1: "vague-quality", 3: "guest-checkout", 5: "legal-retention",
           6: "legal-retention-again", 8: "team-split"}  # fmt: skip
"""What is written down when: day 6 tells the story of day 5 in other words."""


@dataclass
class Evening:
    """What happens on one evening, through the kit's own functions."""

    learner: Learner
    number: int
    level: Level
    texts: dict[str, int] = field(default_factory=dict)

    @property
    def progress(self) -> Progress:
        return self.learner.progress

    def text(self, question_id: str) -> str:
        """A real answer to the question, another one each time."""
        lines = (ANSWERS / f"{question_id.replace('/', '-')}.jsonl").read_text().splitlines()
        told = [line for line in map(json.loads, lines) if line["level"] != "off"]
        self.texts[question_id] = self.texts.get(question_id, -1) + 1
        return str(told[self.texts[question_id] % len(told)]["text"])

    def submit(
        self, question_id: str, *, hour: float = 0, today: Daily | None = None,
        level: Level | None = None, variation: str | None = None,
    ) -> None:  # fmt: skip
        done = submit(
            self.progress, question_id, self.text(question_id),
            now=day(self.number) + timedelta(hours=hour), variation=variation,
            day=today.day if today else None,
            judge=ScriptedJudge(default=self.level if level is None else level),
        )  # fmt: skip
        assert done.problem is None
        assert done.score.level == (self.level if level is None else level), done.score.flags

    def daily(self) -> str:
        today = daily(self.progress, now=day(self.number), zone=UTC)
        self.submit(today.question_id, today=today)
        return today.question_id


Skip = frozenset[str]


def spend(evening: Evening, skip: Skip) -> None:
    """What the engineer does on that evening, but for what is in *skip*."""
    number, learner = evening.number, evening.learner
    asked = "" if "daily" in skip else evening.daily()
    if number in (0, 1) and asked:
        # Reads the tips and says at once what they said.
        evening.submit(asked, hour=1, level=Level.STAFF)
    if number == 2:
        # Reads a model answer and writes it down in other words.
        learner.look(day(number, 1), "design/url-shortener")
        evening.submit("design/url-shortener", hour=2, level=Level.SENIOR)
    if number in (5, 7) and "practice" not in skip:
        first = pick(learner.progress, kind="design", now=day(number))[0]
        evening.submit(first.question_id, hour=1, variation=first.variation)
    if number in STORIES and "stories" not in skip:
        lines = (ANSWERS.parent / "stories.jsonl").read_text().splitlines()
        told = next(s for s in map(json.loads, lines) if s["id"] == STORIES[number])
        learner.story(day(number), told["title"], told["text"])
    if number in (6, 8, 10) and "mocks" not in skip:
        learner.mock(day(number, 1), {6: "lean hire", 8: "hire", 10: "strong hire"}[number])
    if number == 6:
        evening.submit(WHY, level=Level.MID)
    if number == 9 and "why" not in skip:
        evening.submit(WHY, level=Level.SENIOR)
    if number == 11:
        next_hint(learner.progress, FIT, now=day(number))
        evening.submit(FIT, hour=1, level=Level.SENIOR)
    if number == 13 and "fit" not in skip:
        evening.submit(FIT, level=Level.SENIOR)


def two_weeks(path: Path, skip: Skip = frozenset(), best: Level = Level.SENIOR) -> list[Readiness]:
    """The page at the end of each evening. The engineer answers at *best* from day 4 on."""
    learner = Learner(path)
    learner.progress.save_settings(Settings(name="ana"))
    texts: dict[str, int] = {}
    pages = []
    for number in range(14):
        level = Level.BELOW if number < 2 else Level.MID if number < 4 else best
        spend(Evening(learner, number, min(level, best), texts), skip)
        pages.append(page(learner, day(number, 5)))
    return pages


def page(learner: Learner, now: datetime) -> Readiness:
    # As on the next evening: a new process, which knows what the file holds.
    return readiness(Progress(learner.progress.path), now=now, zone=UTC)


def first_met(pages: Sequence[Readiness], name: str) -> int | None:
    met = (n for n, p in enumerate(pages) for c in p.checks if c.name == name and c.met)
    return next(met, None)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Readiness]:
    return two_weeks(tmp_path_factory.mktemp("weeks") / "p.sqlite3")


def test_ready_comes_on_the_last_evening_and_not_before(pages: list[Readiness]) -> None:
    assert [page.ready for page in pages] == [False] * 13 + [True]
    assert pages[0].verdict.startswith("Not yet: 0 of 6")
    assert pages[12].verdict == "Not yet: 5 of 6. Missing: “which level are you?” at senior."


def test_each_check_turns_on_the_evening_that_earned_it(pages: list[Readiness]) -> None:
    turned = {check.name: first_met(pages, check.name) for check in pages[-1].checks}
    # Designs: day 4, 5 twice, 6, 7 - none of days 0 to 3, though staff and senior stand there.
    # Stories: the one told twice counts once, the vague one not at all.
    # Mocks: "lean hire" on day 6 does not count. Level fit: not with a hint.
    assert turned == {
        "designs": 7, "organisation-stories": 8, "cross-functional-stories": 5,
        "why-not-staff": 9, "level-fit": 13, "mocks": 10,
    }  # fmt: skip


def test_the_count_of_designs_follows_the_evenings(pages: list[Readiness]) -> None:
    have = [page.checks[0].have for page in pages]
    assert have[:4] == [0, 0, 0, 0]
    assert have[4:8] == [1, 3, 4, 6]


def test_the_trend_rises(pages: list[Readiness]) -> None:
    assert pages[-1].trend.direction == "rising"


def test_the_next_things_are_always_three_and_about_what_is_missing(
    pages: list[Readiness],
) -> None:
    for shown in pages:
        assert len({step.do for step in shown.steps}) == 3
    assert "cold" in pages[3].steps[0].do or "cold" in pages[3].steps[1].do
    assert any("level-fit" in step.do for step in pages[12].steps)


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("stories", {"organisation-stories", "cross-functional-stories"}),
        ("mocks", {"mocks"}),
        ("why", {"why-not-staff"}),
        ("fit", {"level-fit"}),
    ],
)
def test_whoever_leaves_something_out_is_not_ready(
    tmp_path: Path, left_out: str, missing: set[str]
) -> None:
    last = two_weeks(tmp_path / "p.sqlite3", frozenset({left_out}))[-1]
    assert {check.name for check in last.checks if not check.met} == missing


def test_two_weeks_of_reading_model_answers_know_no_design(tmp_path: Path) -> None:
    last = two_weeks(tmp_path / "p.sqlite3", frozenset({"daily", "practice"}))[-1]
    assert not last.ready and last.checks[0].have == 0


def test_two_weeks_at_mid_do_not_make_ready(tmp_path: Path) -> None:
    last = two_weeks(tmp_path / "p.sqlite3", best=Level.MID)[-1]
    assert not last.ready and last.checks[0].have == 0
