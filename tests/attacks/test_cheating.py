"""Each attack pays nothing, harms nobody else, and is reported."""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest

from graders.batch import grade_assignment, write_feedback
from graders.batch.hidden import HiddenChecks
from graders.batch.outcome import Outcome
from graders.batch.task import Result
from graders.kernels import isolation
from tests.attacks.attack import RAN, Attack
from tests.attacks.course import CHECKS, HW, QUESTION, SECRETS, TESTS, Target, write
from tests.attacks.notebooks import ATTACKS
from tests.preprocessors.test_feedback import Page

pytestmark = pytest.mark.timeout(600)

FIRST, LAST = "aaa-honest", "zzz-honest"
WRONG = "wrong"
"""A learner whose solutions are those of all attackers, and who attacks nothing."""

KEY = SECRETS[0]
MARK = f"31337.{secrets.randbelow(10**9)}"
"""How long a process sleeps that an attack leaves behind."""


@dataclass(frozen=True)
class Attacked:
    """The course after all attacks were graded in one run.

    Attributes:
        keyholders: How many processes of the grading side had the key in their environment.
        answers: Learner -> all that their kernel answered to hidden checks.
    """

    target: Target
    outcome: Outcome
    schema: list[tuple[str, str]]
    digests: dict[str, str]
    processes: set[str]
    keyholders: int
    answers: dict[str, str]

    def told(self, attack: Attack) -> str:
        """What the run says about the attack."""
        name = learner(attack)
        reasons = self.outcome.attention.get(name, ())
        return "; ".join([*reasons, self.outcome.failed.get(name, "")]).strip("; ")


def learner(attack: Attack) -> str:
    return f"m-{ATTACKS.index(attack):02d}"


def running() -> set[str]:
    """Command lines of all processes but this one's family."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


@contextmanager
def key_in_the_environment() -> Iterator[None]:
    """Lets this process have the key, and the workers, whose server keeps the one it began with."""
    server = forkserver._forkserver  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        server._stop()
        try:
            yield
        finally:
            server._stop()


def keyholders() -> int:
    """How many processes that this one has started have the key in their environment."""
    found = psutil.Process().children(recursive=True)
    return sum(KEY.encode() in Path(f"/proc/{one.pid}/environ").read_bytes() for one in found)


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that everybody may read, so that the sandbox alone keeps learners' code out."""
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def answers_heard() -> Iterator[dict[str, str]]:
    """Learner -> what their kernel answered to hidden checks: it is compared, and not kept."""
    heard: dict[str, str] = {}
    compare = HiddenChecks.compare

    def hear(checks: HiddenChecks, result: Result) -> Result:
        texts = [seen.text for book in result.observations.values() for seen in book]
        heard[result.student] = "\n".join(texts)
        return compare(checks, result)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HiddenChecks, "compare", hear)
        yield heard


@pytest.fixture(scope="module")
def attacked() -> Iterator[Attacked]:
    assert isolation(), "attacks are run in the sandbox or not at all"
    with public_folder() as root, key_in_the_environment(), answers_heard() as answers:
        target = Target.build(root)
        solved = target.solved()
        write(solved, "essay", SECRETS[3])
        other = target.hand_in("another", solved)
        (other / "notes.txt").write_text(SECRETS[3])
        grade_assignment(target.root, HW, workers=2)
        schema, digests = target.schema(), target.digests()
        for name in (FIRST, LAST):
            target.hand_in(name, target.solved())
        target.hand_in(WRONG, target.wrong(WRONG))
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            for attack in ATTACKS:
                code = attack.code.replace("PORT", port).replace("31337.25", MARK)
                replace(attack, code=code).hand_in(target, learner(attack))
            outcome = grade_assignment(target.root, HW, workers=2)
        yield Attacked(target, outcome, schema, digests, running(), keyholders(), answers)


ids = [attack.name for attack in ATTACKS]


