"""Reading questions: whatever is wrong with a file, the message names file, line and key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.errors import RubricError, UsageError
from graders.question import bank_ids, load_bank, load_question, read_yaml, stray_files
from graders.question.load import MAX_BYTES
from graders.question.model import Question

GOOD = """\
id: concept/leases
kind: concept
topic: locks
minutes: 10
prompt: What is a lease?
criteria:
  - id: expiry
    dimension: mechanism
    weight: 3
    asks: How does it end?
    mid: It expires.
    senior: It expires by the owner's clock, with a margin.
    staff: It is fenced, so the clock does not matter.
    evidence:
      senior: [The holder stops two seconds earlier.]
      staff: ["The storage refuses the older token: fencing."]
    tip: Say what happens when the clocks disagree.
follow_ups:
  - id: pause
    criterion: expiry
    ask: What if the process pauses for a minute?
    good: It must not write afterwards.
"""


def write(folder: Path, content: str | bytes = GOOD, name: str = "leases.yaml") -> Path:
    path = folder / "concept" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def fault(path: Path) -> str:
    with pytest.raises(RubricError) as caught:
        read_yaml(path, Question)
    assert str(caught.value).startswith(str(path))
    assert caught.value.fix
    return str(caught.value).removeprefix(str(path))


def test_a_small_question_loads_by_its_id(tmp_path: Path) -> None:
    write(tmp_path)
    loaded = load_question("concept/leases", tmp_path)
    assert loaded.criterion("expiry").evidence.staff == (
        "The storage refuses the older token: fencing.",
    )
    assert list(load_bank(tmp_path)) == [loaded]


@pytest.mark.parametrize("edit", [lambda s: s.replace("\n", "\r\n"), lambda s: "\ufeff" + s])
def test_files_from_windows_load_the_same(tmp_path: Path, edit: Any) -> None:
    expected = read_yaml(write(tmp_path), Question)
    assert read_yaml(write(tmp_path, edit(GOOD)), Question) == expected


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("minutes: 10", "minutes: ten", 4, ["minutes", "integer"]),
        ("kind: concept", "kind: trivia", 2, ["kind", "'design', 'concept', 'story'"]),
        ("topic: locks", "topic: locks\npoints: 3", 4, ["points", "unknown key"]),
        ("    mid: It expires.\n", "", 7, ["criteria.0.mid", "missing"]),
        ("    tip: Say", "    tipp: x\n    tip: Say", 17, ["criteria.0.tipp", "unknown key"]),
        ("senior: [The", "senior: [' ', The", 15, ["criteria.0.evidence.senior.0"]),
        ("    weight: 3", "    weight: much", 9, ["criteria.0.weight"]),
        ("prompt: What is a lease?", "prompt: {a: b}", 5, ["prompt", "string"]),
        ("topic: locks", "topic: locks\nkind: story", 4, ["'kind'", "twice"]),
        ("    mid: It", "    mid: x\n    mid: It", 12, ["'mid'", "twice"]),
        ("minutes: 10", "minutes: [10", 5, []),
        ("minutes: 10", "\tminutes: 10", 4, []),
        ("minutes: 10", "minutes: !!python/object/apply:os.getcwd []", 4, ["tag"]),
        ("minutes: 10", "minutes: 10\n---\nid: x", 5, ["document"]),
    ],
)
def test_a_fault_is_named_with_its_line_and_key(
    tmp_path: Path, old: str, new: str, line: int, words: list[str]
) -> None:
    assert old in GOOD
    message = fault(write(tmp_path, GOOD.replace(old, new)))
    assert message.startswith(f":{line}:")
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("old", "new", "lines", "words"),
    [
        ("dimension: mechanism", "dimension: people", range(7, 18), "allowed: mechanism"),
        ("weight: 3", "weight: 30", range(7, 18), "1.5 to 6"),
        ("criterion: expiry", "criterion: expire", range(19, 23), "allowed: expiry"),
        ("id: concept/leases", "id: story/leases", range(1, 2), "must begin with its kind"),
    ],
)
def test_a_fault_between_keys_is_named_with_the_line_of_one_of_them(
    tmp_path: Path, old: str, new: str, lines: range, words: str
) -> None:
    message = fault(write(tmp_path, GOOD.replace(old, new)))
    assert words in message
    assert int(message.split(":")[1]) in lines, message


def test_an_unknown_key_is_answered_with_the_keys_that_exist(tmp_path: Path) -> None:
    message = fault(write(tmp_path, GOOD.replace("topic: locks", "topic: locks\nsource: x")))
    assert "sources" in message


@pytest.mark.parametrize(
    "value",
    ["2024-13-01", "2023-02-30", "!!int ten", "!!float much", "!!timestamp x", "0b_",
     "{[a, b]: c}", "9" * 5000, "!!binary é"],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_value_that_yaml_cannot_build_is_a_fault_of_the_file(tmp_path: Path, value: str) -> None:
    message = fault(write(tmp_path, GOOD.replace("minutes: 10", f"minutes: {value}")))
    assert message.startswith(":4")


def test_a_control_character_is_found_by_its_line(tmp_path: Path) -> None:
    assert fault(write(tmp_path, GOOD.replace("lease?", "le\x08ase?"))).startswith(":5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "mapping"),
        (b"- a\n- b\n", "mapping"),
        (b"just words", "mapping"),
        (GOOD.encode("utf-16"), "UTF-8"),
        (GOOD.replace("lease?", "l\xe9ase?").encode("latin-1"), "UTF-8"),
        (GOOD.encode() + b"#" * MAX_BYTES, "larger than"),
    ],
)
def test_a_file_that_is_no_question_at_all_says_why(
    tmp_path: Path, content: bytes, words: str
) -> None:
    assert words in fault(write(tmp_path, content))


def test_a_folder_or_a_missing_file_says_why(tmp_path: Path) -> None:
    assert "cannot be read" in fault(tmp_path)
    assert "cannot be read" in fault(tmp_path / "none.yaml")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_a_deeply_nested_file_does_not_bring_the_process_down(tmp_path: Path, opening: str) -> None:
    path = write(tmp_path, GOOD + "sources:\n  " + opening * (400_000 // len(opening)))
    code = (
        "import sys, pathlib; from graders.question import Question, read_yaml\n"
        "read_yaml(pathlib.Path(sys.argv[1]), Question)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert "leases.yaml:24: nested more than" in done.stderr, f"exit status {done.returncode}"


@settings(derandomize=True, max_examples=400)
@given(st.integers(0, len(GOOD)), st.integers(0, 30),
       st.text("abc \n-:[]{}?!&*#|>'\"%@`,0123456789.~<=", max_size=12))  # fmt: skip
def test_whatever_an_editor_does_to_a_file_the_outcome_is_a_question_or_an_error_in_words(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, typed: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "edited.yaml"
    path.write_text(GOOD[:start] + typed + GOOD[start + length :], encoding="utf-8")
    try:
        assert isinstance(read_yaml(path, Question), Question)
    except RubricError as error:
        assert str(error).startswith(str(path))


def test_ids_are_sorted_by_kind_and_name_and_an_absent_bank_is_empty(tmp_path: Path) -> None:
    for name in ("b.yaml", "a-b.yaml", "a.yaml", "notes.md"):
        write(tmp_path, name=name)
    assert bank_ids(tmp_path) == ["concept/a", "concept/a-b", "concept/b"]
    assert bank_ids(tmp_path / "none") == []


def test_a_file_in_the_wrong_place_is_refused(tmp_path: Path) -> None:
    write(tmp_path, name="locks.yaml")
    with pytest.raises(RubricError, match=r"locks\.yaml: .*'concept/leases'.*'concept/locks'"):
        load_question("concept/locks", tmp_path)


@pytest.mark.parametrize("name", ["Big_Name.yaml", "._leases.yaml", "two words.yaml"])
def test_a_file_whose_name_cannot_be_an_id_is_a_broken_file_of_the_bank(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path)
    write(tmp_path, name=name)
    try:
        loaded = [question.id for question in load_bank(tmp_path)]
    except RubricError as error:
        assert name in str(error)
    else:
        assert loaded == bank_ids(tmp_path) == ["concept/leases"]
    assert [path.name for path in stray_files(tmp_path)] == [name] * (name[0] != ".")


@pytest.mark.parametrize(
    "asked", ["concept/cashing", "caching", "Concept/Caching", "concept-caching"]
)
def test_a_mistyped_id_is_answered_with_the_nearest(asked: str) -> None:
    with pytest.raises(UsageError, match=r"Did you mean concept/caching"):
        load_question(asked)


@given(
    st.text() | st.sampled_from(["../../../etc/passwd", "concept/../concept/caching", "/", "\0"])
)
def test_no_text_reads_a_file_outside_the_bank(asked: str) -> None:
    with pytest.raises(UsageError, match="there is no question"):
        load_question(asked)
