"""Scaling out: what the next machine brings, and how late an autoscaler brings it.

`speedup` is Gunther's Universal Scalability Law (Guerrilla Capacity Planning, 2007); without
coherency it is Amdahl's law. `autoscale` follows the rule of the Kubernetes Horizontal Pod
Autoscaler: the work that all machines do now, over what one may do at the target utilisation,
rounded up; nothing changes while utilisation is within 10% of the target.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TOLERANCE = 0.1  # the Kubernetes default: this close to its target, nothing is changed


def speedup(machines: float, contention: float, coherency: float = 0.0) -> float:
    """How many times the throughput of one machine *machines* together bring.

    Args:
        machines: At least 1.
        contention: Share of the work that only one may do at a time (0..1).
        coherency: Cost of each pair of machines that must agree, as a share of a request.

    Raises:
        ValueError: If there is less than one machine, or a share is out of range.
    """
    if machines < 1 or not 0 <= contention <= 1 or coherency < 0:
        raise ValueError("use one machine or more, contention in 0..1 and coherency of 0 or more")
    return machines / (1 + contention * (machines - 1) + coherency * machines * (machines - 1))


def best_size(contention: float, coherency: float) -> float:
    """Machines beyond which another one makes the whole slower; infinite without coherency."""
    if coherency == 0:
        return math.inf
    return max(1.0, math.sqrt((1 - contention) / coherency))


@dataclass(frozen=True)
class Autoscaler:
    """When machines are ordered and when they come.

    Attributes:
        target: Utilisation that it aims at (0..1).
        window_s: The work is measured as a mean over this time.
        interval_s: It decides this often.
        boot_s: From order to first request: machine, image, process, warm caches, health check.
        patience_s: It removes machines when fewer would have done for this long.
        most: It never runs more.
    """

    target: float = 0.6
    window_s: int = 60
    interval_s: int = 15
    boot_s: int = 120
    patience_s: int = 300
    most: int = 10_000


@dataclass(frozen=True)
class Scaling:
    """Second by second: what came, what could be served, what was not.

    Attributes:
        load: Requests that came (1/s).
        capacity: Requests that the running machines could serve (1/s).
        machines: Machines running.
    """

    load: np.ndarray
    capacity: np.ndarray
    machines: np.ndarray

    @property
    def lost(self) -> np.ndarray:
        """Requests beyond capacity (1/s), taken as refused at once: no queue hides them."""
        return np.maximum(0.0, self.load - self.capacity)

    @property
    def short_s(self) -> int:
        """Seconds in which some were refused."""
        return int(np.count_nonzero(self.lost > 1e-9))


def step_or_ramp(
    low: float, high: float, ramp_s: int, *, before_s: int, total_s: int
) -> np.ndarray:
    """A load (1/s) that climbs from *low* to *high* within *ramp_s*; 0 is a step."""
    seconds = np.arange(total_s)
    share = (
        np.clip((seconds - before_s) / max(ramp_s, 1e-9), 0, 1) if ramp_s else seconds >= before_s
    )
    return low + (high - low) * share


def autoscale(
    load: Sequence[float] | np.ndarray, per_machine: float, scaler: Autoscaler
) -> Scaling:
    """Run the autoscaler against *load*; it begins at the right size for the first second.

    Args:
        load: Requests a second, one entry a second.
        per_machine: Requests a second that one machine serves at most.
        scaler: Its settings.

    Raises:
        ValueError: If the target is not in 0..1, or a machine serves nothing.
    """
    if not 0 < scaler.target <= 1 or per_machine <= 0:
        raise ValueError("the target lies above 0 and is at most 1; a machine serves more than 0/s")
    came = np.asarray(load, dtype=float)
    machines = max(1, math.ceil(came[0] / (per_machine * scaler.target)))
    ordered: list[tuple[int, int]] = []  # (second of arrival, how many)
    done: list[float] = []
    history, enough = [], [(0, machines)]
    for second, rate in enumerate(came):
        machines += sum(count for at, count in ordered if at == second)
        ordered = [(at, count) for at, count in ordered if at > second]
        # No machine is more than busy: how much load lies beyond saturation, no metric shows.
        done.append(min(rate, machines * per_machine))
        history.append(machines)
        if second % scaler.interval_s or second == 0:
            continue
        ideal = float(np.mean(done[-scaler.window_s :])) / (per_machine * scaler.target)
        wanted = machines if abs(ideal / machines - 1) <= TOLERANCE else math.ceil(ideal - 1e-9)
        wanted = min(max(1, wanted), scaler.most)
        enough = [(at, n) for at, n in enough if at > second - scaler.patience_s]
        enough.append((second, wanted))
        coming = machines + sum(count for _, count in ordered)
        if wanted > coming:
            ordered.append((second + max(1, scaler.boot_s), wanted - coming))
        elif not ordered:
            machines = min(machines, max(n for _, n in enough))
    running = np.array(history)
    return Scaling(came, running * per_machine, running)