def test_there_are_at_least_25_attacks_of_all_kinds() -> None:
    assert len(ATTACKS) >= 25
    assert len(set(ids)) == len(ids)
    assert len({attack.category for attack in ATTACKS}) == 7


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
def test_it_pays_nothing(attack: Attack, attacked: Attacked) -> None:
    cells = attacked.target.grades(learner(attack))
    if not cells:
        assert learner(attack) in attacked.outcome.failed
    for name in set(TESTS) & set(cells):
        cell = cells[name]
        assert cell.points == 0 or (cell.points is None and cell.needs_review), (name, cell)
        assert cell.max_points == TESTS[name]


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
def test_it_is_reported(attack: Attack, attacked: Attacked) -> None:
    told = attacked.told(attack)
    assert bool(told) or attack.silent, "nobody would look at it"


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
def test_it_finds_no_secret(attack: Attack, attacked: Attacked) -> None:
    text = attacked.target.autograded(learner(attack))
    for secret in SECRETS:
        assert secret not in text
        assert secret not in attacked.answers.get(learner(attack), "")
    if attack.category == "spying":
        for sign in ("CONNECTED", ".checks.yaml", "gradebook.db", "BEGIN SOLUTION", "### BEGIN"):
            assert not [output for output in printed(text) if sign in output]


def printed(notebook: str) -> list[str]:
    """What the cells of a notebook printed."""
    cells = json.loads(notebook)["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return ["".join(output.get("text", [])) for output in outputs]


CODE = [attack for attack in ATTACKS if attack.code]


@pytest.mark.parametrize("attack", CODE, ids=[attack.name for attack in CODE])
def test_it_was_an_attack(attack: Attack, attacked: Attacked) -> None:
    """What does not run pays nothing, either, and finds nothing."""
    # On a busy machine any of them may meet the limit before its end; one that looks must not.
    limit = () if attack.category == "spying" else ("ran longer than 3 seconds",)
    stopped = [words for words in (*attack.stopped, *limit) if words in attacked.told(attack)]
    if stopped or attack.stopped:
        assert stopped
        return
    shown = printed(attacked.target.autograded(learner(attack)))
    assert [output for output in shown if RAN in output.splitlines()]


def test_there_were_secrets_to_be_found(attacked: Attacked) -> None:
    assert attacked.keyholders
    assert SECRETS[1] in CHECKS
    assert SECRETS[2] in CHECKS
    assert SECRETS[3] in (attacked.target.root / f"submitted/another/{HW}/{HW}.ipynb").read_text()
    spy = next(attack for attack in ATTACKS if attack.name == "questions of hidden checks")
    assert QUESTION in attacked.answers[learner(spy)]


def test_whoever_is_wrong_and_attacks_nothing_is_not_reported(attacked: Attacked) -> None:
    cells = attacked.target.grades(WRONG)
    assert [cells[test].points for test in TESTS] == [0, 0]
    assert not any(cells[test].needs_review for test in TESTS)
    assert WRONG in attacked.outcome.graded
    assert WRONG not in attacked.outcome.attention


@pytest.mark.parametrize("name", [FIRST, LAST, "another"])
def test_honest_learners_have_their_marks(name: str, attacked: Attacked) -> None:
    cells = attacked.target.grades(name)
    assert {test: cells[test].points for test in TESTS} == TESTS
    assert not any(cells[test].needs_review for test in TESTS)
    assert name not in attacked.outcome.failed


def test_the_course_is_as_it_was(attacked: Attacked) -> None:
    assert attacked.target.digests() == attacked.digests
    assert attacked.target.schema() == attacked.schema
    assert not [kind for kind, _ in attacked.schema if kind == "trigger"]


def test_nothing_is_left_running(attacked: Attacked) -> None:
    assert not [line for line in attacked.processes if MARK in line]


def test_every_submission_is_accounted_for(attacked: Attacked) -> None:
    outcome = attacked.outcome
    everybody = {learner(attack) for attack in ATTACKS} | {FIRST, LAST, WRONG, "another"}
    assert {*outcome.graded, *outcome.unchanged, *outcome.failed} == everybody


def test_pages_do_nothing(attacked: Attacked) -> None:
    write_feedback(attacked.target.root, HW)
    pages = list((attacked.target.root / "feedback").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert Page(text).active == []
        assert "BEGIN HIDDEN" not in text
