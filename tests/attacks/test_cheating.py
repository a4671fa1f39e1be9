"""Each attack pays nothing, harms nobody else, and is reported."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from graders.batch import grade_assignment, write_feedback
from graders.batch.outcome import Outcome
from graders.kernels import isolation
from tests.attacks.attack import Attack
from tests.attacks.course import HW, SECRETS, TESTS, Target
from tests.attacks.notebooks import ATTACKS
from tests.attacks.running import LOOKED
from tests.preprocessors.test_feedback import Page

pytestmark = pytest.mark.timeout(600)

FIRST, LAST = "aaa-honest", "zzz-honest"
KEY = SECRETS[0]
MARK = f"31337.{secrets.randbelow(10**9)}"
"""How long a process sleeps that an attack leaves behind."""


@dataclass(frozen=True)
class Attacked:
    """The course after all attacks were graded in one run."""

    target: Target
    outcome: Outcome
    schema: list[tuple[str, str]]
    digests: dict[str, str]
    processes: set[str]

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


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    assert isolation(), "attacks are run in the sandbox or not at all"
    target = Target.build(tmp_path_factory.mktemp("attacked"))
    other = target.hand_in("another", target.solved())
    (other / "notes.txt").write_text(SECRETS[3])
    grade_assignment(target.root, HW, workers=2)
    schema, digests = target.schema(), target.digests()
    for name in (FIRST, LAST):
        target.hand_in(name, target.solved())
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("OPENAI_API_KEY", KEY)
        port = str(server.getsockname()[1])
        for attack in ATTACKS:
            code = attack.code.replace("PORT", port).replace("31337.25", MARK)
            replace(attack, code=code).hand_in(target, learner(attack))
        outcome = grade_assignment(target.root, HW, workers=2)
    yield Attacked(target, outcome, schema, digests, running())


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
    shown = [
        str(output.get("text", ""))
        for cell in json.loads(text)["cells"]
        for output in cell.get("outputs", [])
    ] if attack.category == "spying" else []  # fmt: skip
    assert attack.category != "spying" or any(LOOKED in output for output in shown)
    for sign in ("CONNECTED", ".checks.yaml", "gradebook.db", "BEGIN SOLUTION", "### BEGIN"):
        assert not [output for output in shown if sign in output]


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
    everybody = {learner(attack) for attack in ATTACKS} | {FIRST, LAST, "another"}
    assert {*outcome.graded, *outcome.unchanged, *outcome.failed} == everybody


def test_pages_do_nothing(attacked: Attacked) -> None:
    write_feedback(attacked.target.root, HW)
    pages = list((attacked.target.root / "feedback").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert Page(text).active == []
        assert "BEGIN HIDDEN" not in text
