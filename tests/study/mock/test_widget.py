"""`MockInterview` without a kernel: what the page sends, and what it gets to show."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.progress import Progress
from graders.study.mock import MockInterview
from tests.study.mock.candidates import DESIGN, labelled


@pytest.fixture(autouse=True)
def _in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def box(**options: Any) -> MockInterview:
    return MockInterview("design", question=DESIGN, **options)


def send(shown: MockInterview, content: Any) -> None:
    """Deliver a message as the page's `model.send(content)` does."""
    data = {"method": "custom", "content": content}
    shown._handle_msg({"content": {"data": data}, "buffers": []})


def said(shown: MockInterview) -> list[str]:
    return [turn["text"] for turn in shown.turns]


def test_nothing_begins_before_the_button_is_pressed() -> None:
    shown = box()
    assert (shown.state, shown.turns, shown.waiting) == ("ready", [], "")
    assert shown.heading == "Mock interview: design, 45 minutes"
    send(shown, {"kind": "say", "text": "hello"})
    assert (shown.state, shown.turns, Progress().mocks()) == ("ready", [], [])


def test_an_interview_from_the_first_word_to_the_scorecard() -> None:
    shown = box()
    send(shown, {"kind": "start"})
    assert shown.state == "running" and "Design a URL shortener" in said(shown)[-1]
    assert 0 < shown.left <= 45 * 60
    send(shown, {"kind": "say", "text": "How quick must the redirect be?"})
    assert "100 ms" in said(shown)[-1]
    assert shown.place == "Design, scoping"
    for text in labelled(DESIGN, "senior")[0].split("\n\n"):
        send(shown, {"kind": "say", "text": text})
    send(shown, {"kind": "stop"})
    assert shown.state == "over"
    for words in ("Scorecard", "Three drills for this week", "requirements", "<q>"):
        assert words in shown.card
    (mock,) = Progress().mocks()
    assert mock.finished is not None and mock.signal


def test_a_new_box_offers_to_go_on_and_has_the_draft() -> None:
    first = box()
    send(first, {"kind": "start"})
    send(first, {"kind": "say", "text": "How quick must the redirect be?"})
    send(first, {"kind": "draft", "text": "half a thou"})
    second = box()
    assert second.waiting.startswith("design, last spoken")
    send(second, {"kind": "resume"})
    assert second.turns == first.turns
    assert second.draft == "half a thou"
    assert second.state == "running"


def test_the_clock_alone_may_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = box()
    send(shown, {"kind": "start"})
    assert shown._interview is not None
    shown._interview._mark -= 46 * 60
    send(shown, {"kind": "tick", "text": "what I was about to say about codes"})
    assert shown.state == "over"
    assert "what I was about to say about codes" in said(shown)


def by_page(shown: MockInterview, kind: str, text: str = "") -> dict[str, Any]:
    """A message with the place that the page sees now; it may be delivered later."""
    spoken = sum(turn["speaker"] == "candidate" for turn in shown.turns)
    part = int(shown.turns[-1]["part"]) if shown.turns else 0
    return {"kind": kind, "text": text, "spoken": spoken, "part": part}


def spoken(shown: MockInterview, part: int | None = None) -> list[str]:
    """What the candidate said, in a part or in all of them."""
    return [
        turn["text"]
        for turn in shown.turns
        if turn["speaker"] == "candidate" and part in (None, int(turn["part"]))
    ]


def time_is_up(shown: MockInterview) -> None:
    """Let the time of the part that is going on pass."""
    assert shown._interview is not None
    shown._interview._mark -= 46 * 60


