"""Kernels end when they should, with all they started, and stay within their limits."""

from __future__ import annotations

import time
from queue import Empty

import pytest

from tests.kernels.conftest import Started, processes, wait_until

ENDLESS = "print('begun', flush=True)\nwhile True:\n    pass"

FORK_BOMB = (
    "import os, time\n"
    "while True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.05)"
)


@pytest.mark.parametrize(
    "ending",
    ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 11)", "os.abort()",
     "__import__('ctypes').string_at(0)"],
)  # fmt: skip
def test_a_kernel_that_ends_itself_is_noticed(start: Started, ending: str) -> None:
    kernel = start()
    kernel.client.execute(f"import os\n{ending}")
    wait_until(lambda: not kernel.is_alive())


def test_an_endless_loop_can_be_interrupted(start: Started) -> None:
    kernel = start()
    request = kernel.begin(ENDLESS)
    kernel.manager.interrupt_kernel()
    assert kernel.reply(request)["ename"] == "KeyboardInterrupt"
    assert kernel.ask("1 + 1") == 2


def test_a_loop_that_ignores_interrupts_is_ended(start: Started) -> None:
    kernel = start()
    # In the request of the loop, because the kernel sets its own handler before each one.
    ignore = "import signal\nfor n in (2, 3, 15):\n    signal.signal(n, signal.SIG_IGN)\n"
    request = kernel.begin(ignore + ENDLESS)
    kernel.manager.interrupt_kernel()
    with pytest.raises(Empty):
        kernel.reply(request, timeout=1)
    assert kernel.is_alive()
    before = time.monotonic()
    kernel.manager.shutdown_kernel(now=True)
    assert time.monotonic() - before < 5
    assert not kernel.is_alive()


def test_what_a_kernel_started_ends_with_it(start: Started) -> None:
    start().stop()  # so that there is a server
    before = processes().keys()
    kernel = start()
    kernel.run(
        "import os, subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        "if not os.fork():\n    os.setsid()\n    os.execlp('sleep', 'sleep', '1000')"
    )
    assert kernel.ask("len([n for n in os.listdir('/proc') if n.isdigit()])") == 4
    assert len(processes().keys() - before) == 4
    kernel.manager.shutdown_kernel(now=True)
    wait_until(lambda: processes().keys() <= before)


def test_a_fork_bomb_stays_within_its_limit_and_is_cleared_away(start: Started) -> None:
    other = start()
    before = processes().keys()
    bombed = start(config={"max_processes": 60})
    bombed.client.execute(FORK_BOMB)
    wait_until(lambda: len(processes().keys() - before) > 15, 30)
    time.sleep(1)  # it goes on
    assert other.ask("6 * 7") == 42
    assert 15 < len(processes().keys() - before) < 62
    begin = time.monotonic()
    bombed.manager.shutdown_kernel(now=True)
    assert time.monotonic() - begin < 5
    wait_until(lambda: processes().keys() <= before)
    assert other.ask("6 * 7") == 42


def test_too_much_memory_ends_the_kernel_and_says_so(start: Started) -> None:
    kernel = start(config={"max_memory_bytes": 400 << 20})
    kernel.client.execute(
        "blocks = [bytearray(b'x' * (10 << 20)) for _ in range(60)]\nwhile True: pass"
    )
    wait_until(lambda: not kernel.is_alive())
    assert "more memory than is allowed" in kernel.provisioner.problem


def test_too_much_memory_over_many_processes_counts_together(start: Started) -> None:
    kernel = start(config={"max_memory_bytes": 400 << 20})
    kernel.client.execute(
        "import os, time\nfor _ in range(6):\n    if not os.fork():\n"
        "        block = bytearray(os.urandom(1) * (100 << 20))\n        time.sleep(60)"
    )
    wait_until(lambda: not kernel.is_alive(), 20)
    assert "more memory than is allowed" in kernel.provisioner.problem


def test_forks_that_share_their_memory_are_not_held_against_anyone(start: Started) -> None:
    kernel = start(config={"max_memory_bytes": 400 << 20})
    kernel.run(
        "import os, time\nblock = bytearray(os.urandom(1) * (100 << 20))\n"
        "for _ in range(6):\n    if not os.fork():\n        time.sleep(60)"
    )
    time.sleep(0.5)
    assert kernel.ask("len(block)") == 100 << 20


def test_one_allocation_beyond_the_limit_fails_in_the_code(start: Started) -> None:
    kernel = start(config={"max_memory_bytes": 400 << 20})
    assert "MemoryError" in kernel.run("block = bytearray(3 << 30)")
    assert kernel.ask("1 + 1") == 2


@pytest.mark.parametrize("folder", [".", "/tmp", "/dev/shm", "/"])
def test_a_disk_filler_fills_only_its_own(start: Started, folder: str) -> None:
    kernel = start(config={"max_disk_bytes": 20 << 20})
    fill = (
        f"import os\nwritten = 0\ntry:\n    for n in range(100):\n"
        f"        with open(os.path.join({folder!r}, f'f{{n}}'), 'wb') as file:\n"
        f"            written += file.write(bytes(1 << 20))\nexcept OSError as error:\n    print(error)"
    )
    assert "No space left" in kernel.run(fill)
    assert 10 << 20 < kernel.ask("written") <= 20 << 20


def test_one_file_cannot_be_larger_than_the_disk(start: Started) -> None:
    kernel = start(config={"max_disk_bytes": 20 << 20})
    assert "OSError" in kernel.run("open('hole', 'wb').truncate(21 << 20)")


def test_computing_without_end_is_ended(start: Started) -> None:
    kernel = start(config={"max_cpu_seconds": 1})
    kernel.client.execute("import signal\nsignal.signal(24, signal.SIG_IGN)\nwhile True:\n    pass")
    wait_until(lambda: not kernel.is_alive(), 30)


def test_open_files_are_limited(start: Started) -> None:
    kernel = start()
    assert "Too many open files" in kernel.run("files = [open('/dev/null') for _ in range(2000)]")
