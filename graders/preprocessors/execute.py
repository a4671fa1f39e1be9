"""Runs the learner's code with bounds on time and output, and survives a kernel that dies."""

from __future__ import annotations

import json
import secrets
from typing import Any

from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4.nbbase import validate
from nbformat.validator import ValidationError
from nbgrader import utils
from nbgrader.preprocessors import Execute
from nbgrader.preprocessors.execute import UnresponsiveKernelError
from traitlets import Integer, Unicode

from graders.checks import Observation, Probe, load_probes
from graders.errors import KernelError
from graders.gradebook import CourseGradebook
from graders.kernels import KERNEL_NAME
from graders.preprocessors.asking import gone
from graders.preprocessors.common import (
    DISTRUSTED,
    UNCHECKED,
    Resources,
    grade_id_of,
    has_error,
    note_of,
    source_of,
)
from graders.preprocessors.mutants import defined
from graders.preprocessors.watched import WatchedTests, is_test


class ExecuteBounded(Execute):  # type: ignore[misc]
    """Run the learner's code in the sandbox; survive a kernel that dies, hangs, or never stops.

    A cell that could not run gets an error output, so its test cannot pass by being silent.
    """

    kernel_name = Unicode(KERNEL_NAME, help="The kernel that runs the code.").tag(config=True)
    timeout = Integer(10, help="Seconds that one cell may run.").tag(config=True)
    max_output_bytes = Integer(1_000_000, help="Bytes of output that are kept of one cell.").tag(
        config=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shutdown_kernel = "immediate"
        # nbclient skips cells with this tag; no learner can guess it.
        self.skip_cells_with_tag = secrets.token_hex(16)
        self._sizes: dict[int, int] = {}
        self._odd = 0
        self._running = 0
        self._kernel: Any = None
        self._watched: WatchedTests | None = None
        self._probes: tuple[Probe, ...] = ()
        self._observed: list[Observation] | None = None

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> Any:
        """Remember which cell is running, in case it is the last one; look around the tests."""
        self._running, self._kernel = index, self.km.provisioner
        if self._watched is None:
            self._watched = WatchedTests(
                self.nb, self.km, self.kc, self.timeout, lambda: stub_names(resources)
            )
        self._watched.before(cell)
        result = super().preprocess_cell(cell, resources, index)
        self._watched.after(cell)
        if index == len(self.nb.cells) - 1:
            self._observed = self._watched.finish(self._probes)
        return result

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Execute the notebook; a dead kernel is noted, not raised."""
        note = note_of(nb)
        del note["of"]
        if not self.enabled:
            return nb, resources
        self._sizes, self._odd, self._running = {}, 0, 0
        self._watched, self._observed = None, None
        self._probes = load_probes(source_of(self, resources), resources["nbgrader"]["notebook"])
        if not needs_kernel(nb) and not self._probes:
            return nb, resources
        try:
            self._check_language(nb)
            nb, resources = super().preprocess(nb, resources, km)
        except KernelError as error:
            note.remarks.append(_mark_unrun(nb, 0, f"the code was not run: {error}"))
            note.unrun = True
        except DeadKernelError:
            why = getattr(self._kernel, "problem", "")
            what = f"the kernel died ({why})" if why else "the kernel died"
            note.remarks.append(_mark_unrun(nb, self._running, what))
        except (CellTimeoutError, UnresponsiveKernelError):
            what = "the kernel did not answer any more"
            note.remarks.append(_mark_unrun(nb, self._running, what))
        # Display updates and errors in replies come in past `process_message`.
        for index, cell in enumerate(nb.cells):
            if _size(cell.get("outputs", [])) > 1.2 * self.max_output_bytes:
                cell.outputs = _bounded(cell.outputs, self.max_output_bytes)
                self._sizes[index] = self.max_output_bytes + 1
        note.remarks += self._remarks(nb)
        if self._observed is None and not note.get("unrun"):
            self._observed = gone(self._probes)
        note.observations = [seen.model_dump() for seen in self._observed or ()]
        if self._watched is not None:
            _distrust(nb, note, self._watched)
        return nb, resources

    def _check_language(self, nb: NotebookNode) -> None:
        language = str(nb.metadata.get("kernelspec", {}).get("language") or "python").lower()
        if self.kernel_name == KERNEL_NAME and language != "python":
            raise KernelError(
                f"the sandbox runs Python only, and this notebook is in {language[:40]}",
                fix="If you trust the code, name its kernel as c.ExecuteBounded.kernel_name",
            )

    def _remarks(self, nb: NotebookNode) -> list[str]:
        remarks = []
        slow = sum(has_error(cell, "CellTimeoutError") for cell in nb.cells)
        if slow:
            remarks.append(
                f"{slow} cell(s) ran longer than {self.timeout} seconds and were stopped"
            )
        cut = sum(size > self.max_output_bytes for size in self._sizes.values())
        if cut:
            remarks.append(f"the output of {cut} cell(s) was too long and was cut")
        if self._odd:
            remarks.append("the kernel sent messages that are not as they should be")
        return remarks

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Keep output messages only up to the limit, and only those that make sense."""
        kind = msg["msg_type"]
        if kind.startswith("comm"):
            return None  # widgets talk to pages; nobody listens here
        if not isinstance(msg["content"].get("execution_count", 0), int):
            self._odd += 1
            return None
        if kind not in ("status", "execute_input", "clear_output"):
            before = self._sizes.get(cell_index, 0)
            self._sizes[cell_index] = before + _size(msg["content"])
            if before > self.max_output_bytes:
                return None
            if self._sizes[cell_index] > self.max_output_bytes:
                msg = _cut(msg, self.max_output_bytes - before)
        try:
            output = super().process_message(msg, cell, cell_index)
            if cell.outputs:
                validate(cell.outputs[-1], "output")
        except CellExecutionComplete:
            raise
        except Exception:
            # Code in the kernel can send what it likes; what is no output is dropped.
            self._odd += 1
            while cell.outputs and not _is_output(cell.outputs[-1]):
                cell.outputs.pop()
            return None
        return output


def stub_names(resources: Resources) -> set[str]:
    """Names that the released notebook defines in any of its cells."""
    names = resources["nbgrader"]
    with CourseGradebook(names["db_url"]) as gradebook:
        marks = gradebook.marks(names["assignment"], names["notebook"])
    return set().union(*(defined(mark.source) for mark in marks.values()))


def needs_kernel(nb: NotebookNode) -> bool:
    """Whether a grade depends on code: a graded code cell, or a task with cells of one's own."""
    return any(
        (cell.cell_type == "code" and utils.is_grade(cell) and cell.source.strip())
        or utils.is_task(cell)
        for cell in nb.cells
    )


def _size(content: object) -> int:
    return len(json.dumps(content, default=str, ensure_ascii=False).encode(errors="replace"))


def _cut(msg: dict[str, Any], room: int) -> dict[str, Any]:
    """What is shown of the message that went over the limit.

    It goes to stdout, because nbgrader counts anything on stderr as a failed test; an error
    stays an error, so that what failed does not pass by failing loudly.
    """
    content = msg["content"]
    if msg["msg_type"] == "error":
        name = str(content.get("ename", "Error"))[:100]
        kept = {"ename": name, "evalue": "(cut)", "traceback": [f"{name}: (cut)"]}
        return {**msg, "content": kept}
    text = str(content.get("text", ""))[: min(room, 10_000) // 4]
    return {
        **msg,
        "msg_type": "stream",
        "header": {**msg["header"], "msg_type": "stream"},
        "content": {"name": "stdout", "text": f"{text}\n... output cut ...\n"},
    }


def _bounded(outputs: list[NotebookNode], limit: int) -> list[NotebookNode]:
    """The first *outputs* that fit, and of those that do not only that there was an error."""
    kept: list[NotebookNode] = []
    for output in outputs:
        limit -= _size(output)
        if limit >= 0:
            kept.append(output)
        elif output.output_type == "error":
            name = str(output.ename)[:100]
            cut = {"ename": name, "evalue": "(cut)", "traceback": [f"{name}: (cut)"]}
            kept.append(NotebookNode(output_type="error", **cut))
    text = "... output cut ...\n"
    return [*kept, NotebookNode(output_type="stream", name="stdout", text=text)]


def _is_output(output: NotebookNode) -> bool:
    try:
        validate(output, "output")
    except ValidationError:
        return False
    return True


def _distrust(nb: NotebookNode, note: NotebookNode, watched: WatchedTests) -> None:
    """Note what the canaries found; if anything, no test passes by what its cell shows."""
    note.tampered, note.unchecked = watched.reasons, watched.unanswered
    note.remarks += [f"{DISTRUSTED}: {reason}" for reason in note.tampered]
    note.remarks += [UNCHECKED] * note.unchecked
    if note.tampered:
        words = "These tests did not run as they were released; a person will look at them."
    elif note.unchecked:
        words = "These tests could not be checked in time; a person will look at them."
    else:
        return
    for cell in nb.cells:
        if is_test(cell):
            error = NotebookNode(output_type="error", ename="NotGraded", evalue=words)
            error.traceback = [f"NotGraded: {words}"]
            kept = [output for output in cell.outputs if output.output_type != "execute_result"]
            cell.outputs = [error, *kept]


def _mark_unrun(nb: NotebookNode, running: int, what: str) -> str:
    """Give every cell from the *running* one on an error; say what happened."""
    for cell in nb.cells[running:]:
        if cell.cell_type == "code" and cell.source.strip():
            cell.outputs = [
                NotebookNode(
                    output_type="error",
                    ename="KernelDied",
                    evalue="The program ended before this cell could finish.",
                    traceback=["KernelDied: the program ended before this cell could finish."],
                )
            ]
    name = grade_id_of(nb.cells[running])
    place = f"cell {name!r}" if name else f"cell number {running + 1}"
    return f"{what} in {place}; the tests after it did not run"
