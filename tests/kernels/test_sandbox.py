"""What code in a kernel can reach: nothing of the machine but the system and Python."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from graders.kernels import isolation, sandbox
from graders.kernels.forkserver import server_for
from tests.conftest import ROOT
from tests.kernels.conftest import Kernel, Started


def test_there_is_no_network(kernel: Kernel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reached = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        assert "ConnectionRefusedError" in kernel.run(reached)
    assert kernel.ask("[name for _, name in socket.if_nameindex()]", "import socket") == ["lo"]
    assert "OSError" in kernel.run("socket.create_connection(('192.0.2.1', 80), 2)")


def test_a_server_of_ones_own_can_be_called(kernel: Kernel) -> None:
    before = (
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "caller = socket.create_connection(server.getsockname())\ncaller.send(b'hello')"
    )
    assert kernel.ask("server.accept()[0].recv(9)", before) == b"hello"


def test_the_environment_holds_nothing_that_is_not_listed(
    start: Started, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-graders-key")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    # The kernel's server has the environment that its worker had when it was started.
    monkeypatch.setattr("graders.kernels.forkserver._servers", {})
    kernel = start()
    request.addfinalizer(server_for(isolation()).close)
    seen = kernel.ask("dict(os.environ)", "import os")
    added = {"JPY_PARENT_PID", "TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER"}
    added |= {"GIT_PAGER", "MPLBACKEND", "PYDEVD_USE_FRAME_EVAL"}  # by IPython itself
    assert set(seen) <= {*sandbox.ENVIRONMENT, *added}
    everywhere = (
        "import glob\nfound = ''\nfor path in glob.glob('/proc/*/environ'):\n"
        "    try:\n        found += open(path).read()\n    except OSError:\n        pass"
    )
    found = kernel.ask("found", everywhere)
    assert f"LANG={sandbox.SERVER_ENVIRONMENT['LANG']}\0" in found  # it was looked into
    assert "the-graders-key" not in found


def test_neither_course_nor_home_is_there(kernel: Kernel) -> None:
    for path in (ROOT / "source", ROOT / "pyproject.toml", ROOT / "tests", Path.home() / ".ssh"):
        assert kernel.ask(f"os.path.exists({str(path)!r})", "import os") is False, path
    home = set(kernel.ask("os.listdir(os.environ['HOME'])", "import os"))
    assert home <= {".ipython", ".pyenv", ".local"}  # Python itself may lie there


def test_of_the_folder_only_data_is_there(kernel: Kernel) -> None:
    files = "sorted(f'{root}/{name}' for root, _, names in os.walk('.') for name in names)"
    assert kernel.ask(files, "import os") == ["./data/loads.csv"]


def test_what_is_written_stays_inside(start: Started, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("as handed in")
    kernel = start()
    changed = "open('data.txt', 'w').write('changed'); open('new.txt', 'w').write('x')"
    assert kernel.run(changed) == ""
    assert kernel.ask("[open(n).read() for n in ('data.txt', 'new.txt')]") == ["changed", "x"]
    kernel.stop()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "data.txt": "as handed in"
    }


@pytest.mark.parametrize(
    "path",
    [os.__file__, "/usr/bin/env", "/usr/new", "/etc/ld.so.cache", "/proc/sys/kernel/hostname"],
)
def test_the_system_cannot_be_changed(kernel: Kernel, path: str) -> None:
    assert "OSError" in kernel.run(
        f"try:\n    open({path!r}, 'a').write('x')\nexcept OSError:\n    print('OSError')"
    )


def test_it_has_no_rights(kernel: Kernel) -> None:
    status = dict(
        line.split(":\t", 1) for line in kernel.ask("open('/proc/self/status').read()").splitlines()
    )
    assert {status[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapBnd")} == {""}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert kernel.ask("os.getresuid() + os.getresgid()", "import os") == (65534,) * 6


@pytest.mark.parametrize("kind", ["USER", "NS", "PID", "NET"])
def test_it_cannot_make_namespaces(kernel: Kernel, kind: str) -> None:
    flags = {"USER": 0x10000000, "NS": 0x20000, "PID": 0x20000000, "NET": 0x40000000}
    before = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)"
    assert kernel.ask(f"libc.unshare({flags[kind]})", before) == -1
    # The same by another call, which no filter can look into: clone(flags | SIGCHLD).
    clone = f"libc.syscall({56 if os.uname().machine == 'x86_64' else 220}, {flags[kind] | 17}, 0)"
    assert kernel.ask(f"pid if (pid := {clone}) else os._exit(0)", before + "\nimport os") == -1


@pytest.mark.parametrize("call", ["os.memfd_create('x')", "mmap_shared()"])
def test_memory_that_nobody_counts_is_not_to_be_had(kernel: Kernel, call: str) -> None:
    if call.startswith("os."):
        assert "OSError" in kernel.run(f"import os\n{call}")
    else:
        number = 29 if os.uname().machine == "x86_64" else 194
        before = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)"
        assert kernel.ask(f"libc.syscall({number}, 0, 4096, 0o1600)", before) == -1


def test_only_its_own_processes_are_there(kernel: Kernel) -> None:
    pids = "[int(name) for name in os.listdir('/proc') if name.isdigit()]"
    assert kernel.ask(pids, "import os") == [1, 2]
    assert kernel.ask("(os.getpid(), os.getppid())", "import os") == (2, 1)


@pytest.mark.parametrize("path", ["mem", "environ", "maps", "cwd/etc", "root/etc", "fd"])
def test_the_supervisor_cannot_be_looked_into(kernel: Kernel, path: str) -> None:
    look = (
        f"import os\nos.listdir('/proc/1/{path}') if {path.count('/')} else open('/proc/1/{path}')"
    )
    assert "PermissionError" in kernel.run(look) or "IsADirectory" in kernel.run(look)
    assert "PermissionError" in kernel.run("os.listdir('/proc/1/fd')")


def test_the_supervisor_cannot_be_signalled_or_traced(kernel: Kernel) -> None:
    kernel.run(
        "import os, signal\nfor n in range(1, 65):\n    os.kill(1, n) if n not in (32, 33) else 0"
    )
    assert kernel.ask("os.getppid()") == 1
    number = 101 if os.uname().machine == "x86_64" else 117
    before = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)"
    assert kernel.ask(f"libc.syscall({number}, 16, 1, 0, 0)", before) == -1  # PTRACE_ATTACH


def test_it_holds_no_open_file_of_the_worker(kernel: Kernel) -> None:
    links = kernel.ask(
        "[os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') "
        "if os.path.exists(f'/proc/self/fd/{fd}')]",
        "import os",
    )
    assert [link for link in links if link.startswith("/") and link != "/dev/null"] in (
        [],
        ["/proc/2/fd"],
    )


def test_siblings_see_nothing_of_each_other(start: Started) -> None:
    one, other = start(), start()
    for line in (
        "open('/tmp/secret', 'w').write('x'); open('/dev/shm/secret', 'w').write('x')",
        "import socket; s = socket.create_server(('127.0.0.1', 7777))",
        "t = socket.socket(socket.AF_UNIX); t.bind('\\0abstract'); t.listen()",
        # It is reached from where it is to be reached.
        "socket.create_connection(('127.0.0.1', 7777), 2).close()",
        "socket.socket(socket.AF_UNIX).connect('\\0abstract')",
    ):
        assert one.run(line) == ""
    assert one.ask("[os.path.exists(f'{p}/secret') for p in ('/tmp', '/dev/shm')]", "import os") == [
        True, True,
    ]  # fmt: skip
    seen = other.ask("os.listdir('/tmp') + os.listdir('/dev/shm')", "import os")
    assert "secret" not in seen
    assert other.ask("[n for n in os.listdir('/proc') if n.isdigit()]") == ["1", "2"]
    assert "refused" in other.run("import socket; socket.create_connection(('127.0.0.1', 7777), 2)")
    assert "refused" in other.run("socket.socket(socket.AF_UNIX).connect('\\0abstract')")
    assert one.ask("os.listdir('/dev/pts')", "import os, pty\nfds = pty.openpty()") == ["0", "ptmx"]
    assert other.ask("os.listdir('/dev/pts')") == ["ptmx"]


def test_nothing_of_a_course_is_shown_even_if_the_environment_lies_around_it() -> None:
    assert not [
        path for path in sandbox.shared_paths() if Path(path, "nbgrader_config.py").exists()
    ]
    assert not [path for path in sandbox.shared_paths() if ROOT.is_relative_to(path)]
    assert not [path for path in sandbox.shared_paths() if Path.home().is_relative_to(path)]
