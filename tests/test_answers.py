"""The answers sidecar: nothing that was saved is lost, nothing hostile gets through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from graders import answers
from graders.answers import MAX_ANSWER_CHARS, MAX_FILE_BYTES, SIDECAR, Answer, AnswersFile
from graders.errors import AnswersError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
ENTRY = {"question_id": "concept/caching", "text": "x", "saved_at": "2030-01-01T00:00:00Z"}


@pytest.fixture
def file(tmp_path: Path) -> AnswersFile:
    return AnswersFile(tmp_path / SIDECAR)


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run *code* in a process of its own; one that hangs is a failure."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_without_a_file_there_are_no_answers(file: AnswersFile) -> None:
    assert file.read() == {}
    assert not file.path.exists()


@given(st.dictionaries(TEXT, st.lists(TEXT, min_size=1, max_size=3), max_size=4))
def test_the_last_text_of_every_answer_is_read_back_letter_for_letter(
    typed: dict[str, list[str]],
) -> None:
    with TemporaryDirectory() as folder:
        file = AnswersFile(Path(folder) / SIDECAR)
        for grade_id, drafts in typed.items():
            for draft in drafts:
                file.save(grade_id, "concept/caching", draft)
        assert {key: entry.text for key, entry in file.read().items()} == {
            key: drafts[-1] for key, drafts in typed.items()
        }


def test_the_file_is_json_with_a_version_and_an_entry_per_answer(file: AnswersFile) -> None:
    file.save("answer-impact", "story/business-impact", "é\n🎉", submitted=True)
    content = json.loads(file.path.read_text(encoding="utf-8"))
    assert content["schema_version"] == 1
    entry = content["answers"]["answer-impact"]
    assert (entry["question_id"], entry["text"]) == ("story/business-impact", "é\n🎉")
    assert [path.name for path in file.path.parent.iterdir()] == [SIDECAR]


def test_a_draft_is_not_a_submission_and_a_later_draft_does_not_undo_one(file: AnswersFile) -> None:
    assert file.save("a", "q", "draft").submitted_at is None
    submitted = file.save("a", "q", "final", submitted=True)
    again = file.save("a", "q", "after the bell")
    assert submitted.submitted_at is not None
    assert again.submitted_at == submitted.submitted_at
    assert again == file.read()["a"]
    assert again.saved_at >= submitted.saved_at
    assert again.saved_at.utcoffset() == timedelta(0)
    assert file.save("a", "q", "anew", submitted=True).submitted_at > again.submitted_at


def test_the_longest_accepted_answer_is_kept_and_a_longer_one_changes_nothing(
    file: AnswersFile,
) -> None:
    file.save("a", "q", "x" * MAX_ANSWER_CHARS)
    before = file.path.read_bytes()
    with pytest.raises(AnswersError, match="200,001 characters"):
        file.save("a", "q", "x" * (MAX_ANSWER_CHARS + 1))
    assert file.path.read_bytes() == before


def test_saving_never_makes_a_file_that_cannot_be_read_again(file: AnswersFile) -> None:
    kept = {}
    for number in range(9):
        try:
            file.save(f"a{number}", "q", "語" * MAX_ANSWER_CHARS)
        except AnswersError:
            break
        kept[f"a{number}"] = "語" * MAX_ANSWER_CHARS
    assert {key: entry.text for key, entry in file.read().items()} == kept


@pytest.mark.parametrize("text", ["\ud83d", "half an emoji \ude00 in the middle"])
def test_half_an_emoji_is_stored_or_refused_like_any_other_text(
    file: AnswersFile, text: str
) -> None:
    file.save("before", "q", "safe")
    try:
        file.save("a", "q", text)
    except AnswersError:
        assert "a" not in file.read()
    else:
        assert "a" in file.read()
    assert file.read()["before"].text == "safe"


def test_an_identifier_that_does_not_fit_is_refused_and_not_a_crash(file: AnswersFile) -> None:
    with pytest.raises(AnswersError):
        file.save("a", "q" * 10_000, "x")


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe\xfd", b"[" * 100_000, b"9" * 5_000,
     b'{"answers": []}', b'{"answers": {"a": 1}}', b'{"answers": {"a": {}}}',
     b'{"answers": {"a": {"question_id": "q", "text": NaN, "saved_at": 1}}}',
     b'{"answers": {"a": {"question_id": "q", "text": "x", "saved_at": 1e300}}}',
     b'{"answers": {"a": {"question_id": "q", "text": "x", "saved_at": "yesterday"}}}',
     b'{"answers": {"a": {"question_id": "q", "text": "\\ud800", "saved_at": 1}}}',
     b'{"answers": {"\\ud800": 1}}', b'{"schema_version": 2, "answers": {}}',
     b"x" * (MAX_FILE_BYTES + 1)],
    ids=lambda raw: repr(raw[:50]),
)  # fmt: skip
def test_a_file_that_is_not_ours_is_an_error_in_words_and_stays_as_it_is(
    file: AnswersFile, raw: bytes
) -> None:
    file.path.write_bytes(raw)
    with pytest.raises(AnswersError) as caught:
        file.read()
    assert str(file.path) in str(caught.value)
    assert caught.value.fix
    assert "instance of" not in str(caught.value), "names of our classes mean nothing to a learner"
    with pytest.raises(AnswersError):
        file.save("a", "q", "text")
    assert file.path.read_bytes() == raw


def test_a_file_of_a_newer_kit_asks_for_an_update(file: AnswersFile) -> None:
    file.path.write_text(json.dumps({"schema_version": 2, "answers": {"a": ENTRY}}))
    with pytest.raises(AnswersError) as caught:
        file.read()
    said = f"{caught.value.what} {caught.value.fix}".lower()
    assert "newer" in said or "update" in said


def test_an_error_never_sends_a_learners_control_characters_to_the_terminal(
    file: AnswersFile,
) -> None:
    file.path.write_text(json.dumps({"answers": {"\x1b[2J\x1b]0;pwned\x07\nok: all graded": 1}}))
    with pytest.raises(AnswersError) as caught:
        file.read()
    assert all(character.isprintable() for character in str(caught.value))


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "below a file"])
def test_what_is_not_a_plain_file_is_an_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path / SIDECAR
    if kind == "link":
        (tmp_path / "secret.json").write_text('{"answers": {}}')
        path.symlink_to(tmp_path / "secret.json")
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "nothing")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("{}")
        path = path / SIDECAR
    with pytest.raises(AnswersError):
        AnswersFile(path).read()


def test_a_pipe_in_place_of_the_file_does_not_stop_the_grader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / SIDECAR)
    code = (
        "import signal, sys, pathlib; signal.alarm(5)\n"
        "from graders.answers import AnswersFile\n"
        "AnswersFile(pathlib.Path(sys.argv[1])).read()"
    )
    assert "AnswersError" in python(code, str(tmp_path / SIDECAR)).stderr


def test_a_folder_that_is_gone_is_an_error_and_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match="cannot be written"):
        AnswersFile(tmp_path / "gone" / SIDECAR).save("a", "q", "text")


def test_a_full_disk_leaves_what_was_saved_and_no_rubbish(file: AnswersFile) -> None:
    file.save("a", "q", "first")
    before = file.path.read_bytes()
    code = (
        "import resource, sys, pathlib; from graders.answers import AnswersFile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "AnswersFile(pathlib.Path(sys.argv[1])).save('a', 'q', 'x' * 5000)"
    )
    done = python(code, str(file.path))
    assert done.returncode == 1
    assert "AnswersError" in done.stderr.splitlines()[-1]
    assert file.path.read_bytes() == before
    assert [path.name for path in file.path.parent.iterdir()] == [SIDECAR]


def test_two_notebooks_in_one_folder_do_not_lose_each_others_answers(file: AnswersFile) -> None:
    code = (
        "import sys, pathlib; from graders import answers\n"
        "answers._LOCK_SECONDS = 60\n"
        "file = answers.AnswersFile(pathlib.Path(sys.argv[1]))\n"
        "print(flush=True), sys.stdin.read(1)\n"
        "for n in range(40): file.save(f'{sys.argv[2]}-{n}', 'q', 'x')"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(file.path), name],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in "abc"
    ]  # fmt: skip
    for kernel in kernels:
        assert kernel.stdout is not None
        kernel.stdout.readline()
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write(b"g")
        kernel.stdin.flush()
    for kernel in kernels:
        kernel.communicate(timeout=120)
    assert [kernel.returncode for kernel in kernels] == [0, 0, 0]
    assert set(file.read()) == {f"{name}-{n}" for name in "abc" for n in range(40)}


def test_a_lock_is_waited_for_but_not_for_ever_and_not_if_its_owner_is_gone(
    file: AnswersFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_LOCK_SECONDS", 0.1)
    with answers._locked(file.path), pytest.raises(AnswersError, match="another program"):
        file.save("a", "q", "x")
    file.path.with_name(f".{SIDECAR}.lock").touch()
    file.save("a", "q", "x")
    assert [path.name for path in file.path.parent.iterdir()] == [SIDECAR]


def test_an_answer_is_a_frozen_value_with_a_known_source() -> None:
    answer = Answer(question_id="concept/caching", text="x", source="widget")
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
    with pytest.raises(ValidationError):
        answer.text = "y"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Answer(question_id="q", text="x", source="mail")  # type: ignore[arg-type]
