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
