"""A real JupyterLab and a real Chromium, started once for all browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip

expect.set_options(timeout=20_000)  # what a kernel has to do takes its time on a busy machine


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it listens, its notebooks' folder, its progress file."""

    url: str
    folder: Path
    progress: Path

    def notebook(self, name: str) -> str:
        """Where a notebook opens in a workspace of its own: others would leave hidden tabs."""
        workspace = name.removesuffix(".ipynb").replace("/", "-")
        return f"{self.url}/lab/workspaces/{workspace}/tree/{name}"


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of `notebooks/`, without a token, on this machine only."""
    with running_lab(tmp_path_factory.mktemp("lab")) as started:
        yield started


@pytest.fixture
def lab(lab_server: Lab) -> Lab:
    """The running JupyterLab as on a learner's first day, whatever other tests left in it."""
    for left in lab_server.folder.parent.iterdir():
        if left.name in ("config", "lab.log"):  # the server's own
            continue
        # A kernel that is just ending may still close its files.
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
    copy_notebooks(lab_server.folder)
    return lab_server


def copy_notebooks(folder: Path) -> None:
    """The notebooks of the kit as *folder*, without anybody's answers."""
    left = shutil.ignore_patterns("answers.json", ".ipynb_checkpoints", "__pycache__")
    shutil.copytree(ROOT / "notebooks", folder, ignore=left, dirs_exist_ok=True)


@contextmanager
def running_lab(base: Path) -> Iterator[Lab]:
    """JupyterLab with everything that it writes below *base*."""
    folder = base / "notebooks"
    copy_notebooks(folder)
    progress = base / "progress.sqlite3"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root",
        "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "SENIORKIT_PROGRESS": str(progress),
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
    }
    with (base / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, server, base / "lab.log")
        yield Lab(url, folder, progress)
    finally:
        server.terminate()
        try:
            server.wait(timeout=60)
        except subprocess.TimeoutExpired:
            server.kill()  # its kernels end with it
            server.wait()


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


# Not for the whole session: Playwright keeps an event loop running in the main thread, in which
# no other test could call asyncio.run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; in CI its absence is a failure."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed (Debian: apt-get install chromium)")
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with running_chromium() as chromium:
        yield chromium


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Headless Chromium of this machine."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that remembers uncaught errors in `page.errors`, its console's in `page.said`."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield listening(context.new_page())
    for left in context.pages:  # a kernel holds 150 MB until the server ends
        with suppress(Error):
            left.evaluate("() => window.jupyterapp?.serviceManager.sessions.shutdownAll()")
    context.close()


def listening(opened: Page) -> Page:
    """*opened*, which remembers from now on what goes wrong in it."""
    opened.errors, opened.said = [], []  # type: ignore[attr-defined]
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))  # type: ignore[attr-defined]
    opened.on(
        "console",
        lambda line: opened.said.append(line.text) if line.type == "error" else None,  # type: ignore[attr-defined]
    )
    return opened


READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return Boolean(panel?.context?.isReady && panel.sessionContext?.isReady);
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"


def write_notebook(lab: Lab, name: str, *cells: str) -> str:
    """A notebook of code cells in the folder of *lab*; its file name."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / f"{name}.ipynb")
    return f"{name}.ipynb"


def open_notebook(page: Page, lab: Lab, name: str, *, workspace: str = "") -> None:
    """Open the notebook *name* and wait until its kernel can run cells."""
    url = lab.notebook(name)
    page.goto(url.replace("/workspaces/", f"/workspaces/{workspace}") if workspace else url)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_function(READY, timeout=60_000)


def run_box(page: Page) -> Locator:
    """Run all cells; the first answer box, with its text area in sight."""
    page.evaluate(RUN_ALL)
    box = page.locator(".sk-box").first
    box.wait_for(timeout=60_000)
    return box
