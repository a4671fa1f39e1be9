"""Lists in a terminal: a heading with the number, then the lines."""

from __future__ import annotations

from collections.abc import Iterable

LISTED = 40


def show_list(heading: str, lines: Iterable[str], *, at_most: int = LISTED) -> None:
    """Print *lines* below *heading*; nothing if there are none.

    Args:
        heading: What they are.
        lines: They may hold names that people chose: control characters are not printed.
        at_most: How many are printed; of the others the number is told.
    """
    all_lines = list(lines)
    if not all_lines:
        return
    print(f"{len(all_lines)} {heading}:")
    for line in all_lines[:at_most]:
        print("  " + "".join(sign if sign.isprintable() else "\ufffd" for sign in line))
    if len(all_lines) > at_most:
        print(f"  ... and {len(all_lines) - at_most} more")
