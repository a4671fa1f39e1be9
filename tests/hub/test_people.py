"""people.sh refuses what cannot be an account of a learner, before it makes any."""

from __future__ import annotations

import subprocess

import pytest

from tests.hub.place import DEPLOY


def refused(*words: str, said: str = "") -> str:
    done = subprocess.run(
        [DEPLOY / "people.sh", *words], input=said, capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 2
    assert done.stdout == "", "nobody got an account"
    return done.stderr


@pytest.mark.parametrize("name", ["root", "daemon"])
def test_an_account_of_the_system_is_nobodys(name: str) -> None:
    assert f"'{name}' is an account of the system" in refused("learner", "a-new-learner", name)


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "-rf", "a:b", "../x", "a;reboot", "", "é", "a" * 40]
)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    assert "cannot be a login name" in refused("learner", "a-new-learner", name)


def test_names_are_read_line_by_line() -> None:
    assert "'two words'" in refused("learner", said="a-new-learner\ntwo words\n")


def test_a_role_is_needed() -> None:
    assert "learner or instructor" in refused("ada")
    assert "learner or instructor" in refused()
