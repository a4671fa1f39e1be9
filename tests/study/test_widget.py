"""`AnswerBox` without a kernel: what the page sends, and what it gets to show."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.answers import MAX_ANSWER_CHARS, Answer, AnswersFile
from graders.judges.base import Judge
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Progress
from graders.question import Question, load_question
from graders.question.reference import reference_question
from graders.score import Verdict
from graders.study import AnswerBox
from graders.study.noted import noted_session
from graders.study.practice import changes
from graders.study.session import AnswerSession
from tests.conftest import ESSAY

CACHING = "concept/caching"


@pytest.fixture(autouse=True)
def _in_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def make_box(judge: Judge | None = None) -> AnswerBox:
    reader = judge or ScriptedJudge(default=Level.MID)
    return listened(AnswerBox(CACHING, session=AnswerSession(CACHING, judge=reader)))


def listened(box: Any) -> AnswerBox:
    """*box*, whose messages to the page are collected in `box.told`."""
    box.told = []
    box.send = box.told.append
    return box


def shown(box: AnswerBox) -> str:
    """The result as the page shows it: the card with its texts in place."""
    return re.sub(
        r'<span data-sk-said="(\d+)"></span>',
        lambda slot: html.escape(box.said[int(slot[1])]),
        box.result,
    )


def send(box: AnswerBox, content: Any) -> None:
    """Deliver a message as the page's `model.send(content)` does."""
    box._handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})


def saved() -> dict[str, str]:
    return {key: entry.text for key, entry in AnswersFile(Path("answers.json")).read().items()}


