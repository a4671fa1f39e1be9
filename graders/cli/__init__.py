"""`seniorkit`: the command line. It parses, calls and prints; the work is done below."""

from __future__ import annotations

import io
import os
import sys

from graders.cli.app import app
from graders.errors import SeniorkitError

DONE, NOT_ALL_GRADED, WRONG_USE = 0, 1, 2
_INTERRUPTED = 130
"""What Typer makes of Ctrl-C."""


def main() -> None:
    """Run the command line: status 0 done, 1 something could not be graded, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that cannot show "→" shows its code instead of ending the program.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SeniorkitError as error:
        print(f"seniorkit: {error}", file=sys.stderr)
        sys.exit(WRONG_USE)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            print("\nseniorkit: stopped; the same command does the rest.", file=sys.stderr)
            sys.exit(NOT_ALL_GRADED)
        raise
    except BrokenPipeError:
        # The reader has gone (`seniorkit bank list | head`); nothing is left to be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