def test_a_turn_that_waited_for_the_kernel_twice_is_said_once() -> None:
    shown = box()
    send(shown, {"kind": "start"})
    again = by_page(shown, "say", "How quick must the redirect be?")
    more = by_page(shown, "say", "How quick must the redirect be? And for whom?")
    send(shown, again)
    answer = said(shown)[-1]
    send(shown, again)
    assert spoken(shown) == ["How quick must the redirect be?"]
    assert (said(shown)[-1], shown.state, shown.message) == (answer, "running", "")
    send(shown, more)
    assert spoken(shown) == ["How quick must the redirect be?"]
    assert shown.state == "running" and "was not said" in shown.message


def test_an_answer_and_that_it_can_be_answered_come_in_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = box()
    told: list[set[str]] = []

    def sent(_: object, key: Any = None) -> None:
        told.append({key} if isinstance(key, str) else set(key))

    monkeypatch.setattr(MockInterview, "send_state", sent)
    for message in ({"kind": "start"}, {"kind": "say", "text": "Do links expire?"}):
        told.clear()
        send(shown, message)
        assert told[0] == {"state"}, "that it is at work"
        assert [{"turns", "state"} <= keys for keys in told if "turns" in keys] == [True]


def test_that_something_was_not_said_stands_there_until_the_next_turn() -> None:
    shown = box()
    send(shown, {"kind": "start"})
    late = by_page(shown, "say", "And for whom?")
    send(shown, by_page(shown, "say", "How quick must the redirect be?"))
    send(shown, late)
    send(shown, by_page(shown, "draft", "And for whom? "))
    send(shown, by_page(shown, "tick", "And for whom? "))
    assert "was not said" in shown.message
    send(shown, by_page(shown, "say", "And for whom?"))
    assert shown.message == "" and spoken(shown)[-1] == "And for whom?"


@pytest.mark.parametrize("written", ["By then I had said that I would ask her.", ""])
def test_what_comes_behind_the_end_of_a_part_is_no_answer_to_the_next(written: str) -> None:
    shown = MockInterview("behavioural")
    send(shown, {"kind": "start"})
    tick = by_page(shown, "tick", written)
    late = by_page(shown, "say", f"{written} Then we met.")
    time_is_up(shown)
    send(shown, tick)
    assert {turn["part"] for turn in shown.turns} == {"0", "1"}
    send(shown, late)
    assert (spoken(shown, 0), spoken(shown, 1)) == ([written] if written else [], [])
    assert shown.state == "running" and "was not said" in shown.message
    # The page has caught up: the same words are said if they are said now.
    send(shown, by_page(shown, "say", "Then we met."))
    assert spoken(shown, 1) == ["Then we met."] and shown.message == ""


def test_what_comes_behind_the_end_of_the_interview_is_not_lost_in_silence() -> None:
    shown = box()
    send(shown, {"kind": "start"})
    tick = by_page(shown, "tick", "what I was about to say")
    same, late = (by_page(shown, "say", tick["text"] + more) for more in ("", " about codes"))
    time_is_up(shown)
    send(shown, tick)
    card = shown.card
    send(shown, same)
    assert shown.message == ""
    send(shown, late)
    assert spoken(shown) == ["what I was about to say"]
    assert (shown.state, shown.card) == ("over", card) and "was not said" in shown.message


@pytest.mark.parametrize("kind", ["tick", "draft"])
def test_words_that_were_said_meanwhile_are_no_draft(kind: str) -> None:
    shown = box()
    send(shown, {"kind": "start"})
    behind = by_page(shown, kind, "How quick must the redirect be? And")
    last = by_page(shown, "tick", "How quick must the redirect be? And")
    send(shown, by_page(shown, "say", "How quick must the redirect be?"))
    send(shown, behind)
    assert shown._interview is not None and shown._interview.state.draft == ""
    time_is_up(shown)
    send(shown, last)
    assert shown.state == "over"
    assert spoken(shown) == ["How quick must the redirect be?"]


