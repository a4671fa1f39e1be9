"""Streaming changes when verdicts are seen, never which ones count."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.reply import schema_of
from graders.judges.llm.stream import Pieces, StreamedJudge, streamed
from graders.question import Question, load_question
from graders.score import Verdict
from tests.judges.llm.stream_server import StreamServer

Make = Callable[..., LlmJudge]


@pytest.fixture
def server() -> Iterator[StreamServer]:
    with StreamServer() as running:
        yield running


@pytest.mark.parametrize("mode", ["streams", "whole", "refuses", "no-usage", "slow-comments"])
def test_the_verdicts_are_the_same_however_the_reply_comes(
    mode: str, server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    plain = judge_of(server).judge(question, answer)
    server.mode = mode
    early: list[Verdict] = []
    judge = judge_of(server)
    assert StreamedJudge(judge, early.append).judge(question, answer) == plain
    assert early == (plain if mode not in ("whole", "refuses") else [])
    assert judge.usage.calls == 2 if mode != "whole" else True  # the probe and the answer


def test_a_verdict_is_told_while_the_rest_is_still_being_written(
    server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.gate = threading.Event()
    early: list[Verdict] = []

    def told(verdict: Verdict) -> None:
        early.append(verdict)
        assert server.gate is not None
        server.gate.set()

    # The server goes on beyond the middle only when something was told, or after ten seconds.
    judge = judge_of(server, timeout=9, tries=1)
    StreamedJudge(judge, told).judge(question, answer)
    assert len(early) == len(question.criteria)


def test_usage_is_counted_as_the_server_tells_it(
    server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    judge = judge_of(server, output="json_schema")
    StreamedJudge(judge, lambda verdict: None).judge(question, answer)
    assert (judge.usage.input_tokens, judge.usage.output_tokens) == server.tokens
    assert judge.usage.guessed == 0


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("mode", ["breaks-off", "half-line", "error-inside"])
def test_a_stream_that_breaks_is_tried_again_and_told_once(
    mode: str, server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    early: list[Verdict] = []
    judge = judge_of(server)
    judge.check()
    server.once(mode)
    verdicts = StreamedJudge(judge, early.append).judge(question, answer)
    assert [v.criterion for v in early] == [c.id for c in question.criteria]
    assert early == verdicts


@pytest.mark.usefixtures("short_waits")
def test_a_stream_without_end_is_cut(
    server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.mode = "endless"
    with pytest.raises(JudgeError, match="larger than 1,000,000 bytes"):
        StreamedJudge(judge_of(server, tries=1, output="text"), lambda v: None).judge(
            question, answer
        )


def test_a_verdict_without_a_quote_in_the_answer_is_not_shown_early(
    server: StreamServer, judge_of: Make, question: Question, answer: Answer
) -> None:
    server.script = lambda request: json.dumps(_reply(question, ["nobody ever said this here"]))
    early: list[Verdict] = []
    verdicts = StreamedJudge(judge_of(server), early.append).judge(question, answer)
    assert early == []
    assert {v.level for v in verdicts} == {None}


def test_the_cache_stays_around_a_streamed_judge(
    server: StreamServer, judge_of: Make, question: Question, answer: Answer, tmp_path: Any
) -> None:
    from graders.judges.cached import CachedJudge
    from graders.judges.kept import VerdictStore

    cached = CachedJudge(judge_of(server), VerdictStore(tmp_path / "kept.sqlite3"))
    early: list[Verdict] = []
    first = streamed(cached, early.append).judge(question, answer)
    calls = server.calls
    assert early == first
    assert streamed(cached, early.append).judge(question, answer) == first
    assert server.calls == calls
    cached.close()


def _reply(question: Question, quotes: list[str]) -> dict[str, Any]:
    entry = {"evidence": quotes, "reason": "So it is.", "verdict": "mid", "confidence": "low"}
    return {"suspicious": [], "criteria": {c.id: dict(entry) for c in question.criteria}}


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('{}[]"\\,:'), max_size=30)
ENTRIES = st.fixed_dictionaries(
    {
        "evidence": st.lists(TEXTS, max_size=3),
        "reason": TEXTS,
        "verdict": TEXTS,
        "confidence": TEXTS,
    }
)


@given(
    suspicious=st.lists(TEXTS, max_size=3),
    criteria=st.dictionaries(TEXTS.filter(bool), ENTRIES, max_size=5),
    before=st.sampled_from(["", "```json\n", "Here it is: "]),
    cuts=st.lists(st.integers(0, 3000), max_size=20),
    ascii_only=st.booleans(),
)
def test_every_object_is_found_once_wherever_the_reply_is_cut(
    suspicious: list[str], criteria: dict[str, Any], before: str, cuts: list[int], ascii_only: bool
) -> None:
    reply = {"suspicious": suspicious, "criteria": criteria}
    text = before + json.dumps(reply, ensure_ascii=ascii_only)
    pieces = Pieces()
    found = [pair for cut in [*sorted(cuts), len(text)] for pair in pieces.take(text[:cut])]
    assert found == list(criteria.items())
    assert pieces.suspicious == suspicious


@given(st.text(max_size=300) | st.text(st.sampled_from('{}[]"\\:,criteria '), max_size=300))
def test_no_text_makes_the_splitter_fail(text: str) -> None:
    assert all(isinstance(entry, dict) for _, entry in Pieces().take(text))


def test_suspicious_passages_come_before_the_verdicts() -> None:
    # The preview leaves out quotes of such passages, so it has to know them first.
    properties = schema_of(load_question("concept/caching"))["properties"]
    assert list(properties) == ["suspicious", "criteria"]
