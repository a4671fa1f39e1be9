"""Two people: one after the other without seeing, and both at once."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.cohorts.agreement import agreement, kappa
from graders.errors import StoreError, UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cohorts.desk import (
    CACHING,
    Doubting,
    by_formgrader,
    hand_over,
    in_formgrader,
    item_of,
    levels,
    queue,
    trail,
)
from tests.conftest import WEEK, Classroom

LEARNERS = ("ada", "bob", "cy", "di", "ed")


@pytest.fixture
def marked(classroom: Classroom) -> Classroom:
    """Ana has marked the essays of all five as mid."""
    for learner in LEARNERS:
        hand_over(classroom, learner, Doubting(default=Level.MID), only=(CACHING,))
    found = queue(classroom, "Ana")
    for learner in LEARNERS:
        item = item_of(found, learner)
        found.change(item, levels(item.question, Level.MID), "Ana's words")
    return classroom


def second(classroom: Classroom, learner: str, level: Level, marker: str = "Bo") -> None:
    found = queue(classroom, marker, blind=True, chosen=[(learner, CACHING)])
    (item,) = found.items
    found.change(item, levels(item.question, level))


def test_the_second_marker_sees_nothing_of_the_first(marked: Classroom) -> None:
    found = queue(marked, "Bo", blind=True, share=1)
    assert {item.student for item in found.items} == set(LEARNERS)
    for item in found.items:
        assert (item.score, item.points, item.marks, item.appeal) == (None, None, (), None)
        assert "Ana" not in " ".join(item.why)
    with pytest.raises(UsageError, match="given, not accepted"):
        found.accept(found.items[0])
    with pytest.raises(UsageError, match="a level for each criterion"):
        found.change(found.items[0], {})


def test_a_share_is_drawn_always_the_same_and_nobody_seconds_themselves(marked: Classroom) -> None:
    drawn = [item.place for item in queue(marked, "Bo", blind=True, share=0.4).items]
    assert len(drawn) == 2
    assert [item.place for item in queue(marked, "Cleo", blind=True, share=0.4).items] == drawn
    assert queue(marked, "Ana", blind=True, share=1).items == ()
    second(marked, drawn[0].student, Level.MID)
    left = queue(marked, "Cleo", blind=True, share=0.4).items
    assert [item.place for item in left] == drawn[1:]


def test_a_second_mark_near_the_first_changes_nothing(marked: Classroom) -> None:
    before = in_formgrader(marked, "ada")
    second(marked, "ada", Level.SENIOR)
    assert in_formgrader(marked, "ada") == before
    assert queue(marked, "Cleo").items == ()
    last = trail(marked.open(), "ada", CACHING)[-1]
    assert (last.actor, last.action, last.points_from, last.points_to) == (
        "Bo", "second mark", 8, 8,
    )  # fmt: skip


def test_two_who_are_apart_go_to_a_third_who_sees_both(marked: Classroom) -> None:
    second(marked, "ada", Level.STAFF)
    for party in ("Ana", "Bo"):
        assert queue(marked, party).items == ()
    assert in_formgrader(marked, "ada")[:2] == (8, True)
    found = queue(marked, "Cleo")
    (item,) = found.items
    assert item.why[0] == "two markers differ by more than one level"
    assert [mark.marker for mark in item.marks] == ["Ana", "Bo"]
    found.change(item, levels(item.question, Level.SENIOR))
    assert in_formgrader(marked, "ada")[:2] == (12, False)
    assert queue(marked, "Dan", everything=True).items[0].marks[-1].counts
    assert queue(marked, "Dan").items == ()


def test_a_lead_decides_also_as_one_of_the_two(marked: Classroom) -> None:
    second(marked, "ada", Level.STAFF)
    found = queue(marked, "Ana", lead=True)
    (item,) = found.items
    found.change(item, levels(item.question, Level.SENIOR))
    assert queue(marked, "Ana", lead=True).items == ()
    assert trail(marked.open(), "ada", CACHING)[-1].actor == "Ana (lead)"
    (found_,) = agreement(marked.open(), WEEK)
    assert found_.answers == 1, "both marks are still there to be compared"


def test_a_blind_mark_can_be_undone(marked: Classroom) -> None:
    before = in_formgrader(marked, "ada")
    found = queue(marked, "Bo", blind=True, chosen=[("ada", CACHING)])
    found.change(found.items[0], levels(found.items[0].question, Level.STAFF))
    assert found.undo().student == "ada"
    assert in_formgrader(marked, "ada") == before
    assert agreement(marked.open(), WEEK) == ()


def test_agreement_is_told_by_question(marked: Classroom) -> None:
    found = queue(marked, "Ana", everything=True)
    ed = item_of(found, "ed")
    found.change(ed, levels(ed.question, Level.STAFF))
    for learner, level in (("ada", Level.MID), ("bob", Level.SENIOR), ("cy", Level.OFF)):
        second(marked, learner, level)
    second(marked, "ed", Level.STAFF)
    (found_,) = agreement(marked.open(), WEEK)
    assert (found_.grade_id, found_.answers, found_.same, found_.near) == (CACHING, 4, 2, 3)
    assert [place.student for place in found_.apart] == ["cy"]
    pairs = [(2, 2), (2, 3), (2, 0), (4, 4)]
    assert found_.kappa == kappa(pairs)
    assert found_.kappa == pytest.approx(1 - (5 / 4) / (48 / 16))


def test_two_at_once_nothing_is_lost(classroom: Classroom) -> None:
    hand_over(classroom, "ada", Doubting(default=Level.MID), only=(CACHING,))
    ana, bo = queue(classroom, "Ana"), queue(classroom, "Bo")
    item = item_of(ana, "ada")
    ana.change(item, levels(item.question, Level.SENIOR), "Good.")
    with pytest.raises(StoreError) as caught:
        bo.change(item_of(bo, "ada"), levels(item.question, Level.OFF), "Wrong.")
    told = str(caught.value)
    assert "ada, week01, answer-caching" in told
    assert "Ana gave 12 (senior) of 12" in told
    assert "you gave 0 (off) of 12" in told
    assert in_formgrader(classroom, "ada")[:2] == (12, True)
    (again,) = queue(classroom, "Bo").items
    assert {(mark.marker, mark.comment, mark.counts) for mark in again.marks} == {
        ("Ana", "Good.", True), ("Bo", "Wrong.", False),
    }  # fmt: skip
    found = queue(classroom, "Cleo")
    found.accept(found.items[0])
    assert queue(classroom, "Dan").items == ()
    assert in_formgrader(classroom, "ada")[:2] == (12, False)


def test_a_mark_from_formgrader_in_between_is_not_overwritten(classroom: Classroom) -> None:
    hand_over(classroom, "ada", Doubting(default=Level.MID), only=(CACHING,))
    found = queue(classroom, "Ana")
    by_formgrader(classroom, "ada", 3)
    with pytest.raises(StoreError, match="a person gave 3 of 12"):
        found.accept(item_of(found, "ada"))
    assert in_formgrader(classroom, "ada")[0] == 3
    found.accept(item_of(found, "ada"))
    assert in_formgrader(classroom, "ada")[:2] == (3, False)


def test_a_new_judgement_in_between_is_looked_at_first(classroom: Classroom) -> None:
    hand_over(classroom, "ada", Doubting(default=Level.MID), only=(CACHING,))
    found = queue(classroom, "Ana")
    hand_over(classroom, "ada", Doubting(default=Level.OFF), only=(CACHING,))
    with pytest.raises(StoreError, match="graded again: 0 of 12"):
        found.accept(item_of(found, "ada"))
    assert in_formgrader(classroom, "ada")[0] == 0


def test_two_processes_at_the_same_moment(classroom: Classroom) -> None:
    hand_over(classroom, "ada", Doubting(default=Level.MID), only=(CACHING,))
    queues = {name: queue(classroom, name) for name in ("Ana", "Bo")}
    barrier, failed = threading.Barrier(2), []

    def mark(name: str, level: Level) -> None:
        item = item_of(queues[name], "ada")
        barrier.wait()
        try:
            queues[name].change(item, levels(item.question, level))
        except StoreError:
            failed.append(name)

    pair = (("Ana", Level.SENIOR), ("Bo", Level.BELOW))
    threads = [threading.Thread(target=mark, args=one) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1
    (item,) = queue(classroom, "Cleo").items
    assert {mark.marker for mark in item.marks} == {"Ana", "Bo"}
    assert [mark.marker for mark in item.marks if mark.counts] != failed


def test_undo_does_not_undo_what_another_did(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID), only=(CACHING,))
    ana = queue(classroom, "Ana", everything=True)
    ana.accept(item_of(ana, "ada"))
    bo = queue(classroom, "Bo", everything=True)
    item = item_of(bo, "ada")
    bo.change(item, levels(item.question, Level.OFF))
    with pytest.raises(StoreError, match="changed since"):
        ana.undo()
    assert in_formgrader(classroom, "ada")[0] == 0


RATINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


@given(RATINGS)
def test_kappa_is_at_most_one_symmetric_and_one_only_for_full_agreement(
    pairs: list[tuple[int, int]],
) -> None:
    value = kappa(pairs)
    if value is None:
        assert len({level for pair in pairs for level in pair}) == 1
        return
    assert -1 <= value <= 1
    assert value == pytest.approx(kappa([(b, a) for a, b in pairs]))
    assert (value == 1) == all(a == b for a, b in pairs)


def test_kappa_of_known_tables() -> None:
    assert kappa([]) is None
    assert kappa([(2, 2), (2, 2)]) is None
    assert kappa([(0, 4), (4, 0)]) == -1
    # By hand: squared differences 5 of 6 pairs; 42 of the 36 pairs that chance would make.
    assert kappa([(0, 0), (0, 1), (1, 1), (1, 1), (2, 2), (2, 0)]) == pytest.approx(
        1 - (5 / 6) / (42 / 36)
    )
