"""`seniorkit bank`: what is in the bank, what one question holds, and which file is broken."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from graders.cli import main
from graders.levels import DIMENSIONS
from graders.question import BANK, bank_ids, load_question

GOOD = "concept/caching"
ANOTHER = "concept/sharding"


@dataclass(frozen=True)
class Done:
    """What one run of the command line left behind."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
Broken = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `seniorkit bank ...` in a wide, plain terminal."""
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*args: str | Path) -> Done:
        monkeypatch.setattr("sys.argv", ["seniorkit", "bank", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            main()
        return Done(int(exit.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def broken(bank: Path, run: Run) -> Broken:
    """Puts a broken file beside the good one and checks the bank: what the check says of it."""

    def broken(content: str | bytes, name: str = "concept/other.yaml") -> str:
        file = bank / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = run("check", "--folder", bank)
        assert done.returncode == 1, done.stderr
        assert "1 of 2" in done.stdout, "the other question is still checked"
        assert file.name in done.stderr or file.stem in done.stderr
        return done.stderr

    return broken


def plain(text: str) -> str:
    """The words of *text*, without Markdown and line breaks."""
    return " ".join(text.replace("*", "").replace("`", "").split())


def computing(expression: str) -> str:
    """A complete question but for the first of its calculations."""
    found = re.search(r"^    expression: .*$", renamed("concept/other"), re.MULTILINE)
    assert found
    return found.string.replace(found.group(), f'    expression: "{expression}"', 1)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of one complete question."""
    folder = tmp_path / "my-bank"
    target = folder / f"{GOOD}.yaml"
    target.parent.mkdir(parents=True)
    shutil.copy(BANK / f"{GOOD}.yaml", target)
    return folder


def good_text() -> str:
    return (BANK / f"{GOOD}.yaml").read_text(encoding="utf-8")


def renamed(name: str) -> str:
    """Another complete question, called *name*."""
    text = (BANK / f"{ANOTHER}.yaml").read_text(encoding="utf-8")
    return text.replace(f"id: {ANOTHER}", f"id: {name}", 1)


def test_a_text_that_stands_under_two_questions_is_named_with_both_places(
    bank: Path, run: Run
) -> None:
    copied = good_text().replace(f"id: {GOOD}", "id: concept/other", 1)
    (bank / "concept" / "other.yaml").write_text(copied, encoding="utf-8")
    done = run("check", "--folder", bank)
    assert done.returncode == 1
    first = load_question(GOOD).criteria[0].id
    same = f"{GOOD}: criteria.{first}.tip: nearly the same as concept/other criteria.{first}.tip"
    assert same in done.stderr.splitlines()


def test_the_shipped_bank_is_complete(run: Run) -> None:
    done = run("check")
    assert done.returncode == 0, done.stderr
    assert f"{len(bank_ids())} of {len(bank_ids())}" in done.stdout
    assert done.stderr == ""


def test_list_names_every_question_with_its_topic_and_minutes(run: Run) -> None:
    done = run("list")
    assert done.returncode == 0
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if "/" in line.split()[0]}
    assert set(bank_ids()) <= set(rows)
    for question_id in bank_ids()[:5]:
        question = load_question(question_id)
        assert question.topic in rows[question_id]
        assert str(question.minutes) in rows[question_id].split()
        assert question.prompt[:40] in rows[question_id]


def test_the_count_adds_up_and_the_readme_shows_it(run: Run) -> None:
    table = run("count").stdout
    rows = [re.findall(r"[\d,]+", line) for line in table.splitlines()[2:]]
    numbers = [[int(number.replace(",", "")) for number in row] for row in rows]
    *kinds, total = numbers
    assert [sum(column) for column in zip(*kinds, strict=True)] == total
    assert total[0] == len(bank_ids())
    assert total[1] == sum(len(load_question(name).criteria) for name in bank_ids())
    readme = Path(__file__).parents[2] / "README.md"
    assert table in readme.read_text(encoding="utf-8"), "paste `seniorkit bank count` there"


def test_list_can_be_narrowed_to_one_kind(run: Run) -> None:
    shown = run("list", "--kind", "story").stdout
    assert {name for name in bank_ids() if name in shown} == {
        name for name in bank_ids() if name.startswith("story/")
    }


def test_a_kind_that_does_not_exist_is_wrong_use_and_not_an_empty_list(run: Run) -> None:
    done = run("list", "--kind", "desing")
    assert done.returncode == 2
    assert "desing" in done.stderr
    assert all(kind in done.stderr for kind in DIMENSIONS)


