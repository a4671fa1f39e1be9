"""Shared by the tests of the language-model judge: a server, short waits, an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graders.answers import Answer
from graders.judges.llm import retry
from graders.judges.llm.judge import LlmJudge
from graders.question import Question, load_question
from tests.judges.llm.server import ModelServer

TEXT = (
    "I would put the product pages behind cache-aside with a one-minute age limit.\n"
    "A stale price is harmless until checkout, where we read the database.\n"
    "A stampede is held back by one rebuild per key."
)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("CONFIG", "JUDGE_URL", "JUDGE_MODEL", "JUDGE_KEY"):
        monkeypatch.delenv(f"SENIORKIT_{name}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_WAIT", 0.01)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def judge_of() -> Iterator[Callable[..., LlmJudge]]:
    """Makes judges that are closed after the test."""
    made: list[LlmJudge] = []

    def make(server: ModelServer, **settings: Any) -> LlmJudge:
        made.append(LlmJudge(server.settings(**settings)))
        return made[-1]

    yield make
    for judge in made:
        judge.close()


@pytest.fixture(scope="session")
def question() -> Question:
    return load_question("concept/caching")


@pytest.fixture
def answer(question: Question) -> Answer:
    return Answer(question_id=question.id, text=TEXT)
