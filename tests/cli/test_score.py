"""`seniorkit score` as other programs call it: lines in, lines out, honest exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from graders.grading import grade
from graders.score import Score

CLI = Path(sys.executable).with_name("seniorkit")
ID = "concept/caching"
TEXT = (
    "I would use cache-aside with a time to live, because reads dominate the writes by far here. "
    "Entries expire after five minutes with jitter, so the stale window is bounded. On a miss one "
    "request loads the row and the others wait, or a hot key would send 300 queries at once."
)
PROMPT = "What does a cache do when it is full?"
REFERENCE = "It evicts an entry, usually the one that was used least recently, to make room."
PARAPHRASE = "It throws out an entry, mostly the least recently used one, so that there is room."


def run(*args: str | Path, given: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run the console script in a quiet terminal; one line for each error, never a traceback."""
    done = subprocess.run(
        [CLI, *args], input=given, capture_output=True, env={**os.environ, "NO_COLOR": "1", **env}
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()[-800:]
    return done


def run_lines(*lines: Any) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Score *lines* (raw text, or values to write as JSON): status, results, error lines."""
    raw = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    done = run("score", "--jsonl", "-", given="\n".join(raw).encode("utf-8", "surrogatepass"))
    printed = done.stdout.decode().split("\n")
    assert printed.pop() == ""
    return done.returncode, [strict(line) for line in printed], done.stderr.decode().splitlines()


def strict(line: str) -> dict[str, Any]:
    """The JSON object of *line*, without Python's own extensions of JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    value = json.loads(line, parse_constant=refuse)
    assert isinstance(value, dict)
    return value


def wrong_use(*args: str | Path, given: bytes = b"") -> str:
    """The single line that wrong use prints; the status must be 2 and nothing is printed."""
    done = run(*args, given=given)
    assert (done.returncode, done.stdout) == (2, b"")
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_an_answer_from_a_file_and_from_standard_input_get_the_score_of_grade(
    tmp_path: Path,
) -> None:
    file = tmp_path / "answer.md"
    file.write_text(TEXT, encoding="utf-8")
    from_file = run("score", "--question", ID, "--answer", file, "--json")
    from_input = run("score", "-q", ID, "-a", "-", "--json", given=TEXT.encode())
    assert from_file.returncode == from_input.returncode == 0
    assert from_file.stdout == from_input.stdout
    assert Score.model_validate_json(from_file.stdout) == grade(ID, TEXT)


def test_the_text_for_people_shows_level_quotes_and_tips() -> None:
    done = run("score", "--question", ID, given=TEXT.encode(), COLUMNS="200")
    shown = done.stdout.decode()
    score = grade(ID, TEXT)
    assert done.returncode == 0
    assert score.level is not None and score.level.label in shown.lower()
    assert all(" ".join(tip.gap.split()[:5]) in shown for tip in score.tips)


def test_an_answer_cannot_steer_the_terminal() -> None:
    hostile = TEXT.replace("because", "\x1b[2J\x1b]0;owned\x07 because \x9b31m")
    done = run("score", "--question", ID, given=hostile.encode())
    assert not {"\x1b", "\x07", "\x9b"} & set(done.stdout.decode())


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_output_works_where_the_terminal_cannot_show_every_character(form: list[str]) -> None:
    text = TEXT.replace("because", "→ 🙂 缓存 because").encode()
    done = run("score", "--question", ID, *form, given=text, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0
    assert done.stdout


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode("utf-16"),
        TEXT.encode() + b"\xff\xfe\x00\xed\xa0\x80" + TEXT.encode(),
        bytes(range(256)) * 40,
        b"\xef\xbb\xbf" + TEXT.replace(". ", ".\r\n").encode(),
        (TEXT + "\n").encode() * 3000,
        b"",
    ],
    ids=["utf-16", "broken utf-8", "binary", "bom and crlf", "huge", "empty"],
)
def test_any_bytes_are_scored(raw: bytes) -> None:
    done = run("score", "--question", ID, "--json", given=raw)
    score = Score.model_validate_json(done.stdout)
    assert done.returncode == (1 if score.points is None else 0)


def test_an_unscored_answer_is_status_1_with_its_reason() -> None:
    german = "Ich würde einen Cache vor die Datenbank stellen, weil die Last aus Lesen besteht."
    done = run("score", "--question", ID, "--json", given=german.encode())
    assert done.returncode == 1
    assert Score.model_validate_json(done.stdout).points is None
    assert b"not graded" in done.stderr and len(done.stderr.splitlines()) == 1


def test_lines_come_back_in_order_with_their_ids_whatever_they_hold() -> None:
    ids: list[Any] = ["a", 7, None, {"n": [1, "ü"]}, "a", "", "🙂", 1.5, True]
    lines = [{"id": i, "question_id": ID, "text": TEXT if n % 2 else ""} for n, i in enumerate(ids)]
    status, results, errors = run_lines(*lines)
    assert (status, errors) == (0, [])
    assert [result["id"] for result in results] == ids
    assert [result["points"] for result in results] == [
        grade(ID, line["text"]).points for line in lines
    ]


