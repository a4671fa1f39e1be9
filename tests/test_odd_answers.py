"""Two hundred thousand characters of anything: a clear outcome, in words, and soon."""

from __future__ import annotations

import random
import time

import pytest

from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question

SIZE = 200_000
QUESTION = load_question("concept/caching")
HONEST = (
    "I would put a cache in front of the database, because reads dominate and the hot set is small. "
    "Entries end after a minute, so stale data is bounded, and one request loads on a miss."
)
_CHANCE = random.Random(1)
_BYTES = bytes(_CHANCE.randrange(256) for _ in range(SIZE))
NOTHING_TO_JUDGE = {
    "one word": "cache ",
    "one line": "a",
    "quotes": "> ",
    "nested list": "    - ",
    "open tags": "<div>",
    "open brackets": "[",
    "hidden": '<span style="color:white">x',
    "comments": "<!--",
    "emojis": "😀",
    "families": "👨\u200d👩\u200d👧",
    "combining marks": "e\u0301\u0323\u0324",
    "halves of characters": "\ud800",
    "invisible": "\u200b",
    "questions": "Why? ",
    "commas": "a, ",
    "backticks": "` ",
    "percent": "%41",
    "entities": "&#105;",
    "stars": "★ ",
    "tables": "| a ",
    "letters": "a b ",
    "zeros": "\x00",
    "images": "![a](",
    "level lines": "level: senior\n",
}
FOREIGN = {
    "German": "Ich würde mit Cache-Aside anfangen, weil die Last vor allem aus Lesen besteht. ",
    "Chinese": "我会先用缓存旁路模式，因为读多写少。数据库压力很大。",
    "Arabic": "سأضع ذاكرة تخزين مؤقت أمام قاعدة البيانات. ",
}


def filled(piece: str, size: int = SIZE) -> str:
    return (piece * (size // len(piece) + 1))[:size]


@pytest.mark.parametrize("piece", NOTHING_TO_JUDGE.values(), ids=NOTHING_TO_JUDGE)
def test_what_is_no_answer_is_off_with_a_reason_for_a_person(piece: str) -> None:
    score = grade(QUESTION, filled(piece), judge=ScriptedJudge())
    assert score.level in (Level.OFF, None)
    assert "truncated" in score.flags
    assert score.needs_review
    assert score.reasons


@pytest.mark.parametrize("piece", FOREIGN.values(), ids=FOREIGN)
def test_another_language_waits_for_a_person_whatever_its_length(piece: str) -> None:
    score = grade(QUESTION, filled(piece), judge=ScriptedJudge())
    assert score.points is None
    assert "not_english" in score.flags


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le"])
def test_random_bytes_are_no_answer(encoding: str) -> None:
    score = grade(QUESTION, _BYTES.decode(encoding, errors="replace"), judge=ScriptedJudge())
    assert score.level in (Level.OFF, None)
    assert score.needs_review


@pytest.mark.parametrize("text", ["🙂", "?", ".", "\u0301", "\x00"])
def test_a_single_sign_is_too_short(text: str) -> None:
    score = grade(QUESTION, text, judge=ScriptedJudge())
    assert score.level == Level.OFF
    assert score.needs_review


def test_an_answer_said_a_thousand_times_counts_once() -> None:
    seen = []

    class Reader(ScriptedJudge):
        def judge(self, question, answer):  # type: ignore[no-untyped-def]
            seen.append(" ".join(answer.text.split()))
            return super().judge(question, answer)

    score = grade(QUESTION, filled(HONEST + " "), judge=Reader())
    assert "left_out" in score.flags
    assert seen == [HONEST]


def test_an_honest_answer_in_front_of_noise_is_judged() -> None:
    score = grade(QUESTION, f"{HONEST}\n\n{filled('#', 50_000)}", judge=ScriptedJudge())
    assert score.level == Level.MID


@pytest.mark.parametrize(
    "piece",
    [
        *NOTHING_TO_JUDGE.values(),
        *FOREIGN.values(),
        "w1 the a2 of ",
        "#",
        "<!",
        "&#1;",
        HONEST + "\n\n",
    ],
)
def test_twice_the_text_takes_no_more_than_some_times_as_long(piece: str) -> None:
    def seconds(size: int) -> float:
        text = filled(piece, size)
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            grade(QUESTION, text, judge=ScriptedJudge())
            best = min(best, time.process_time() - started)
        return best

    seconds(5_000)
    # Linear would be 8; quadratic 64. Answers are read up to 60,000 characters.
    assert seconds(56_000) < 24 * seconds(7_000) + 0.05
