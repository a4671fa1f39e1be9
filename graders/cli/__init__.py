"""`seniorkit`: the command line. It parses, calls and prints; the work is done below."""

from __future__ import annotations

import sys

from graders.cli.app import app
from graders.errors import SeniorkitError

DONE, NOT_ALL_GRADED, WRONG_USE = 0, 1, 2


def main() -> None:
    """Run the command line: status 0 done, 1 something could not be graded, 2 wrong use."""
    try:
        app()
    except SeniorkitError as error:
        print(f"seniorkit: {error}", file=sys.stderr)
        sys.exit(WRONG_USE)
    except KeyboardInterrupt:
        print("seniorkit: stopped. Run the same command again to do the rest.", file=sys.stderr)
        sys.exit(NOT_ALL_GRADED)
    except BrokenPipeError:
        sys.exit(DONE)