def test_a_result_is_the_score_with_its_id() -> None:
    _, [result], _ = run_lines({"id": "x", "question_id": ID, "text": TEXT})
    assert result.pop("id") == "x"
    assert Score.model_validate(result) == grade(ID, TEXT)


def test_bad_lines_are_listed_and_the_others_are_scored() -> None:
    bad: list[Any] = [
        '{"id": "cut", "question_id"',
        ["a", "list"],
        "null",
        {"id": "unknown", "question_id": "concept/cachin", "text": TEXT},
        {"id": "no text", "question_id": ID},
        {"id": "number", "question_id": ID, "text": 5},
        {"id": "nothing", "text": TEXT},
        {"id": "path", "question_id": "../../etc/passwd", "text": TEXT},
        {"id": "minus", "prompt": PROMPT, "reference": REFERENCE, "text": TEXT, "max_points": -1},
        {"id": "blank", "prompt": " ", "reference": REFERENCE, "text": TEXT},
        '{"id": "deep", "text": ' + "[" * 100_000,
        '{"id": "digits", "max_points": ' + "9" * 5000 + "}",
    ]
    good = {"id": "good", "question_id": ID, "text": TEXT}
    status, results, errors = run_lines(good, *bad, good)
    assert status == 1
    assert [result["points"] is None for result in results] == [False, *[True] * len(bad), False]
    assert results[4]["id"] == "unknown" and "concept/caching" in results[4]["error"]
    assert len(errors) == len(bad)
    assert all(f"line {n}" in error for n, error in enumerate(errors, 2))


def test_blank_lines_are_skipped_and_the_numbers_of_errors_are_those_of_the_file() -> None:
    status, results, errors = run_lines("", {"id": 1, "question_id": ID, "text": ""}, "  ", "{", "")
    assert (status, len(results)) == (1, 2)
    assert len(errors) == 1 and "line 4" in errors[0]


def test_a_cut_emoji_stops_neither_the_line_nor_the_batch() -> None:
    cut = f'{{"id": "\\ud83d", "question_id": "{ID}", "text": "{TEXT} \\ud83d"}}'
    status, results, _ = run_lines(cut, {"id": 2, "question_id": ID, "text": TEXT})
    assert status in (0, 1)
    assert [result["id"] for result in results] == ["\ud83d", 2]
    assert results[1]["points"] == grade(ID, TEXT).points


def test_output_is_json_for_every_other_language() -> None:
    _, [result], _ = run_lines(f'{{"id": NaN, "question_id": "{ID}", "text": "{TEXT}"}}')
    assert "points" in result


def test_reference_lines_are_awarded_within_their_maximum() -> None:
    shared = {"prompt": PROMPT, "reference": REFERENCE}
    texts = [
        REFERENCE,
        PARAPHRASE,
        "",
        "My grandmother grew roses behind the house for many years.",
    ]
    lines = [{**shared, "id": n, "max_points": 4, "text": text} for n, text in enumerate(texts)]
    status, results, errors = run_lines(*lines, {**shared, "text": REFERENCE})
    assert (status, errors) == (0, [])
    awarded = [result["awarded"] for result in results]
    assert awarded[0] == 4 and awarded[2] == awarded[3] == 0
    assert 0 < awarded[1] <= 4
    assert (results[4]["awarded"], results[4]["max_points"], results[4]["id"]) == (1, 1, None)


def test_out_writes_the_same_lines_to_a_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"id": "ü", "question_id": ID, "text": TEXT}), encoding="utf-8")
    done = run("score", "--jsonl", source, "--out", target)
    assert (done.returncode, done.stdout) == (0, b"")
    assert target.read_bytes() == run("score", "--jsonl", source).stdout


def test_the_answers_are_never_overwritten_by_their_scores(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(json.dumps({"id": 1, "question_id": ID, "text": TEXT}), encoding="utf-8")
    before = file.read_bytes()
    assert "answers.jsonl" in wrong_use("score", "--jsonl", file, "--out", file)
    assert file.read_bytes() == before


def test_wrong_use_is_one_line_that_names_the_fault_and_status_2(tmp_path: Path) -> None:
    missing, huge = tmp_path / "missing.txt", tmp_path / "huge.txt"
    huge.write_bytes(b"a" * 6_000_000)
    assert "--question" in wrong_use("score")
    assert "concept/caching" in wrong_use("score", "--question", "concept/cachin")
    assert "missing.txt" in wrong_use("score", "--question", ID, "--answer", missing)
    assert str(tmp_path) in wrong_use("score", "--question", ID, "--answer", tmp_path)
    assert "huge.txt" in wrong_use("score", "--question", ID, "--answer", huge)
    assert "oracle" in wrong_use("score", "--question", ID, "--judge", "oracle")
    assert "missing.txt" in wrong_use("score", "--jsonl", missing)
    assert "missing.txt" in wrong_use("score", "--jsonl", "-", "--out", missing / "x")
    assert "--jsonl" in wrong_use("score", "--jsonl", "-", "--question", ID)
