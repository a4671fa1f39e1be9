"""Runs a report notebook through papermill and leaves it, executed, beside an HTML page."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from graders import cards
from graders.errors import SeniorkitError, StoreError, UsageError

_BESIDE = Path(__file__).parents[2] / "notebooks" / "reports"
NOTEBOOKS = _BESIDE if _BESIDE.is_dir() else Path(sys.prefix, "share", "seniorkit", "reports")
"""The report notebooks: the repository's, or those that were installed with the package."""


class _Lines(io.TextIOBase):
    """Hands on what the notebook prints, line by line, while it runs."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._told(line)
        return len(text)


def execute_report(
    name: str, folder: Path, parameters: Mapping[str, object], *,
    title: str, told: Callable[[str], None] | None = None,
) -> Path:  # fmt: skip
    """Execute `notebooks/reports/NAME.ipynb` with *parameters*.

    Args:
        name: Name of the report notebook, without suffix.
        folder: Where `NAME.ipynb` (executed) and `NAME.html` go.
        parameters: Replace those of the cell tagged `parameters`.
        title: Title of the page.
        told: Gets each line that the notebook prints, as it runs.

    Returns:
        The HTML page.

    Raises:
        UsageError: If there is no such report.
        SeniorkitError: If a cell failed; the executed notebook is kept and named.
        StoreError: If *folder* cannot be written.
    """
    template = NOTEBOOKS / f"{name}.ipynb"
    if not template.is_file():
        raise UsageError(f"there is no report {name!r}", where=str(NOTEBOOKS))
    executed = folder / f"{name}.ipynb"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _papermill(template, executed, dict(parameters), told or (lambda line: None))
        page = executed.with_suffix(".html")
        page.write_text(_render(executed, title), encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"the report cannot be written ({error.strerror or error})",
            where=str(folder),
            fix="Check the folder's rights and the free space",
        ) from None
    return page


def _papermill(
    template: Path, executed: Path, parameters: dict[str, object], told: Callable[[str], None]
) -> None:
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    # The kernel's own chatter is no message to the person who runs the report.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    try:
        with TemporaryDirectory(prefix="sk-") as sockets:
            papermill.execute_notebook(
                str(template),
                str(executed),
                parameters,
                kernel_name="python3",
                progress_bar=False,
                log_output=False,
                stdout_file=_Lines(told),
                cwd=str(executed.parent),
                # Sockets in a private folder instead of open TCP ports.
                config=Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/s"}),
            )
    except KeyboardInterrupt:
        # The abandoned cell would be reported at exit, with its whole traceback.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise
    except PapermillExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        raise _known(error.ename, error.evalue, executed) from None


def _known(name: str, message: str, executed: Path) -> SeniorkitError:
    """Turn the error of a cell back into the kit's own, where it is one."""
    from graders import errors

    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, SeniorkitError):
        return kind(message.rstrip("."))
    return SeniorkitError(
        f"the report failed ({name}: {message})",
        where=str(executed),
        fix="Open this notebook to see the cell that failed",
    )


def _render(executed: Path, title: str) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="seniorkit_report",
        extra_template_basedirs=[str(cards.TEMPLATES / "nbconvert")],
        exclude_input=True,
        exclude_output_prompt=True,
    )
    resources = {"seniorkit_style": cards.style(), "seniorkit_title": title}
    page, _ = exporter.from_filename(str(executed), resources)
    return str(page)