def test_show_holds_prompt_criteria_and_follow_ups_but_keeps_the_answers_back(run: Run) -> None:
    done = run("show", GOOD)
    question, shown = load_question(GOOD), plain(done.stdout)
    assert question.model_answers is not None
    assert done.returncode == 0
    assert plain(question.prompt) in shown
    for criterion in question.criteria:
        for text in (criterion.asks, criterion.mid, criterion.senior, criterion.staff):
            assert plain(text)[:60] in shown
    assert all(plain(follow_up.ask)[:60] in shown for follow_up in question.follow_ups)
    assert plain(question.model_answers.senior)[:50] not in shown


def test_show_gives_the_model_answers_when_asked(run: Run) -> None:
    answers, shown = load_question(GOOD).model_answers, plain(run("show", GOOD, "--answers").stdout)
    assert answers is not None
    for answer in (answers.mid, answers.senior, answers.staff):
        assert plain(answer)[:30] in shown


@pytest.mark.parametrize(
    "name", ["concept/cachin", "CONCEPT/CACHING", "../concept/caching", "", "concept/caching\n"]
)
def test_showing_what_does_not_exist_is_one_line_and_status_2(name: str, run: Run) -> None:
    done = run("show", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    if name == "concept/cachin":
        assert GOOD in done.stderr


def test_check_counts_a_good_folder(bank: Path, run: Run) -> None:
    done = run("check", "--folder", bank)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 of 1" in done.stdout


def test_a_folder_that_is_missing_or_empty_is_named(tmp_path: Path, run: Run) -> None:
    done = [run("check", "--folder", folder) for folder in (tmp_path / "nowhere", tmp_path)]
    assert done[0].returncode == 2 and done[1].returncode in (1, 2)
    assert all(tmp_path.name in one.stderr for one in done)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("topic:", "colour: red\ntopic:", "colour"),
        ("\nminutes: ", "\nminutes: -", "minutes"),
        ("dimension: trade-offs", "dimension: tradeoffs", "tradeoffs"),
        ("    asks:", "    weight: 99\n    asks:", "weight"),
        ("\nprompt:", "\nunused:", "prompt"),
        ("    tip:", "    tipp:", "tip"),
        ("kind: concept", "kind: design", "kind"),
    ],
)
def test_a_fault_in_a_file_is_reported_with_file_line_and_key(
    broken: Broken, old: str, new: str, key: str
) -> None:
    text = renamed("concept/other")
    assert old in text
    said = broken(text.replace(old, new, 1))
    assert key in said
    assert "other.yaml:" in said


@pytest.mark.parametrize(
    "content",
    [
        "id: [unclosed",
        "id: a\nid: b\n",
        "? [a, list]\n: is no key",
        "year: 2023-02-30",
        "minutes: !!int many",
        "minutes: !!python/object/apply:os.getcwd []",
        "a: " + "{a: " * 400 + "1" + "}" * 400,
        b"\xff\xfe\x00",
        "id: x\n" + "# " + "x" * 1_100_000,
    ],
    ids=["unclosed", "twice", "list key", "date", "number", "python", "nested", "bytes", "huge"],
)
def test_a_file_that_is_no_question_is_named_and_the_rest_is_checked(
    broken: Broken, content: str | bytes
) -> None:
    assert len(broken(content).splitlines()) == 1


@pytest.mark.parametrize("name", ["concept/Other Name.yaml", "wisdom/other.yaml"])
def test_a_file_in_the_wrong_place_is_named_and_the_rest_is_checked(
    broken: Broken, name: str
) -> None:
    broken(renamed("concept/other"), name)


def test_a_question_under_another_name_than_its_own_is_named(broken: Broken) -> None:
    assert GOOD in broken(good_text())


@pytest.mark.parametrize("name", ["concept/other.yml", "other.yaml"])
def test_a_question_file_that_is_never_loaded_is_not_passed_over(
    bank: Path, name: str, run: Run
) -> None:
    (bank / name).write_text(renamed("concept/other"), encoding="utf-8")
    done = run("check", "--folder", bank)
    assert Path(name).name in done.stderr
    assert done.returncode != 0


@pytest.mark.parametrize(
    "expression",
    ["1 / 0", "2 +", "__import__('os').getcwd()", "max(1)", "(0 - 8) ** 0.5", "10.0 ** 900", "sqrt(1, 2)"],
)  # fmt: skip
def test_arithmetic_that_cannot_be_computed_is_reported_with_its_expression(
    broken: Broken, expression: str
) -> None:
    assert expression in broken(computing(expression))


def test_wrong_arithmetic_is_reported_with_the_right_result(broken: Broken) -> None:
    assert "4.1e+07" in broken(computing("41 * 1000 * 1000 + 7"))
