"""What the table `[judge]` asks for stands around the language-model judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.errors import StoreError, UsageError
from graders.grading import grade
from graders.judges.ahead import JudgeAround
from graders.judges.base import JudgeOfMany
from graders.judges.cached import CachedJudge
from graders.judges.calibration import Calibration, save
from graders.judges.factory import composed, judge_named
from graders.judges.kept import FILE, cache_folder
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.settings import JudgeSettings, load_settings
from graders.judges.second_look import SecondLookJudge
from tests.judges.llm.server import ModelServer

TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded."
)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENIORKIT_JUDGE_KEY", "OPENAI_API_KEY", "SENIORKIT_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings(tmp_path: Path, table: str) -> JudgeSettings:
    file = tmp_path / "seniorkit.toml"
    file.write_text(f'[judge]\nmodel = "one"\nbase_url = "http://127.0.0.1:9/v1"\n{table}')
    return load_settings(file)


def models(judge: object) -> list[JudgeSettings]:
    if isinstance(judge, LlmJudge):
        return [judge.settings]
    assert isinstance(judge, JudgeAround)
    return [found for inner in judge.inner for found in models(inner)]


def test_verdicts_are_kept_and_looked_at_unless_one_says_no(tmp_path: Path) -> None:
    judge = composed(settings(tmp_path, ""))
    assert isinstance(judge, SecondLookJudge)
    assert judge.other.name == "embedded"
    assert isinstance(judge.inner[0], CachedJudge)
    assert isinstance(composed(settings(tmp_path, "second_look = false")), CachedJudge)
    bare = settings(tmp_path, "cache = false\nsecond_look = false")
    assert isinstance(composed(bare), LlmJudge)


def test_the_folder_may_be_named(tmp_path: Path) -> None:
    table = f'cache = "{tmp_path}/elsewhere"\nsecond_look = false'
    judge = composed(settings(tmp_path, table))
    assert isinstance(judge, CachedJudge)
    assert judge.store.path == tmp_path / "elsewhere" / FILE


def test_a_damaged_file_stops_the_run_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 100)
    with pytest.raises(StoreError, match="Move the file away"):
        composed(settings(tmp_path, f'cache = "{tmp_path}"'))


def test_the_second_reader_differs_only_in_what_it_names(tmp_path: Path) -> None:
    judge = composed(settings(tmp_path, 'timeout = 7\n[judge.panel]\nmodel = "two"\nseed = 3'))
    first, second = models(judge)
    assert judge.name == "panel"
    assert (first.model, second.model, second.seed, second.timeout) == ("one", "two", 3, 7)


def test_the_budget_is_one_for_both_readers(tmp_path: Path) -> None:
    table = '[judge.budget]\ntokens = 1000\n[judge.panel]\nmodel = "two"'
    assert [found.budget.tokens for found in models(composed(settings(tmp_path, table)))] == [500, 500]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("[judge.panel]", "the same"),
        ('[judge.panel]\nkey = "sk-planted"', "Extra inputs"),
        ('[judge.panel]\nmodel = "two"\nbase_url = "nowhere"', "http"),
        (
            '[judge.budget]\nmoney = 1\n[judge.prices]\ninput = 1\noutput = 1\n[judge.panel]\nmodel = "t"',
            "prices of the second",
        ),
        ("calibrated = true", "no calibration was measured"),
    ],
)
def test_what_cannot_be_composed_is_wrong_use(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        composed(settings(tmp_path, table))
    assert "sk-planted" not in str(error.value)


def test_a_key_never_goes_to_two_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = '[judge.panel]\nbase_url = "http://127.0.0.1:10/v1"\nmodel = "two"'
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-one")
    with pytest.raises(UsageError, match="two servers"):
        composed(settings(tmp_path, panel))
    monkeypatch.delenv("SENIORKIT_JUDGE_KEY")
    monkeypatch.setenv("FIRST", "sk-first")
    first, second = models(composed(settings(tmp_path, f'key_env = "FIRST"\n{panel}')))
    assert (first.key_env, second.key_env) == ("FIRST", None)


def test_all_at_once_grades_an_answer(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = server.settings(calibrated=True, second_look=True, panel={"model": "two"})
    for model in ("tiny", "two"):
        version = LlmJudge(table.model_copy(update={"model": model})).version
        save(Calibration(judge="llm", version=version), cache_folder())
    judge = composed(table)
    score = grade("concept/caching", TEXT, judge=judge)
    assert isinstance(judge, JudgeOfMany)
    assert score.points is not None
    assert (score.judge, server.calls - server.probes) == ("panel", 2)
    assert grade("concept/caching", TEXT, judge=judge) == score
    assert server.calls - server.probes == 2
    judge.close()


def test_there_is_no_judge_of_another_name() -> None:
    with pytest.raises(UsageError, match="embedded, llm"):
        judge_named("oracle")
