"""Runs the learner's code with bounds on time and output, and survives a kernel that dies."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Integer

from graders.preprocessors.common import NOTE, Resources, grade_id_of, has_error, new_note


class ExecuteBounded(Execute):  # type: ignore[misc]
    """Run the learner's code; survive a kernel that dies or prints without end.

    A cell that could not run gets an error output, so its test cannot pass by being silent.
    """

    timeout = Integer(10, help="Seconds that one cell may run.").tag(config=True)
    max_output_bytes = Integer(1_000_000, help="Bytes of output that are kept of one cell.").tag(
        config=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shutdown_kernel = "immediate"
        self._printed: dict[int, int] = {}

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Execute the notebook; a dead kernel is noted, not raised."""
        note = nb.metadata.setdefault(NOTE, new_note())
        self._printed = {}
        if not any(cell.cell_type == "code" and cell.source.strip() for cell in nb.cells):
            return nb, resources
        with TemporaryDirectory(prefix="sk-") as folder:
            # Sockets in a private folder instead of open TCP ports. The path must be absolute
            # (the kernel has another working directory) and short (108 bytes at most).
            self.config.KernelManager.transport = "ipc"
            self.config.KernelManager.ip = f"{folder}/s"
            try:
                nb, resources = super().preprocess(nb, resources, km)
            except DeadKernelError:
                note.remarks.append(_mark_unrun(nb))
        slow = [cell for cell in nb.cells if has_error(cell, "CellTimeoutError")]
        if slow:
            note.remarks.append(
                f"{len(slow)} cell(s) ran longer than {self.timeout} seconds and were stopped"
            )
        cut = [nb.cells[i] for i, size in self._printed.items() if size > self.max_output_bytes]
        if cut:
            note.remarks.append(f"the output of {len(cut)} cell(s) was too long and was cut")
        return nb, resources

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep output messages only up to the limit."""
        content = msg["content"]
        if msg["msg_type"] == "stream":
            size = len(content.get("text", ""))
        elif msg["msg_type"] in ("display_data", "execute_result"):
            size = sum(len(str(value)) for value in content.get("data", {}).values())
        else:
            return super().process_message(msg, cell, cell_index)
        before = self._printed.get(cell_index, 0)
        self._printed[cell_index] = before + size
        if before + size <= self.max_output_bytes:
            return super().process_message(msg, cell, cell_index)
        if before <= self.max_output_bytes:
            room = self.max_output_bytes - before
            kept = content.get("text", "")[: min(room, 10_000)]
            # On stdout, because nbgrader counts anything on stderr as a failed test.
            msg["msg_type"] = msg["header"]["msg_type"] = "stream"
            msg["content"] = {"name": "stdout", "text": f"{kept}\n... output cut ...\n"}
            return super().process_message(msg, cell, cell_index)
        return None


def _mark_unrun(nb: NotebookNode) -> str:
    """Give every cell from the one that killed the kernel on an error; say what happened."""
    died = None
    for position, cell in enumerate(nb.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        ran = cell.get("execution_count") is not None
        last = not any(
            later.get("execution_count") is not None
            for later in nb.cells[position + 1 :]
            if later.cell_type == "code"
        )
        if ran and not last:
            continue
        if died is None:
            died = position
        cell.outputs = [
            NotebookNode(
                output_type="error",
                ename="KernelDied",
                evalue="The program ended before this cell could finish.",
                traceback=["KernelDied: the program ended before this cell could finish."],
            )
        ]
    name = grade_id_of(nb.cells[died]) if died is not None else None
    place = f"cell {name!r}" if name else f"cell number {(died or 0) + 1}"
    return f"the kernel died in {place}; the tests after it did not run"
