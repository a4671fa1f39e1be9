"""A machine prepared as deploy/jupyterhub says: programs, folders, accounts; and all of it removed."""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "jupyterhub"
VENV = ROOT / ".venv"
PROXY = VENV / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
BASES = Path("/opt")
"""Where the places are made: others must be able to enter it, and it is not in memory."""

KEY = f"sk-test-{secrets.token_hex(12)}"
"""The judge's key of this run."""


@dataclass(frozen=True)
class Place:
    """One prepared machine.

    Attributes:
        base: The folder that holds everything.
        instructors: Their unix group.
        learners: Theirs.
        accounts: Every account that is made: two learners and an instructor.
        passwords: Account -> password.
    """

    base: Path
    instructors: str
    learners: str
    accounts: tuple[str, ...]
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def kit(self) -> Path:
        """Where the programs are."""
        return self.base / "kit"

    @property
    def course(self) -> Path:
        """The course's folder."""
        return self.base / "nbgrader" / "seniorkit"

    @property
    def exchange(self) -> Path:
        """The course's part of the exchange."""
        return self.base / "nbgrader" / "exchange" / "seniorkit"

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts and the hub are started with."""
        return {
            "PATH": f"{self.kit / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/root",
            "SENIORKIT_SITE": str(self.base / "site.env"),
        }

    def script(self, name: str, *words: str) -> str:
        """Run one of the deployment's scripts as root; what it printed."""
        return run([str(DEPLOY / name), *words], env=self.environment)

    def run_as(self, account: str, *command: str) -> str:
        """Run a command as *account*, as the weekly job does; what it printed."""
        person = pwd.getpwnam(account)
        environment = self.environment | {
            "HOME": person.pw_dir,
            "USER": account,
            "LOGNAME": account,
            "SENIORKIT_JUDGE_KEY": KEY,
            "JUPYTER_CONFIG_PATH": str(self.kit / "etc" / "instructors"),
            "OPENBLAS_NUM_THREADS": "1",
        }
        return run(
            command, env=environment, cwd=self.course, user=account, group=person.pw_gid,
            extra_groups=os.getgrouplist(account, person.pw_gid), umask=0o007,
        )  # fmt: skip


def run(command: Sequence[str], **options: object) -> str:
    """Run *command*; its output, which is shown if it fails."""
    done = subprocess.run(  # type: ignore[call-overload]
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=120, **options,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}"
    return str(done.stdout)


@contextmanager
def prepared_place() -> Iterator[Place]:
    """A machine with the kit and its folders; afterwards no file, account or process is left."""
    _remove_forsaken()
    place = _named(secrets.token_hex(3), os.getpid())
    base, names = place.base, place.accounts
    try:
        base.mkdir()
        _install_programs(place.kit)
        _write_site(place)
        place.script("folders.sh")
        (base / "secrets" / "judge.env").write_text(f"SENIORKIT_JUDGE_KEY={KEY}\n")
        said = place.script("people.sh", "learner", *names[:2])
        said += place.script("people.sh", "instructor", names[2])
        place.passwords.update(line.split() for line in said.splitlines())
        yield place
    finally:
        _remove(place)


def _named(mark: str, owner: int) -> Place:
    """The place of one run: its folder tells its accounts and its process."""
    names = tuple(f"sk{mark}{who}" for who in ("ada", "bob", "ivy"))
    return Place(
        BASES / f"seniorkit-hub-{mark}-{owner}", f"sk{mark}-teach", f"sk{mark}-learn", names
    )


def _remove_forsaken() -> None:
    """Remove what runs have left behind that were killed before they could clean up."""
    for base in BASES.glob("seniorkit-hub-*-*"):
        mark, owner = base.name.split("-")[-2:]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            _remove(_named(mark, int(owner)))


def _install_programs(kit: Path) -> None:
    """What install.sh would install: the packages of .venv, and this kit not as a link to here."""
    # Links are made in a moment; another file system needs a copy.
    try:
        shutil.copytree(VENV, kit, symlinks=True, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.rmtree(kit, ignore_errors=True)
        shutil.copytree(VENV, kit, symlinks=True)
    _take_public_python(kit)
    (packages,) = kit.glob("lib/python3*/site-packages")
    for link in packages.glob("_editable_impl_*.pth"):
        link.unlink()
    shutil.copytree(
        ROOT / "graders", packages / "graders", ignore=shutil.ignore_patterns("__pycache__")
    )
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    for folder, target in wheel["targets"]["wheel"]["shared-data"].items():
        # What is there is linked to the original, which copying over it would write to.
        shutil.rmtree(kit / target, ignore_errors=True)
        shutil.copytree(ROOT / folder, kit / target)
    for program in (kit / "bin").iterdir():
        if program.is_symlink() or not program.read_bytes().startswith(b"#!"):
            continue
        text = program.read_text(encoding="utf-8").replace(str(VENV), str(kit))
        mode = program.stat().st_mode
        program.unlink()  # the original is linked to it
        program.write_text(text, encoding="utf-8")
        program.chmod(mode)


def _take_public_python(kit: Path) -> None:
    """Let the kit run by an interpreter that every account may start; one in /root is not."""
    version = f"python3.{sys.version_info.minor}"
    own = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    closed = any(not folder.stat().st_mode & 0o001 for folder in own.parents)
    found = [Path("/usr/bin", version), Path("/usr/local/bin", version)] if closed else [own]
    python = next((path for path in found if path.exists()), None)
    if python is None:
        pytest.fail(f"learners cannot start {own}; install Debian's {version}")
    for replaced in (kit / "bin" / "python3", kit / "pyvenv.cfg"):
        replaced.unlink()
    (kit / "bin" / "python3").symlink_to(python)
    (kit / "pyvenv.cfg").write_text(f"home = {python.parent}\n", encoding="utf-8")


def _write_site(place: Place) -> None:
    lines = {
        "PREFIX": place.kit,
        "NBGRADER": place.base / "nbgrader",
        "STATE": place.base / "state",
        "SECRETS": place.base / "secrets",
        "COURSE": "seniorkit",
        "INSTRUCTORS": place.instructors,
        "LEARNERS": place.learners,
    }
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    (place.base / "site.env").write_text(text, encoding="utf-8")


def _remove(place: Place) -> None:
    for name in place.accounts:
        with suppress(KeyError):
            uid = pwd.getpwnam(name).pw_uid
            _end_processes(uid)
            _remove_left_files(uid)  # the number will be somebody else's
            subprocess.run(
                ["userdel", "--remove", "--force", name], capture_output=True, check=False
            )
    for group in (place.instructors, place.learners):
        with suppress(KeyError):
            grp.getgrnam(group)
            subprocess.run(["groupdel", group], capture_output=True, check=False)
    shutil.rmtree(place.base, ignore_errors=True)


def _remove_left_files(uid: int) -> None:
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        for path in Path(folder).iterdir():
            with suppress(OSError):
                if path.lstat().st_uid != uid:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def _end_processes(uid: int) -> None:
    """End what runs as *uid*, an account that exists for this test only."""
    for _ in range(50):
        left = [each for each in psutil.process_iter(["uids"]) if each.info["uids"].real == uid]
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if not left:
            return
        time.sleep(0.1)