@pytest.mark.parametrize("kind", ["tick", "draft"])
def test_words_of_an_earlier_part_are_no_draft_of_the_next(kind: str) -> None:
    shown = MockInterview("behavioural")
    send(shown, {"kind": "start"})
    first, behind = by_page(shown, "tick", "She was"), by_page(shown, kind, "She was right")
    time_is_up(shown)
    send(shown, first)
    send(shown, behind)
    assert shown._interview is not None and shown._interview.state.draft == ""


def test_what_the_clock_took_for_said_is_no_draft_any_more() -> None:
    first = box()
    send(first, {"kind": "start"})
    send(first, by_page(first, "draft", "half a thought"))
    shown = box()
    send(shown, {"kind": "resume"})
    assert shown.draft == "half a thought"
    time_is_up(shown)
    send(shown, by_page(shown, "tick", "half a thought"))
    assert spoken(shown) == ["half a thought"] and shown.draft == ""


class Hanging:
    """A voice during whose first work the learner interrupts the kernel."""

    def __init__(self) -> None:
        self.asked = 0

    def follow_up(self, *_: object) -> None:
        self.asked += 1
        if self.asked == 1:
            raise KeyboardInterrupt

    def close(self) -> None:
        pass


def test_a_turn_during_which_the_kernel_was_interrupted_is_said_once() -> None:
    shown = box()
    shown._voice = Hanging()
    send(shown, {"kind": "start"})
    interrupted = 0
    texts = labelled(DESIGN, "mid")[0].split("\n\n")
    for text in texts:
        turn = by_page(shown, "say", text)
        try:
            shown._received(shown, turn, [])
        except KeyboardInterrupt:
            interrupted += 1
            assert shown.state == "running" and text not in spoken(shown)
            send(shown, by_page(shown, "say", text))
        assert spoken(shown)[-1] == text
    assert interrupted == 1
    assert spoken(shown) == texts


@pytest.mark.parametrize(
    "content",
    [None, 5, "start", [], {}, {"kind": 3}, {"kind": "say", "text": 5}, {"kind": "erase"},
     {"kind": ["start"]}, {"kind": "judge"}],
    ids=repr,
)  # fmt: skip
def test_malformed_messages_change_nothing(content: Any) -> None:
    shown = box()
    send(shown, {"kind": "start"})
    before = (shown.turns, shown.state, shown.card)
    send(shown, content)
    assert (shown.turns, shown.state, shown.card) == before


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["kind", "text"]),
        st.sampled_from(["start", "say", "draft", "tick", "resume", "judge", "x", ""]) | st.none(),
    )
)
def test_no_message_breaks_the_box(content: Any) -> None:
    shown = box()
    send(shown, content)
    send(shown, {"kind": "start"})
    assert shown.state == "running"


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "coding"}, {"question": "design/nothing"}, {"minutes": 1e9}, {"judge": "nobody"}],
)
def test_what_makes_no_sense_is_a_sentence(wrong: dict[str, Any]) -> None:
    shown = MockInterview(**wrong)
    assert shown.state == "broken" and shown.message
    send(shown, {"kind": "start"})
    assert shown.state == "broken"


def test_a_store_that_cannot_be_used_is_a_sentence_and_the_interview_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path))
    shown = box()
    assert str(tmp_path) in shown.message
    send(shown, {"kind": "start"})
    assert shown.state == "running" and str(tmp_path) in shown.message


class Tags(HTMLParser):
    """The tags of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)


def test_nothing_that_was_said_becomes_markup() -> None:
    shown = box()
    send(shown, {"kind": "start"})
    for text in labelled(DESIGN, "senior")[0].split("\n\n"):
        send(
            shown,
            {"kind": "say", "text": f"<img src=x onerror=alert(1)> <script>1</script> {text}"},
        )
    send(shown, {"kind": "stop"})
    assert shown.state == "over"
    assert not {"img", "script"} & Tags(shown.card).found


def test_while_a_grader_runs_the_notebook_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    from graders.study import mock

    assert repr(mock.MockInterview("design", minutes=45)) == "MockInterview('design')"
