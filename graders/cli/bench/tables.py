"""Markdown of figures: tables, shares without their zero, and named places in other pages."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graders.errors import UsageError

if TYPE_CHECKING:
    from graders.training import Agreement

PLACES = ("key", "set", "readers", "live", "batch", "box", "scale")
"""Names of all places that a page may have: key figures, what the set holds, how a second reader
agrees; real models, the batch engine, the answer box, large courses."""

AGREEMENT = ("n", "quadratic kappa", "90 % interval", "exact", "within one", "senior or above")
"""Columns of `agreed`."""

_PLACE = re.compile(r"(<!-- bench: ([\w-]+) -->\n).*?(<!-- bench end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """A Markdown table; the first columns, *words* of them, hold words, the others figures."""
    lines = [head, [*["---"] * words, *["---:"] * (len(head) - words)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def share(value: float, digits: int = 2) -> str:
    """A number around 0 to 1 as it is printed in the field: `.93`; empty if there is none."""
    if math.isnan(value):
        return ""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def percent(value: float, digits: int = 0) -> str:
    """A share of 0 to 1 in per cent; empty if there is none."""
    return "" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def agreed(found: Agreement) -> list[str]:
    """The cells of one row, see `AGREEMENT`."""
    interval = "" if math.isnan(found.low) else f"{share(found.low)} to {share(found.high)}"
    return [
        f"{found.count:,}", share(found.kappa), interval, share(found.exact),
        share(found.near), share(found.bar),
    ]  # fmt: skip


def agreements(rows: Mapping[str, Agreement], what: str = "what") -> str:
    """A table of agreements, name -> figures."""
    return table([what, *AGREEMENT], ([name, *agreed(found)] for name, found in rows.items()))


def check(path: Path, wanted: Collection[str]) -> str:
    """The text of *path*, which must have one of the *wanted* places, and none that is unknown.

    Raises:
        UsageError: If the file cannot be read, has no place to fill, or names an unknown one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot be read ({error})", where=str(path)) from None
    names = {found[2] for found in _PLACE.finditer(text)}
    unknown = sorted(names - set(PLACES))
    if unknown or not names & set(wanted):
        wrong = (
            f"names unknown figures: {', '.join(unknown)}" if unknown else "has no place to fill"
        )
        places = ", ".join(f"<!-- bench: {name} -->" for name in wanted)
        raise UsageError(wrong, where=str(path), fix=f"There are {places}")
    return text


def fill(path: Path, blocks: Mapping[str, str]) -> None:
    """Replace what stands between `<!-- bench: NAME -->` and `<!-- bench end -->` in *path*.

    Args:
        path: A Markdown file.
        blocks: Name -> new content; all other places stay as they are.

    Raises:
        UsageError: See `check`.
    """
    path.write_text(
        _PLACE.sub(
            lambda found: (
                f"{found[1]}\n{blocks[found[2]]}\n{found[3]}" if found[2] in blocks else found[0]
            ),
            check(path, blocks),
        ),
        encoding="utf-8",
    )


def filled(text: str) -> dict[str, str]:
    """Name -> content of the places in *text* that `fill` writes."""
    return {
        found[2]: found[0][len(found[1]) : -len(found[3])].strip()
        for found in _PLACE.finditer(text)
    }
