"""How fast the embedded judge is on one core, and how much memory it takes.

    python -m graders.training.speed tests/calibration    # one run, as JSON

`measure` starts this in processes of its own: the number of threads must be set before numpy is
imported, and the peak of the memory shall be that of the judge alone.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from graders.errors import UsageError
from graders.peak import peak_memory

BATCH, RUNS, PROCESSES = 1000, 3, 5
COMPETITOR = "scikit-learn TfidfVectorizer and Ridge"

_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "RAYON")} | {
    "VECLIB_MAXIMUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
_SCORE = "from graders.cli import main; main()"


@dataclass(frozen=True)
class Run:
    """One run over a batch; seconds are those of the processor unless they say otherwise.

    The run has one thread and waits for nothing, so that on an idle core both are the same.

    Attributes:
        count: Different answers in the batch.
        seconds: For all of them, the preparation of each question included.
        clock: The same by the clock on the wall.
        median_ms: Middle of the milliseconds for one answer to a question that is prepared.
        p95_ms: What 95 of 100 such answers stay below.
        memory_mb: Peak memory of the process, in 10^6 bytes.
        competitor: Seconds in which the competitor predicts the same answers.
    """

    count: int
    seconds: float
    clock: float
    median_ms: float
    p95_ms: float
    memory_mb: float
    competitor: float


@dataclass(frozen=True)
class SpeedResult:
    """Medians over runs.

    Attributes:
        run: The run with the median of `seconds`.
        process: Seconds of the processor for a whole `seniorkit score`.
        process_clock: The same by the clock on the wall.
    """

    run: Run
    process: float
    process_clock: float

    @property
    def rate(self) -> float:
        """Answers a second, in a batch."""
        return self.run.count / self.run.seconds

    @property
    def competitor_rate(self) -> float:
        """Answers a second of the competitor."""
        return self.run.count / self.run.competitor


def measure(folder: Path, *, runs: int = RUNS, processes: int = PROCESSES) -> SpeedResult:
    """Measure on the answers of the calibration set in *folder*.

    Args:
        folder: Holds `answers/`.
        runs: Runs over the batch.
        processes: Runs of `seniorkit score`.

    Raises:
        UsageError: If there are no answers, or scikit-learn is missing.
    """
    command = [sys.executable, "-m", "graders.training.speed", str(folder)]
    found = sorted((Run(**json.loads(_output(command))) for _ in range(runs)), key=_seconds)
    whole = [_whole_process(folder) for _ in range(processes)]
    return SpeedResult(
        run=found[len(found) // 2],
        process=median(seconds for seconds, _ in whole),
        process_clock=median(clock for _, clock in whole),
    )


def machine() -> str:
    """This machine in one line."""
    import numpy as np

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def _seconds(run: Run) -> float:
    return run.seconds


def _output(command: Sequence[str], text: str = "") -> str:
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **_ONE_THREAD},
        check=False,
    )
    if done.returncode:
        # The last line is the error; what stands above it is its traceback.
        said = done.stderr.strip().splitlines() or ["no message"]
        raise UsageError(f"the speed could not be measured: {said[-1]}")
    return done.stdout


def _whole_process(folder: Path) -> tuple[float, float]:
    """Processor and clock seconds of one `seniorkit score`."""
    from graders.training.labelled import load_labelled

    answer = load_labelled(folder / "answers")[0]
    command = [sys.executable, "-c", _SCORE, "score", "--question", answer.question_id, "--json"]
    before, began = os.times(), time.perf_counter()
    _output(command, answer.text)
    clock, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system
    return used - before.children_user - before.children_system, clock


def run_batch(folder: Path) -> Run:
    """Grade the batch in this process, then let the competitor predict it."""
    from graders.grading import grade
    from graders.training.labelled import load_labelled

    answers = load_labelled(folder / "answers")
    heldout = load_labelled(folder / "heldout") if (folder / "heldout").is_dir() else []
    batch = [*answers, *heldout][:BATCH]
    grade(batch[0].question_id, batch[0].text)  # loads model and word vectors
    prepared: set[str] = set()
    warm: list[float] = []
    began, clock = time.process_time(), time.perf_counter()
    for one in batch:
        start = time.process_time()
        grade(one.question_id, one.text)
        if one.question_id in prepared:
            warm.append(1000 * (time.process_time() - start))
        prepared.add(one.question_id)
    seconds, clock = time.process_time() - began, time.perf_counter() - clock
    warm.sort()
    return Run(
        count=len(batch),
        seconds=seconds,
        clock=clock,
        median_ms=median(warm),
        p95_ms=warm[int(0.95 * len(warm))],
        memory_mb=peak_memory(),
        competitor=_competitor(
            [one.text for one in answers],
            [int(one.level) for one in answers],
            [one.text for one in batch],
        ),
    )


def _competitor(texts: Sequence[str], levels: Sequence[int], batch: Sequence[str]) -> float:
    """Seconds for the prediction; the fit is not counted."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline
    except ImportError:
        raise UsageError(
            "scikit-learn is not installed", fix="Install it: pip install scikit-learn"
        ) from None
    fitted: Any = make_pipeline(TfidfVectorizer(sublinear_tf=True), Ridge()).fit(texts, levels)
    began = time.process_time()
    fitted.predict(batch)
    return time.process_time() - began


def main() -> None:
    """Measure one run on the folder given as first argument and print it as JSON."""
    print(json.dumps(asdict(run_batch(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()
