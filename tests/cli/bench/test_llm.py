"""`bench levels --judge llm` measures a model on labelled answers; `bench llm` how fast it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.cli.bench.llm import obeyed_section, section, spread
from graders.judges.factory import composed
from graders.training.labelled import load_labelled
from graders.training.obeying import OBEDIENCES, Obeyed, Waiting
from graders.training.throughput import Run as Throughput
from graders.training.throughput import measure
from tests.cli.bench.conftest import Run, lines, table_under
from tests.judges.llm.server import ModelServer, Request, answer_in, verdicts

HARSH = {"staff": "senior", "senior": "mid", "mid": "below", "below": "off", "off": "off"}


@pytest.fixture
def labels(small_set: Path) -> dict[str, str]:
    """The beginning of an answer -> its label."""
    entries = [json.loads(e) for p in (small_set / "answers").iterdir() for e in lines(p)]
    return {" ".join(entry["text"].split())[:60]: entry["level"] for entry in entries}


@pytest.fixture
def server(
    labels: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModelServer]:
    """A model that gives every answer one level less than its label, where there is one."""

    def harsh(request: Request) -> str:
        answer = " ".join(answer_in(request).split())
        label = next(label for text, label in labels.items() if text[:30] in answer)
        return json.dumps(verdicts(request, HARSH[label]))

    with ModelServer(harsh) as running:
        monkeypatch.setenv("SENIORKIT_JUDGE_URL", running.base_url)
        monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", "tiny")
        monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)
        yield running


def test_a_model_is_measured_calibrated_and_asked_once(
    small_set: Path, server: ModelServer, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", small_set, "--judge", "llm", "--limit", 24) == 0
    said = capsys.readouterr()
    assert "24 labelled answers to 3 questions" in said.out
    assert "estimate: 24 answers" in said.err
    whole = table_under(said.out, "## Levels by the language model tiny")[0]
    assert int(whole[1]) + int(said.out.partition("itself. ")[2].split()[0]) == 24
    assert float(whole[4]) < 0.5, "a harsh model agrees with hardly any label"
    calls = server.calls
    assert run("levels", small_set, "--judge", "llm", "--limit", 24) == 0
    assert capsys.readouterr().out == said.out
    assert server.calls == calls


def test_what_was_measured_can_be_used_by_the_judge(
    small_set: Path, server: ModelServer, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("levels", small_set, "--judge", "llm") == 0
    shown = capsys.readouterr().out
    from graders.judges.llm.settings import load_settings

    settings = load_settings()
    judge = composed(settings.model_copy(update={"calibrated": True}))
    assert "calibrated" in judge.version
    judge.close()
    for kind, count, raw, calibrated in table_under(shown, "### Calibrated"):
        assert int(count) > 0, kind
        assert float(calibrated) < float(raw), f"{kind}: the map brings nothing"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(("--judge", "nobody"), "nobody"), (("--limit", 3), "--limit"), (("--limit", 0), "limit")],
)
def test_wrong_use_is_a_sentence(
    arguments: tuple[object, ...],
    told: str,
    small_set: Path,
    run: Run,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("levels", small_set, *arguments) == 2
    assert told in capsys.readouterr().err


def test_a_limit_takes_answers_from_the_whole_set(small_set: Path) -> None:
    answers = load_labelled(small_set / "answers")
    few = spread(answers, 6)
    assert len({one.id for one in few}) == 6
    assert {one.question_id for one in few} == {one.question_id for one in answers}
    assert spread(answers, None) == spread(answers, 10**6) == answers


def test_every_answer_is_asked_about_once_and_several_at_a_time() -> None:
    found = measure(48, at_once=16, latency=0.5)
    assert found.calls == 48
    assert 1 / 16 < found.of_ideal <= 1.05
    assert found.again < found.seconds
    row = section([found]).splitlines()[-1]
    assert row.startswith("| 48 | 16 | 0.5 s |") and "| 48 |" in row[4:]


def test_the_ideal_is_what_the_server_alone_would_take() -> None:
    assert Throughput(640, 16, 0.3, 12.0, 1.0, 640, 100.0).of_ideal == pytest.approx(1)
    assert Throughput(640, 16, 0.3, 24.0, 1.0, 640, 100.0).of_ideal == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("seconds", "calls", "reached"), [(13.0, 640, "yes"), (14.0, 640, "no"), (13.0, 641, "no")]
)
def test_a_slow_run_or_one_that_asks_again_is_said_to_miss(
    seconds: float, calls: int, reached: str
) -> None:
    run = Throughput(640, 16, 0.3, seconds, 1.0, calls, 100.0)
    assert section([run]).splitlines()[-1].endswith(f"| {reached} |")


@pytest.mark.parametrize(("raised", "reached"), [(0, "yes"), (1, "no")])
def test_an_attempt_that_works_on_a_model_that_obeys_is_said_to_miss(
    raised: int, reached: str
) -> None:
    row = Obeyed(OBEDIENCES[0].name, 10, 5, raised, 0, 0)
    shown = obeyed_section([row], Waiting(10, 1, 1))
    (line,) = [one for one in shown.splitlines() if OBEDIENCES[0].name in one]
    assert line.endswith(f"| {reached} |")
