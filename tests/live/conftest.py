"""A real server for all tests here; in CI its packages have to be there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.live.server import RealServer
from tests.live.weights import GEMMA, QWEN, NotInstalled, Weights


@pytest.fixture(scope="session")
def gemma() -> Iterator[RealServer]:
    """Gemma 3 270M."""
    yield from _running(GEMMA, needed=bool(os.environ.get("CI")))


@pytest.fixture(scope="session")
def qwen() -> Iterator[RealServer]:
    """Qwen2.5-Coder 1.5B, where `make live` has installed it."""
    yield from _running(QWEN, needed=bool(os.environ.get("SENIORKIT_LIVE")))


def _running(weights: Weights, *, needed: bool) -> Iterator[RealServer]:
    try:
        weights.file()
        import xllamacpp  # noqa: F401
    except (NotInstalled, ImportError) as error:
        if needed:
            raise
        pytest.skip(str(error))
    with RealServer(weights) as server:
        yield server
