"""The language model words the probes; when it fails, leaks or repeats, the bank's words are said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.judges.llm.leaks import find_leak
from graders.progress import Progress
from graders.question import load_question
from graders.study.mock.interview import Interview
from graders.study.mock.voice import ModelVoice
from tests.judges.llm.server import ModelServer
from tests.study.mock.candidates import DESIGN, Clock, labelled


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def probes(server: ModelServer, folder: Path) -> list[tuple[str, str]]:
    """Source and text of all probes of an interview in which the model words them."""
    voice = ModelVoice(server.settings(tries=1))
    interview = Interview.start(
        question_id=DESIGN, pace="spoken", progress=Progress(folder / "p.sqlite3"),
        clock=Clock(), seed="1", voice=voice,
    )  # fmt: skip
    texts = iter([p for text in labelled(DESIGN, "mid") for p in text.split("\n\n")])
    while not interview.over:
        interview.say(next(texts, "Nothing to add."))
    interview.close()
    question = load_question(DESIGN)
    for place, turn in enumerate(interview.transcript):
        if turn.purpose == "probe":
            before = [t.text for t in interview.transcript[:place]]
            assert find_leak(turn.text, question, before) is None
    return [(t.source, t.text) for t in interview.transcript if t.purpose == "probe"]


def test_the_model_words_the_probes(server: ModelServer, tmp_path: Path) -> None:
    count = iter(range(100))
    server.script = lambda request: f"What would you do about the part number {next(count)} of it?"
    found = probes(server, tmp_path)
    assert len(found) >= 3
    assert {source for source, _ in found} == {"model"}


def test_a_model_that_repeats_itself_is_heard_once(server: ModelServer, tmp_path: Path) -> None:
    server.script = lambda request: "What would your users see in those minutes?"
    found = probes(server, tmp_path)
    assert [source for source, _ in found].count("model") <= 1
    assert len(found) >= 3


def test_a_model_that_leaks_is_not_heard(server: ModelServer, tmp_path: Path) -> None:
    question = load_question(DESIGN)
    secret = " ".join(question.criteria[4].senior.split()[:30]).replace("?", ".")
    server.script = lambda request: f"Would you not say that {secret}?"
    assert "model" not in {source for source, _ in probes(server, tmp_path)}


def test_a_server_that_fails_is_not_noticed(server: ModelServer, tmp_path: Path) -> None:
    server.misbehave("500", always=True)
    found = probes(server, tmp_path)
    assert len(found) >= 3
    assert "model" not in {source for source, _ in found}
