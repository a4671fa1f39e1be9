"""What the hub's configuration says, read as the hub reads it."""

from __future__ import annotations

import pytest
from traitlets.config import PyFileConfigLoader

from tests.hub.place import DEPLOY


def test_a_slow_server_is_waited_for_until_it_also_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterHub would otherwise wait half a minute for its first answer, however it started."""
    monkeypatch.setenv("SENIORKIT_SITE", str(DEPLOY / "site.env"))
    spawner = PyFileConfigLoader(str(DEPLOY / "jupyterhub_config.py")).load_config().Spawner
    assert (spawner.start_timeout, spawner.http_timeout) == (120, 120)
