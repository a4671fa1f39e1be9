"""Tokens that the storage compares protect against any pause; everything else against some."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.fencing import GUARDS, LockService, Storage, play

PAUSES = st.lists(st.tuples(st.floats(0, 300), st.floats(1, 400)), max_size=4)
FENCED = "token on reads and writes"


@settings(max_examples=300, deadline=None)
@given(PAUSES, PAUSES, st.floats(20, 200), st.floats(0, 60), st.floats(0, 60))
def test_with_tokens_on_reads_and_writes_no_confirmed_addition_is_lost(
    old: list[tuple[float, float]],
    new: list[tuple[float, float]],
    lease: float,
    think: float,
    send: float,
) -> None:
    story = play(
        FENCED, {"old": old, "new": new}, lease_ms=lease, think_ms=think, send_ms=send, until=400
    )
    assert story.lost == 0
    seen = [event.token for event in story.events if event.what in ("read", "wrote")]
    assert seen == sorted(seen), "the storage never goes back to an older holder"


@given(PAUSES)
def test_every_guard_is_enough_while_nobody_outlives_the_lease(
    pauses: list[tuple[float, float]],
) -> None:
    for guard in GUARDS:
        assert play(guard, {"old": pauses}, lease_ms=10_000, until=400).lost == 0


@pytest.mark.parametrize(
    ("guard", "pause"),
    [
        ("nothing", (15, 200)),  # between read and write
        ("own clock", (21.5, 200)),  # between the look at the clock and the write
        ("token on writes", (22, 90)),  # the new holder has read, but not yet written
    ],
)
def test_each_weaker_guard_has_a_pause_that_beats_it(
    guard: str, pause: tuple[float, float]
) -> None:
    assert play(guard, {"old": [pause]}, until=300).lost == 1
    assert play(FENCED, {"old": [pause]}, until=300).lost == 0


def test_a_write_under_way_can_outlive_the_lease_without_any_pause() -> None:
    slow = {"lease_ms": 50, "think_ms": 40, "send_ms": 30}
    assert play("own clock", until=300, **slow).lost > 0
    assert play(FENCED, until=300, **slow).lost == 0


def test_the_late_writer_is_told() -> None:
    story = play(FENCED, {"old": [(15, 200)]}, until=300)
    refused = [event for event in story.events if event.what == "refused"]
    assert [(event.worker, event.token) for event in refused] == [("old", 1)]
    assert story.value == story.accepted


def test_leases_run_out_and_tokens_grow() -> None:
    service = LockService(100)
    first = service.acquire(0)
    assert first and (first.token, first.until) == (1, 100)
    assert service.acquire(99.9) is None
    second = service.acquire(100)
    assert second and second.token == 2
    service.release(first)
    assert service.acquire(150) is None, "a lease that has run out cannot give the lock away"
    service.release(second)
    third = service.acquire(150)
    assert third and third.token == 3


def test_the_storage_learns_tokens_from_what_it_is_shown() -> None:
    strict, lax = Storage(FENCED), Storage("token on writes")
    for storage in (strict, lax):
        assert storage.write(1, token=1) and storage.read(token=2) == 1
    assert not strict.write(5, token=1), "the read has shown token 2"
    assert lax.write(5, token=1), "without that, the old holder still gets in"
    assert lax.write(6, token=2) and not lax.write(7, token=1)
    assert strict.write(6, token=2) and strict.write(7, token=2), "the holder may write again"


def test_what_is_no_guard_and_no_lease_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of"):
        play("hope")
    with pytest.raises(ValueError, match="above 0"):
        LockService(0)
