"""One prepared machine with a running hub, and three people in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.browser.conftest import CHROMIUM, running_chromium
from tests.hub.hub import running_hub
from tests.hub.person import Person
from tests.hub.place import PROXY, Place, prepared_place


@dataclass(frozen=True)
class School:
    """A machine, its hub, and the people; all are logged in.

    Attributes:
        place: The machine.
        hub: The hub's address.
        ada: A learner.
        bob: Another one.
        ivy: The instructor.
    """

    place: Place
    hub: str
    ada: Person
    bob: Person
    ivy: Person


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The hub, its proxy, and a server of each person's own; in CI it must be possible."""
    lacking = _lacking()
    if lacking:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"a real hub needs {lacking}")
    kept = tmp_path_factory.mktemp("hub")
    with (
        prepared_place() as place,
        running_hub(place, kept) as hub,
        running_chromium() as chromium,
    ):
        people = [Person.at(chromium, hub, name) for name in place.accounts]
        for person in people:
            person.enter(place.passwords[person.name])
        for person in people:
            person.wait_for_lab()
        yield School(place, hub, *people)


def _lacking() -> str:
    if os.geteuid():
        return "root, which makes the accounts"
    if CHROMIUM is None:
        return "Chromium (Debian: apt-get install chromium)"
    if not PROXY.exists():
        return "the proxy (make proxy)"
    if shutil.which("useradd") is None:
        return "useradd (Debian: apt-get install passwd)"
    return ""
