"""The review queue in a notebook, without a page: what is shown, what is obeyed, what is ignored."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.cohorts.review import ReviewQueue
from graders.cohorts.review_box import ReviewBox
from graders.errors import StoreError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cohorts.desk import CACHING, TESTS, Doubting, hand_over, in_formgrader, item_of, queue
from tests.conftest import ESSAY, WEEK, Classroom


@pytest.fixture
def desk(classroom: Classroom) -> Classroom:
    hand_over(classroom, "ada", Doubting(default=Level.MID), only=(CACHING,))
    hand_over(classroom, "bob", Doubting(default=Level.MID, confidence=0.95), only=(CACHING,))
    return classroom


def box_of(classroom: Classroom, **more: Any) -> ReviewBox:
    return ReviewBox(WEEK, classroom.root, **{"by": "Ana", **more})


def tell(box: ReviewBox, kind: Any, **more: Any) -> None:
    content = {"kind": kind, "seen": box.item.get("seen"), "done": box.done, "comment": "", **more}
    box._received(box, content, None)


def same(box: ReviewBox, level: str) -> dict[str, str]:
    return {criterion["id"]: level for criterion in box.item["criteria"]}


def test_it_shows_the_answer_with_what_the_verdicts_rest_on(desk: Classroom) -> None:
    box = box_of(desk)
    assert (box.left, box.done, box.item["student"], box.item["points"]) == (2, 0, "ada", 8)
    assert box.item["why"] == ["The figures contradict each other."]
    assert "".join(passage["text"] for passage in box.item["passages"]) == ESSAY
    assert box.item["passages"][0]["criteria"] == list(range(len(box.item["criteria"])))
    assert {criterion["level"] for criterion in box.item["criteria"]} == {"mid"}


def test_marks_are_given_foreseen_and_taken_back(desk: Classroom) -> None:
    box = box_of(desk)
    tell(box, "foresee", levels=same(box, "senior"))
    assert box.foreseen == "12 of 12 points, senior"
    assert in_formgrader(desk, "ada")[:2] == (8, True)
    tell(box, "change", levels=same(box, "senior"), comment="Good.")
    assert (box.done, box.left, box.item["student"], box.foreseen) == (1, 1, "bob", "")
    assert in_formgrader(desk, "ada")[:2] == (12, False)
    tell(box, "accept")
    assert (box.done, box.left, box.item) == (2, 0, {})
    tell(box, "undo")
    tell(box, "undo")
    assert (box.done, box.left, box.item["student"]) == (0, 2, "ada")
    assert in_formgrader(desk, "ada")[:2] == (8, True)
    tell(box, "undo")
    assert "nothing to undo" in box.message


def test_skipping_leaves_it_for_later(desk: Classroom) -> None:
    box = box_of(desk)
    tell(box, "skip")
    tell(box, "skip")
    assert (box.item, box.left, box.done) == ({}, 2, 0)
    assert box_of(desk).item["student"] == "ada"


def test_comments_are_kept_for_the_question(desk: Classroom) -> None:
    box = box_of(desk)
    tell(box, "keep", comment="Say what it costs.")
    assert (box.kept, box.item["student"], box.message) == (["Say what it costs."], "ada", "")
    assert box_of(desk, by="Bo").kept == ["Say what it costs."]


def test_a_second_marker_gets_neither_name_nor_mark(desk: Classroom) -> None:
    sitting = queue(desk, "Ana")
    for learner in ("ada", "bob"):
        sitting.accept(item_of(sitting, learner), "Ana's secret words")
    box = box_of(desk, by="Bo", blind=True, share=1)
    shown = re.sub("[0-9a-f]{32,}", "a digest", str(box.item))  # which may spell "ada" by chance
    assert box.item["blind"]
    for hidden in ("ada", "bob", "Ana", "secret", "'mid'", "Scripted"):
        assert hidden not in shown
    assert (box.item["points"], box.item["acceptable"]) == (None, False)
    tell(box, "change", levels=same(box, "staff"))
    assert box.done == 1


def test_the_faster_one_is_shown_beside_ones_own(desk: Classroom) -> None:
    box = box_of(desk)
    sitting = queue(desk, "Bo")
    sitting.accept(item_of(sitting, "ada"))
    tell(box, "change", levels=same(box, "staff"), comment="Mine.")
    assert "Bo gave 8 (mid) of 12" in box.message
    assert (box.done, box.item["student"]) == (0, "ada")
    assert box.item["marks"] == [
        "Bo: 8 of 12, mid ",
        "Ana: 12 of 12, staff (does not count) Mine.",
    ]


def test_what_a_page_says_of_an_answer_it_no_longer_shows_is_not_obeyed(desk: Classroom) -> None:
    box = box_of(desk)
    stale = box.item["seen"]
    tell(box, "accept")
    before = in_formgrader(desk, "bob")
    tell(box, "accept", seen=stale)
    assert in_formgrader(desk, "bob") == before
    assert (box.done, box.left) == (1, 1)


def test_what_is_pressed_again_while_the_kernel_works_is_done_once(desk: Classroom) -> None:
    box = box_of(desk)
    shown, chosen = box.item["seen"], same(box, "senior")
    for _ in range(2):
        tell(box, "keep", seen=shown, comment="Say what it costs.")
    for _ in range(2):
        tell(box, "change", seen=shown, levels=chosen)
    assert (box.done, box.left, box.kept) == (1, 1, ["Say what it costs."])
    shown = box.item["seen"]
    for _ in range(2):
        tell(box, "accept", seen=shown)
    assert (box.done, box.left) == (2, 0)
    for _ in range(2):
        tell(box, "undo", done=2)
    assert (box.done, box.left, box.item["student"]) == (1, 1, "bob")
    for _ in range(2):
        tell(box, "skip", seen=shown)
    tell(box, "undo", done=1)
    assert (box.done, box.left, box.item["student"]) == (0, 2, "ada")


def test_undo_names_a_mark_that_was_under_way(desk: Classroom) -> None:
    box = box_of(desk)
    shown = box.item["seen"]
    tell(box, "accept", seen=shown)
    tell(box, "undo", seen=shown, done=1)
    tell(box, "accept", seen=shown)
    assert (box.done, box.item["student"], in_formgrader(desk, "ada")[1]) == (1, "bob", False)
    # The mark comes to nothing, so there is nothing of it to take back, and the one before stays.
    sitting = queue(desk, "Bo")
    sitting.accept(item_of(sitting, "bob"))
    shown = box.item["seen"]
    tell(box, "accept", seen=shown)
    tell(box, "undo", seen=shown, done=2)
    assert "Bo gave 8" in box.message
    assert (box.done, box.item["student"], in_formgrader(desk, "ada")[1]) == (1, "bob", False)


def test_each_message_but_a_forecast_is_answered(desk: Classroom) -> None:
    box = box_of(desk)
    tell(box, "foresee", levels=same(box, "senior"))
    assert box.answered == ""
    heard = []
    box.observe(lambda change: heard.append(change["new"]), "answered")
    tell(box, "accept", id="done")
    tell(box, "accept", id="of an older answer", seen="older")
    tell(box, "undo", id="of an older mark", done=7)
    tell(box, "give", id="refused", points="3")
    assert heard == ["done", "of an older answer", "of an older mark", "refused"]
    closed = ReviewBox(WEEK, desk.root / "nowhere", by="Ana")
    tell(closed, "undo", id="one")
    assert (closed.answered, "no such course folder" in closed.message) == ("one", True)


def test_the_page_hears_all_that_came_of_a_message_at_once(
    desk: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = box_of(desk)
    sent: list[set[str]] = []
    monkeypatch.setattr(box, "send_state", lambda key=None: sent.append(set(key or ())))
    tell(box, "accept", id="one")
    assert [one for one in sent if one] == [{"item", "done", "left", "answered"}]


def test_an_answer_has_a_key_of_its_own_whatever_becomes_of_it(desk: Classroom) -> None:
    box = box_of(desk)
    ada = box.item["place"]
    sitting = queue(desk, "Bo")
    sitting.accept(item_of(sitting, "ada"))
    tell(box, "accept")
    assert (box.item["student"], box.item["place"]) == ("ada", ada)
    tell(box, "accept")
    bob = box.item["place"]
    assert bob != ada
    tell(box, "undo")
    assert box.item["place"] == ada


def test_what_was_foreseen_stays_while_its_levels_do(desk: Classroom) -> None:
    box = box_of(desk)
    tell(box, "foresee", levels=same(box, "senior"))
    tell(box, "keep", comment="Say what it costs.")
    assert (box.foreseen, len(box.kept)) == ("12 of 12 points, senior", 1)
    tell(box, "skip")
    assert box.foreseen == ""


def test_a_mark_is_counted_and_shown_also_where_the_gradebook_fails_afterwards(
    desk: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("it is locked")

    box = box_of(desk)
    with monkeypatch.context() as patch:
        patch.setattr(ReviewQueue, "comments", fails)
        tell(box, "accept", id="one")
    assert (box.done, box.item["student"], box.answered) == (1, "bob", "one")
    assert "it is locked" in box.message
    tell(box, "accept")
    with monkeypatch.context() as patch:
        patch.setattr(ReviewQueue, "reload", fails)
        tell(box, "undo")
    assert (box.done, box.left, box.item["student"]) == (1, 1, "bob")
    assert in_formgrader(desk, "bob")[1]


def test_points_for_what_has_no_rubric(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID), test=None)
    box = box_of(classroom)
    assert (box.item["cell"], box.item["criteria"]) == (TESTS[0], [])
    for wrong in (None, "3", True, -1, 99, float("nan")):
        tell(box, "give", points=wrong)
        assert box.message
    tell(box, "give", points=0.5, comment="By hand.")
    assert (box.message, box.done) == ("", 1)


def test_a_fault_is_a_sentence_in_the_box(classroom: Classroom) -> None:
    assert "week99" in ReviewBox("week99", classroom.root, by="Ana").message
    box = ReviewBox(WEEK, classroom.root / "nowhere", by="Ana")
    assert "no such course folder" in box.message
    tell(box, "accept")
    assert box.item == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
KINDS = st.sampled_from(["change", "give", "foresee", "keep", "x"])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=JSON, kind=KINDS | JSON, levels=JSON, points=JSON, comment=JSON)
def test_whatever_comes_from_a_page_breaks_nothing(
    desk: Classroom, content: Any, kind: Any, levels: Any, points: Any, comment: Any
) -> None:
    box = box_of(desk)
    waiting = box.left
    box._received(box, content, None)
    tell(box, kind, levels=levels, points=points, comment=comment)
    assert box.left + box.done == waiting