class Tags(HTMLParser):
    """The tags of a fragment, with their attributes."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag + "".join(f" {name}={value}" for name, value in attrs))


def test_a_new_box_shows_its_question_and_is_ready() -> None:
    box = AnswerBox(CACHING)
    question = load_question(CACHING)
    assert (box.question_id, box.prompt, box.minutes) == (
        CACHING,
        question.prompt,
        question.minutes,
    )
    assert (box.state, box.text, box.message, box.result) == ("ready", "", "", "")
    assert repr(box) == "AnswerBox('concept/caching')"


def test_a_draft_is_saved_and_there_again_in_the_next_box() -> None:
    box = make_box()
    send(box, {"kind": "draft", "text": "first words"})
    assert (box.state, box.text, box.message) == ("saved", "first words", "")
    assert AnswerBox(CACHING).text == "first words"
    assert box.result == "", "a draft is not judged"


def test_in_an_assignment_the_answer_is_saved_under_its_cell() -> None:
    send(AnswerBox(CACHING, grade_id="answer-1"), {"kind": "draft", "text": "words"})
    assert saved() == {"answer-1": "words"}


def test_submitting_shows_level_attempt_and_what_came_before() -> None:
    box = make_box()
    send(box, {"kind": "submit", "text": ESSAY})
    assert (box.state, box.text, box.message) == ("judged", ESSAY, "")
    assert box.summary == "Attempt 1: mid."
    assert "Reads as <strong>mid</strong>" in box.result
    again = make_box(ScriptedJudge(default=Level.SENIOR))
    send(again, {"kind": "submit", "text": ESSAY})
    assert again.summary == "Attempt 2: senior, one level up from mid."
    assert "one level up from mid" in again.result
    assert again.result.count("was mid") == len(load_question(CACHING).criteria)
    assert len(Progress().attempts(CACHING)) == 2


@pytest.mark.parametrize(
    "content",
    [None, 5, "submit", [], ["kind", "submit"], {}, {"kind": "submit"}, {"text": "x"},
     {"kind": "submit", "text": None}, {"kind": "submit", "text": ["x"]},
     {"kind": ["submit"], "text": "x"}, {"kind": "erase", "text": "x"}, {"kind": None, "text": ""}],
    ids=repr,
)  # fmt: skip
def test_malformed_messages_change_nothing(content: Any) -> None:
    box = make_box()
    send(box, {"kind": "draft", "text": "kept"})
    before = box.get_state()
    send(box, content)
    assert box.get_state() == before
    assert saved() == {CACHING: "kept"}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "text", "x"]), inner, max_size=3)
    ),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
def test_no_message_breaks_the_box(content: Any) -> None:
    box = make_box()
    send(box, content)
    send(box, {"kind": "draft", "text": "still here"})
    assert (box.state, box.text) == ("saved", "still here")


def test_an_unknown_question_is_a_sentence_and_the_box_stays_shut() -> None:
    box = AnswerBox("concept/cachingg")
    assert box.state == "broken"
    assert "Did you mean concept/caching" in box.message
    send(box, {"kind": "submit", "text": "words"})
    assert (box.state, saved()) == ("broken", {})


@pytest.mark.parametrize("kind", ["draft", "submit"])
@pytest.mark.parametrize("text", ["x" * (MAX_ANSWER_CHARS + 1), "half an emoji \ud83d"])
def test_a_text_that_cannot_be_saved_is_a_sentence(kind: str, text: str) -> None:
    box = make_box()
    send(box, {"kind": "draft", "text": "kept"})
    send(box, {"kind": kind, "text": text})
    assert box.state == "not saved"
    assert box.message
    assert saved() == {CACHING: "kept"}
    send(box, {"kind": kind, "text": ESSAY})
    assert (box.state, box.message) == ({"draft": "saved", "submit": "judged"}[kind], "")


@pytest.mark.parametrize("damaged", ["{", "[]", '{"schema_version": 7}'])
def test_a_damaged_sidecar_is_a_sentence_and_is_not_overwritten(damaged: str) -> None:
    Path("answers.json").write_text(damaged)
    box = make_box()
    assert "answers.json" in box.message
    for kind in ("draft", "submit"):
        send(box, {"kind": kind, "text": ESSAY})
        assert box.state == "not saved"
        assert "answers.json" in box.message
    assert Path("answers.json").read_text() == damaged


def test_a_result_that_cannot_be_kept_is_shown_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path))
    box = make_box()
    send(box, {"kind": "submit", "text": ESSAY})
    assert box.state == "judged"
    assert "mid" in box.result
    assert str(tmp_path) in box.message


class Stopped:
    """A judge during whose work the learner interrupts the kernel."""

    name, version = "stopped", "1"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("oops"), MemoryError(), RecursionError()], ids=repr)
def test_whatever_a_judge_does_the_box_says_that_a_person_will_read(error: Exception) -> None:
    box = make_box(Stopped(error))
    send(box, {"kind": "submit", "text": ESSAY})
    assert box.state == "judged"
    assert "Not scored yet" in box.result


def test_a_box_whose_judging_was_interrupted_can_be_used_again() -> None:
    box = make_box(Stopped(KeyboardInterrupt()))
    with suppress(KeyboardInterrupt):
        send(box, {"kind": "submit", "text": ESSAY})
    assert box.state not in {"judging", "broken"}, "its button would stay disabled"
    assert saved() == {CACHING: ESSAY}


def interrupted(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


def test_an_answer_whose_judging_was_interrupted_is_confirmed_as_saved() -> None:
    box = make_box(Stopped(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        send(box, {"kind": "submit", "text": ESSAY, "base": "", "tab": "a", "number": 1})
    assert box.told == [{"kind": "kept", "tab": "a", "number": 1, "revision": box.revision}]
    assert (box.text, box.state) == (ESSAY, "saved")
    # The page goes on from there: what it sends next is no change of another tab's.
    send(box, {"kind": "draft", "text": "more", "base": box.told[-1]["revision"], "tab": "a"})
    assert box.told[-1]["kind"] == "kept"


@pytest.mark.parametrize(("kind", "work"), [("draft", "save_draft"), ("submit", "submit")])
@pytest.mark.parametrize("text", [ESSAY, ""])
def test_a_text_whose_saving_was_interrupted_is_refused(
    kind: str, work: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(make_box(), {"kind": "draft", "text": "words"})
    box = make_box()
    message = {"kind": kind, "text": text, "base": box.revision, "tab": "a", "number": 1}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(box._session, work, interrupted)
        send(box, message)
    assert box.told == [{"kind": "refused", "tab": "a", "number": 1}]
    assert box.state == "not saved"
    send(box, {**message, "number": 2})
    assert box.told[-1]["kind"] == "kept"
    assert saved() == {CACHING: text}


def test_a_box_interrupted_while_it_shows_the_result_can_be_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box = make_box()
    monkeypatch.setattr("graders.cards.slotted", interrupted)
    with pytest.raises(KeyboardInterrupt):
        send(box, {"kind": "submit", "text": ESSAY})
    assert box.state not in {"judging", "broken"}


def test_a_folder_that_has_vanished_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    box = AnswerBox(CACHING)
    send(box, {"kind": "draft", "text": "words"})
    assert box.state in {"not saved", "broken"}
    assert box.message


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</section><iframe>", "{{ x }}"],
)
def test_nothing_of_the_answer_is_in_the_part_that_the_page_parses(text: str) -> None:
    box = make_box()
    send(box, {"kind": "submit", "text": f"{text} {ESSAY}"})
    assert box.state == "judged"
    assert ESSAY[:40] not in box.result
    assert any(text in said for said in box.said)
    tags = Tags(box.result).tags
    assert not [tag for tag in tags if re.match(r"(script|img|iframe)\b|.* on\w+=", tag)]


def test_what_is_saved_is_confirmed_to_the_tab_that_sent_it() -> None:
    box = make_box()
    send(box, {"kind": "draft", "text": "words", "base": "", "tab": "a", "number": 3})
    (kept,) = box.told
    assert (kept["kind"], kept["tab"], kept["number"]) == ("kept", "a", 3)
    assert kept["revision"] == box.revision != ""
    send(box, {"kind": "submit", "text": ESSAY, "base": box.revision, "tab": "a", "number": 4})
    assert box.told[-1] == {"kind": "kept", "tab": "a", "number": 4, "revision": box.revision}


def test_a_text_that_is_refused_is_not_confirmed() -> None:
    box = make_box()
    for kind in ("draft", "submit"):
        send(box, {"kind": kind, "text": "x" * (MAX_ANSWER_CHARS + 1), "tab": "a", "number": 1})
        assert box.told.pop() == {"kind": "refused", "tab": "a", "number": 1}


@pytest.mark.parametrize("kind", ["draft", "submit"])
def test_two_tabs_do_not_write_over_each_other(kind: str) -> None:
    first, second = make_box(), make_box()
    send(first, {"kind": "draft", "text": "of the first tab", "base": "", "tab": "a", "number": 1})
    mine = {"kind": kind, "text": ESSAY, "base": "", "tab": "b", "number": 1}
    send(second, mine)
    assert second.told == [
        {"kind": "elsewhere", "tab": "b", "number": 1, "text": "of the first tab",
         "revision": first.revision}
    ]  # fmt: skip
    assert saved() == {CACHING: "of the first tab"}
    assert (second.result, Progress().attempts()) == ("", [])
    # "Keep mine": the other revision is now known to the tab.
    send(second, {**mine, "base": first.revision})
    assert saved() == {CACHING: ESSAY}


def test_nothing_new_elsewhere_is_no_conflict() -> None:
    first, second = make_box(), make_box()
    send(first, {"kind": "draft", "text": "same", "base": "", "tab": "a", "number": 1})
    send(second, {"kind": "draft", "text": "same", "base": "", "tab": "b", "number": 1})
    assert second.told[-1]["kind"] == "kept"


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [(61.5, 61.5), (0, 0.0), (10**12, 86_400.0), (-1, None), (True, None), ("61", None),
     (float("nan"), None), (float("inf"), None), (None, None)],
)  # fmt: skip
def test_the_time_of_the_page_is_kept_if_it_can_be_one(seconds: Any, kept: float | None) -> None:
    send(make_box(), {"kind": "submit", "text": ESSAY, "seconds": seconds})
    assert [attempt.seconds for attempt in Progress().attempts()] == [kept]


def test_a_varied_question_shows_its_change_apart() -> None:
    change = changes(load_question("design/chat"))[0]
    session = noted_session("design/chat", variation=change.id, judge=ScriptedJudge())
    box = AnswerBox("design/chat", session=session)
    assert box.prompt == load_question("design/chat").prompt
    assert box.change.startswith(change.ask)
    assert AnswerBox("design/chat").change == ""
    assert box.place != AnswerBox("design/chat").place, "their drafts are kept apart"


def test_a_quick_check_with_a_reference_answer_has_neither_hints_nor_model_answer() -> None:
    question = reference_question(
        "What is a stack?", "A stack is a data structure that gives back the last element first."
    )
    box = AnswerBox(question)
    send(
        box, {"kind": "submit", "text": "A data structure that gives back the last element first."}
    )
    assert box.state == "judged"
    assert "Reads as" in box.result
    assert (box.ladder, box.model) == (0, "none")
    for kind in ("hint", "model"):
        send(box, {"kind": kind})
    assert (box.hints, box.model_answers) == ([], {})


def test_the_box_names_the_same_place_after_a_restart_and_another_for_another_cell() -> None:
    assert make_box().place == make_box().place != ""
    assert AnswerBox(CACHING, grade_id="answer-1").place != make_box().place
