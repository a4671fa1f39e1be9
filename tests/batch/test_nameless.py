"""Nothing that identifies a learner goes to a language model, and the quotes come back whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.batch.judging import JudgingPass
from graders.batch.ledger import Ledger
from graders.batch.nameless import Nameless, restored
from graders.batch.task import Deferred
from graders.gradebook.term import Learner
from graders.judges.llm.judge import LlmJudge
from graders.judges.scripted import ScriptedJudge
from graders.question import load_question
from tests.judges.llm.server import ModelServer

LEARNERS = [
    Learner("learner-01", "Zsófia", "O'Hara", "zsofia@uni.example"),
    Learner("grace", "Grace", "Will", "gw@uni.example"),
    Learner("s-77", "Jean-Luc", "de la Cruz"),
]
NAMES = Nameless(LEARNERS)
TEXT = (
    "I am Zsófia O'Hara (learner-01, zsofia@uni.example, +36 30 123 4567), and I would put the pages "
    "behind cache-aside. Grace Will and de la Cruz, Jean-Luc agreed, s-77 measured it. With grace we "
    "will keep a stampede back by one rebuild per key. Zsófia wrote the plan; 40,000 requests a second."
)


def test_what_identifies_a_learner_is_hidden_and_nothing_else() -> None:
    sent = NAMES.hidden("learner-01", TEXT)
    for name in (
        "Zsófia",
        "O'Hara",
        "learner-01",
        "@uni",
        "123",
        "Grace Will",
        "Cruz",
        "Luc",
        "s-77",
    ):
        assert name not in sent, name
    for words in ("behind cache-aside", "With grace we will keep", "40,000 requests a second"):
        assert words in sent
    assert sent.startswith("I am Xxxxxx X'Xxxx (xxxxxxx-00, xxxxxx@xxx.xxxxxxx, +00 00 000 0000)")


@given(st.text(max_size=200), st.sampled_from(["learner-01", "grace", "nobody"]))
def test_an_answer_stays_as_long_as_it_was(text: str, student: str) -> None:
    sent = NAMES.hidden(student, text)
    assert len(sent) == len(text)
    assert NAMES.hidden(student, sent) == sent


@given(st.text(alphabet="abc, ;.\n0123456789", max_size=200))
def test_an_answer_without_names_stays_as_it_is(text: str) -> None:
    assert NAMES.hidden("learner-01", text) == text


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def _judged(judge: object, tmp_path: Path, student: str, text: str) -> object:
    question = load_question("concept/caching")
    with Ledger(tmp_path, "week01") as ledger:
        judging = JudgingPass(judge, {"n": {"a": question}}, ledger, NAMES)  # type: ignore[arg-type]
        ((_, (line,)),) = judging.judged(
            [student], lambda _: [Deferred(notebook="n", grade_id="a", text=text)]
        )
        return line


def test_the_model_sees_no_name_and_its_quotes_are_the_learners_own_words(
    server: ModelServer, tmp_path: Path
) -> None:
    judge = LlmJudge(server.settings())
    try:
        line = _judged(judge, tmp_path, "learner-01", TEXT)
    finally:
        judge.close()
    sent = json.dumps(list(server.requests), ensure_ascii=False)
    assert "cache-aside" in sent
    for name in ("Zsófia", "Hara", "learner-01", "uni.example", "Grace Will", "Cruz", "s-77"):
        assert name not in sent, name
    quotes = [q for verdict in line.score.verdicts for q in verdict.evidence]  # type: ignore[attr-defined]
    assert quotes and all(quote in TEXT for quote in quotes)
    assert any("Zsófia" in quote for quote in quotes)


def test_a_judge_on_this_machine_reads_the_words_as_they_are(tmp_path: Path) -> None:
    line = _judged(ScriptedJudge(), tmp_path, "learner-01", TEXT)
    assert line.answer == TEXT  # type: ignore[attr-defined]


def test_a_quote_that_is_not_there_stays_as_it_is() -> None:
    from tests.cohorts.test_privacy import _score

    score = _score("never said")
    assert restored(score, "Xxx says", "Ann says") == score
    assert restored(_score("Xxx"), "Xxx says", "Ann says").verdicts[0].evidence == ("Ann",)
