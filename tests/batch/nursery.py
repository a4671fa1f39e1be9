"""Runs of the engine that a test can kill: processes that have imported everything already.

    python -m tests.batch.nursery

Reads one run a line, as JSON, forks a process for it and prints its number; `wait` waits for the
last one and prints its exit status.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from graders.answers import Answer
from graders.batch import grade_assignment
from graders.batch.worker import run as run_task
from graders.judges.scripted import ScriptedJudge
from graders.question import Question
from graders.score import Verdict


class AtOnce(Executor):
    """Runs each task in this very process, at once."""

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **named))
        return future


class CountingJudge(ScriptedJudge):
    """A judge whose every call is kept in a file: `asked`, and `answered` when it has been."""

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        log = Path(os.environ["CALLS"])
        with log.open("a") as file:
            file.write(json.dumps(["asked", answer.text]) + "\n")
        time.sleep(0.002)
        verdicts = super().judge(question, answer)
        with log.open("a") as file:
            file.write(json.dumps(["answered", answer.text]) + "\n")
        return verdicts


def grade(root: str, assignment: str, *, inside: bool = True, workers: int = 2) -> int:
    """One run; the status says whether all were graded."""
    outcome = grade_assignment(
        Path(root), assignment, judge=CountingJudge(), workers=workers,
        executor=AtOnce() if inside else None,
    )  # fmt: skip
    return 1 if outcome.failed else 0


def main() -> None:
    child = 0
    assert callable(run_task), "imported before the first fork"
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "wait":
            status = os.waitpid(child, 0)[1]
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        run = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            os.environ["CALLS"] = run.pop("calls")
            status = 3
            try:
                status = grade(**run)
            except BaseException as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(status)
        print(child, flush=True)


if __name__ == "__main__":
    main()
