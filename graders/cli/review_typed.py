"""What a reviewer types: levels by number or name, points, comments with kept ones in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graders.errors import UsageError
from graders.levels import Level
from graders.question import Question

_KEPT = re.compile(r"#(\d{1,3})\b")


def typed_levels(typed: str, question: Question | None) -> tuple[dict[str, Level], str]:
    """Levels and comment of a line, `1=senior rollback=2 Say what it costs.` for example.

    Args:
        typed: The line; `all=mid` stands for every criterion, later words win.
        question: What was asked.

    Raises:
        UsageError: If it names a criterion or a level that does not exist.
    """
    if question is None:
        raise UsageError("there is no rubric here", fix="Type points: p 3.5")
    ids = [criterion.id for criterion in question.criteria]
    found: dict[str, Level] = {}
    rest = typed.strip()
    while rest:
        word, _, after = rest.partition(" ")
        name, equals, level = word.partition("=")
        if not equals or not name:
            break
        for criterion in _criteria(name, ids):
            found[criterion] = _level(level)
        rest = after.strip()
    return found, rest


def points_of(typed: str) -> tuple[float, str]:
    """Points and comment of a line, `3.5 It runs by hand.` for example.

    Raises:
        UsageError: If it does not begin with a number.
    """
    number, _, rest = typed.strip().partition(" ")
    try:
        return float(number.replace(",", ".")), rest.strip()
    except ValueError:
        raise UsageError(f"{number!r} is no number", fix="Type points: p 3.5") from None


def comment_of(typed: str, bank: Sequence[str]) -> str:
    """The comment, with `#1` replaced by the first kept one.

    Raises:
        UsageError: If there are not so many.
    """

    def kept(match: re.Match[str]) -> str:
        number = int(match.group(1))
        if not 1 <= number <= len(bank):
            raise UsageError(
                f"there is no kept comment #{number}", fix=f"There are {len(bank)}; k keeps one"
            )
        return bank[number - 1]

    return _KEPT.sub(kept, typed.strip())


def _criteria(name: str, ids: Sequence[str]) -> Sequence[str]:
    if name == "all":
        return ids
    if name in ids:
        return [name]
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(ids):
        return [ids[int(name) - 1]]
    raise UsageError(f"there is no criterion {name!r}", fix=f"1 to {len(ids)}: {', '.join(ids)}")


def _level(text: str) -> Level:
    if text in {"0", "1", "2", "3", "4"}:
        return Level(int(text))
    try:
        return Level.from_label(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
