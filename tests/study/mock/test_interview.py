"""The engine: what is kept, resumed, judged again, and what happens when something breaks."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from graders.errors import StoreError, UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Progress, Settings
from graders.study.mock.interview import QUIET_FOR, Interview
from graders.study.mock.kept import unfinished
from graders.study.mock.state import restored
from tests.study.mock.candidates import DESIGN, Clock, labelled

OUTLINE = (
    "I would keep links in one Postgres primary with replicas in both regions, because ten million "
    "creates a day are about 116 a second. Redirects are answered from memory and Redis, so that "
    "the database sees few of them. Codes are seven random characters, inserted if absent. Clicks "
    "leave after the reply and are summed in windows, so a replay counts nobody twice."
)


@pytest.fixture
def store(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "mock.sqlite3")


def begin(store: Progress, clock: Clock | None = None, **options: object) -> Interview:
    return Interview.start(
        question_id=DESIGN, progress=store, clock=clock or Clock(), seed="1", **options  # type: ignore[arg-type]
    )  # fmt: skip


def test_every_turn_is_kept_at_once(store: Progress) -> None:
    interview = begin(store)
    for text in ("How many users do we have?", OUTLINE):
        interview.say(text)
        kept = store.mock(interview.mock.id)
        assert kept is not None
        assert restored(kept.state).turns == list(interview.transcript)
        assert kept.finished is None


def test_an_interview_goes_on_in_another_process_and_the_clock_stood_still(store: Progress) -> None:
    clock = Clock()
    first = begin(store, clock)
    clock.seconds += 300
    first.say(OUTLINE)
    clock.seconds += 86_400  # the machine slept; this process is never asked again
    second = Interview.resume(progress=store, clock=Clock(5.0))
    assert second.transcript == first.transcript
    assert second.left == 45 * 60 - 300
    assert second.say("That's all.")
    assert second.mock.id == first.mock.id


def test_it_goes_on_exactly_as_if_it_had_not_been_interrupted(tmp_path: Path) -> None:
    texts = [p for p in labelled(DESIGN, "senior")[0].split("\n\n") if p.strip()]
    told = []
    for name, interrupted in (("a", False), ("b", True)):
        store = Progress(tmp_path / f"{name}.sqlite3")
        interview = begin(store, pace="spoken")
        for text in texts:
            if interview.over:
                break
            interview.say(text)
            if interrupted:
                interview = Interview.resume(interview.mock.id, progress=store, clock=Clock())
        told.append([turn.text for turn in interview.transcript])
    assert told[0] == told[1]


class Hanging:
    """A voice that words nothing; *hangs* times the learner interrupts the kernel meanwhile."""

    def __init__(self, hangs: int) -> None:
        self.hangs = hangs

    def follow_up(self, *_: object) -> None:
        self.hangs -= 1
        if self.hangs >= 0:
            raise KeyboardInterrupt

    def close(self) -> None:
        pass


def test_a_turn_that_was_broken_off_has_not_happened_and_can_be_said_again(tmp_path: Path) -> None:
    texts = [p for p in labelled(DESIGN, "mid", "senior")[0].split("\n\n") if p.strip()]
    told = []
    for name, hangs in (("a", 0), ("b", 3)):
        clock = Clock()
        interview = begin(Progress(tmp_path / f"{name}.sqlite3"), clock, voice=Hanging(hangs))
        broken_off = 0
        for text in texts:
            interview.save_draft(f"draft of {text}")
            clock.seconds += 60
            before = interview.state.model_dump()
            while True:
                try:
                    interview.say(text)
                except KeyboardInterrupt:
                    broken_off += 1
                    assert interview.state.model_dump() == before
                else:
                    break
        assert broken_off == hangs
        told.append((interview.transcript, interview.left))
    assert told[0] == told[1]


def test_a_part_whose_end_was_broken_off_ends_once(
    store: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    interview = Interview.start("behavioural", progress=store, clock=clock, seed="1")
    clock.seconds += 46 * 60
    with monkeypatch.context() as patched:
        patched.setattr(Interview, "_next_part", _interrupted)
        for act in (
            lambda: interview.tick(OUTLINE),
            lambda: interview.say(OUTLINE),
            interview.stop,
        ):
            with pytest.raises(KeyboardInterrupt):
                act()
            assert interview.state.at[0].ended is None and interview.state.answer(0) == ""
    interview.tick(OUTLINE)
    assert interview.state.part == 1
    turns = [turn for turn in interview.transcript if turn.part == 0]
    assert [turn.purpose for turn in turns].count("closing") == 1
    assert interview.state.answer(0) == OUTLINE


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_windows_on_one_interview_lose_no_turn(store: Progress) -> None:
    first = begin(store)
    second = Interview.resume(progress=store, clock=Clock())
    second.say(OUTLINE)
    with pytest.raises(UsageError, match="went on in another window"):
        first.say("From the other window.")
    assert first.tick("half a thought") == [] or "another window" in first.problem
    first.stop()
    assert "went on in another window" in first.problem
    kept = store.mock(first.mock.id)
    assert kept is not None and restored(kept.state).turns == list(second.transcript)
    assert second.say("That's all.") and not second.problem


def test_a_draft_survives(store: Progress) -> None:
    begin(store).save_draft("half a thought")
    assert Interview.resume(progress=store).state.draft == "half a thought"


def test_what_was_typed_when_the_time_ran_out_counts_as_said(store: Progress) -> None:
    clock = Clock()
    interview = begin(store, clock)
    clock.seconds += 45 * 60
    said = interview.tick(OUTLINE)
    assert interview.over and said[-1].purpose == "closing"
    assert interview.state.answer(0) == OUTLINE


def test_the_interviewer_asks_after_a_long_pause_but_not_while_one_types(store: Progress) -> None:
    clock = Clock()
    interview = begin(store, clock)
    clock.seconds += QUIET_FOR - 1
    assert interview.tick("") == []
    clock.seconds += 2
    assert [turn.purpose for turn in interview.tick("")] == ["nudge"]
    clock.seconds += QUIET_FOR + 1
    assert interview.tick("I am typing") == []


def test_the_change_interrupts_at_half_time_also_while_one_types(store: Progress) -> None:
    clock = Clock()
    interview = begin(store, clock)
    interview.say(OUTLINE)
    clock.seconds += 23 * 60
    assert [turn.purpose for turn in interview.tick("typing")] == ["change"]
    assert interview.tick("typing on") == []


def test_there_is_a_warning_before_the_end(store: Progress) -> None:
    clock = Clock()
    interview = begin(store, clock)
    clock.seconds += 41 * 60
    said = interview.tick("x")
    assert [turn.purpose for turn in said] == ["time"]
    assert "4" in said[0].text
    assert interview.tick("xy") == []


def test_the_scorecard_is_kept_and_the_parts_become_attempts(store: Progress) -> None:
    interview = begin(store)
    interview.say(OUTLINE)
    with pytest.raises(UsageError):
        interview.scorecard()
    interview.stop()
    card = interview.scorecard()
    kept = store.mock(interview.mock.id)
    assert kept is not None and kept.finished is not None
    assert (kept.level, kept.signal) == (card.level, card.signal)
    assert interview.scorecard() == card
    assert unfinished(store) is None
    (attempt,) = store.attempts(DESIGN)
    assert (attempt.mock, attempt.answer, attempt.cold) == (interview.mock.id, OUTLINE, False)


def test_a_kept_transcript_can_be_judged_again_by_another_judge(store: Progress) -> None:
    interview = begin(store)
    interview.say(OUTLINE)
    interview.stop()
    interview.scorecard()
    again = Interview.resume(interview.mock.id, progress=store)
    card = again.judge_again(ScriptedJudge(default=Level.STAFF))
    assert card.level == Level.STAFF and card.signal == "strong hire"
    kept = store.mock(interview.mock.id)
    assert kept is not None and kept.signal == "strong hire"
    assert len(store.attempts(DESIGN)) == 1, "it is the same answer"


def test_an_interview_that_ended_before_it_was_judged_is_judged_when_resumed(
    store: Progress,
) -> None:
    interview = begin(store)
    interview.say(OUTLINE)
    interview.stop()
    later = Interview.resume(progress=store)
    assert later.over and later.scorecard().level is not None


def test_parts_that_were_not_held_leave_no_signal(store: Progress) -> None:
    interview = Interview.start("loop", progress=store, seed="1")
    interview.say(OUTLINE)
    interview.stop()
    card = interview.scorecard()
    assert [part.held for part in card.parts] == [True, False, False, False, False]
    assert (card.level, card.signal) == (None, None)
    assert "Not every part" in card.why


def test_a_judge_that_fails_is_no_zero(store: Progress) -> None:
    interview = begin(store, judge=ScriptedJudge(fails="the server is gone"))
    interview.say(OUTLINE)
    interview.stop()
    card = interview.scorecard()
    assert (card.level, card.signal) == (None, None)
    assert "the server is gone" in " ".join(card.parts[0].reasons)


def test_a_store_that_cannot_be_used_is_a_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    interview = begin(Progress(tmp_path))  # a folder is no file
    assert str(tmp_path) in interview.problem
    assert interview.say(OUTLINE)
    interview.stop()
    assert interview.scorecard().level is not None
    assert interview.problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_store_is_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert begin(Progress(folder / "p.sqlite3")).problem


@pytest.mark.parametrize(
    "change",
    [{"version": 99}, {"parts": []}, {"turns": [{"speaker": "nobody"}]}, {"at": []}, {"part": 7}],
)
def test_a_kept_interview_that_cannot_be_read_is_a_sentence(
    change: dict[str, object], store: Progress
) -> None:
    interview = begin(store)
    kept = {**json.loads(json.dumps(interview.mock.state)), **change}
    with pytest.raises(StoreError):
        restored(kept)


def test_there_is_nothing_to_resume(store: Progress) -> None:
    with pytest.raises(UsageError, match="Start a new one"):
        Interview.resume(progress=store)


def test_after_the_end_nothing_can_be_said(store: Progress) -> None:
    interview = begin(store)
    interview.stop()
    assert interview.tick() == [] and interview.stop() == []
    with pytest.raises(UsageError):
        interview.say("one more thing")


@pytest.mark.parametrize("text", ["half an emoji \ud83d", "\x00\x1b[2J", "<b>" * 500, "?" * 3000])
def test_odd_texts_are_kept_and_answered(text: str, store: Progress) -> None:
    interview = begin(store)
    assert interview.say(text)
    assert interview.problem == ""
    kept = store.mock(interview.mock.id)
    assert kept is not None and len(restored(kept.state).turns) == len(interview.transcript)


def test_half_a_character_in_the_box_when_the_time_runs_out_is_no_obstacle(store: Progress) -> None:
    clock = Clock()
    interview = begin(store, clock)
    clock.seconds += 45 * 60
    interview.tick("half an emoji \ud83d")
    assert interview.over and interview.state.answer(0) == "half an emoji ?"
    kept = store.mock(interview.mock.id)
    assert kept is not None and restored(kept.state).answer(0) == "half an emoji ?"


def test_a_turn_longer_than_anybody_speaks_is_refused_and_changes_nothing(store: Progress) -> None:
    interview = begin(store)
    before = interview.transcript
    with pytest.raises(UsageError):
        interview.say("x" * 10_000_000)
    assert interview.transcript == before


def test_questions_that_were_met_are_asked_last(store: Progress) -> None:
    seen = []
    for number in range(6):
        interview = Interview.start("design", progress=store, seed=str(number))
        seen.append(interview.state.parts[0].question_id)
        interview.stop()
        interview.scorecard()
    assert len(set(seen)) == 6


@pytest.mark.parametrize(
    ("company", "chosen", "target"),
    [
        ("generic", "staff", Level.STAFF),
        ("google", "L6", Level.STAFF),
        ("amazon", "L6", Level.SENIOR),
        ("google", "L4", Level.MID),
        ("generic", "L5", Level.SENIOR),  # no level of that ladder
    ],
)
def test_the_target_is_that_of_the_settings(
    company: str, chosen: str, target: Level, store: Progress
) -> None:
    store.save_settings(Settings(company=company, level=chosen))
    assert begin(store).mock.target == target


def test_days_between_are_no_time(store: Progress) -> None:
    at = datetime(2026, 3, 8, tzinfo=UTC)
    first = begin(store, now=lambda: at)
    later = Interview.resume(progress=store, now=lambda: at + timedelta(days=3))
    later.say(OUTLINE)
    assert later.mock.started == first.mock.started
    assert later.mock.updated == at + timedelta(days=3)


def test_a_turn_is_answered_within_300_ms(store: Progress) -> None:
    """The median of a whole interview, with a transcript that grows to some thousand words."""
    interview = begin(store, pace="spoken")
    paragraphs = [p for text in labelled(DESIGN, "staff", "senior") for p in text.split("\n\n")]
    times = []
    for text in paragraphs:
        if interview.over:
            break
        start = time.process_time()
        interview.say(text)
        times.append(time.process_time() - start)
    assert len(times) > 8
    assert median(times) < 0.3
