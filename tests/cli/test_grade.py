"""`seniorkit grade` while it is at work."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from graders.cli.grade import _Bar


def test_an_interrupt_that_a_library_swallows_still_ends_the_run() -> None:
    before = signal.getsignal(signal.SIGINT)
    with _Bar("Grading week01") as bar:
        bar.told("[1/3] ada")
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            bar.told("[2/3] bob")
    assert signal.getsignal(signal.SIGINT) is before
