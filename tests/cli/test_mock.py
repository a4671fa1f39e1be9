"""`seniorkit mock` as one uses it: typed in, read, left and gone on with."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from graders.cli.app import app
from graders.errors import UsageError
from graders.progress import Progress

DESIGN = "design/url-shortener"


def mock(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["mock", *arguments], input=typed, catch_exceptions=True)
    if isinstance(result.exception, UsageError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def test_one_is_asked_answered_and_judged() -> None:
    code, shown = mock(
        "--question", DESIGN, typed="How quick must the redirect be?\n\nI would cache.\n\n/end\n"
    )
    assert code == 0
    for words in ("Design a URL shortener", "100 ms", "left", "Scorecard", "Three drills"):
        assert words in shown
    (kept,) = Progress().mocks()
    assert kept.finished is not None


@pytest.mark.parametrize("typed", ["I would use a queue.\n\n/pause\n", "I would use a queue.\n\n"])
def test_leaving_it_keeps_it(typed: str) -> None:
    _, shown = mock("--question", DESIGN, typed=typed)
    assert "seniorkit mock --resume" in shown and "Scorecard" not in shown
    _, shown = mock("--resume", typed="/end\n")
    assert "I would use a queue." in shown and "Scorecard" in shown


def test_the_last_one_is_judged_again() -> None:
    mock("--question", DESIGN, typed="I would use a queue.\n\n/end\n")
    _, shown = mock("--again")
    assert "Scorecard" in shown


@pytest.mark.parametrize(
    "arguments",
    [("--kind", "coding"), ("--question", "design/nothing"), ("--minutes", "9999"),
     ("--pace", "fast"), ("--resume",), ("--again",), ("--resume", "--kind", "design")],
    ids=" ".join,
)  # fmt: skip
def test_what_makes_no_sense_is_a_sentence(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        mock(*arguments)


def test_what_was_typed_cannot_steer_the_terminal() -> None:
    mock("--question", DESIGN, typed="I would \x1b[2J use a queue here.\n\n/pause\n")
    _, shown = mock("--resume", typed="/end\n")
    assert "\x1b[2J" not in shown
