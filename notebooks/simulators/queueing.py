"""Waiting in line: what theory says, and a simulation that has to agree with it.

Times are seconds, rates are requests per second. Arrivals are Poisson: users do not know of each
other. Service times are Gamma distributed with a mean and a coefficient of variation `cv`:
0 is constant, 1 exponential, and databases with a few slow queries have 2 and more.

Sources: A. K. Erlang 1917 (waiting with several servers); Pollaczek 1930 and Khinchine 1932 (one
server, any service time); Allen and Cunneen's approximation for both at once; M. Mitzenmacher,
*The Power of Two Choices in Randomized Load Balancing*, 2001.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from dataclasses import dataclass
from itertools import cycle

import numpy as np

ROUTINGS = ("one queue", "fewest waiting", "best of two", "round robin", "random")
_T_19 = 2.093  # 97.5% point of Student's t with 19 degrees of freedom: 20 batches


def erlang_c(load: float, servers: int) -> float:
    """Probability that a request has to wait, with Poisson arrivals and exponential service.

    Args:
        load: Arrival rate times mean service time: servers busy on average, in Erlang.
        servers: How many there are.

    Raises:
        ValueError: If the load is negative or not below the number of servers.
    """
    if not 0 <= load < servers:
        raise ValueError(
            f"a load of {load:g} busy servers on {servers} has no steady state: add servers"
        )
    blocked = 1.0  # Erlang's B formula, by its recursion, which never overflows
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(rate: float, service_s: float, servers: int = 1, cv: float = 1.0) -> float:
    """Mean wait (s) before service begins; exact for cv=1 or one server, else within some percent.

    Raises:
        ValueError: If the servers cannot keep up with the rate.
    """
    waiting = erlang_c(rate * service_s, servers)
    return waiting / (servers / service_s - rate) * (1 + cv**2) / 2


def wait_percentile(rate: float, service_s: float, servers: int, share: float) -> float:
    """The wait (s) that *share* of the requests do not exceed, with exponential service.

    Raises:
        ValueError: If the servers cannot keep up, or the share does not lie in 0..1.
    """
    if not 0 <= share < 1:
        raise ValueError(f"share={share!r} is no percentile: use 0.99 for the 99th")
    waiting = erlang_c(rate * service_s, servers)
    if waiting <= 1 - share:
        return 0.0
    return math.log(waiting / (1 - share)) / (servers / service_s - rate)


def hottest(servers: int, share: float, wait_in_services: float) -> float:
    """The highest utilisation (0..1) at which *share* of waits stay within some service times."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        fits = wait_percentile(middle * servers, 1.0, servers, share) <= wait_in_services
        low, high = (middle, high) if fits else (low, middle)
    return low


@dataclass(frozen=True)
class Run:
    """What happened to each request, in order of arrival.

    Attributes:
        arrived: When it came (s).
        started: When a server took it (s).
        finished: When it was done (s).
        server: Which server it was.
    """

    arrived: np.ndarray
    started: np.ndarray
    finished: np.ndarray
    server: np.ndarray

    @property
    def waits(self) -> np.ndarray:
        """Seconds between arrival and start."""
        return self.started - self.arrived

    @property
    def responses(self) -> np.ndarray:
        """Seconds between arrival and end."""
        return self.finished - self.arrived

    def percentile(self, share: float) -> float:
        """The response time (s) of the request at this rank: 0.99 gives the p99."""
        return float(np.quantile(self.responses, share, method="inverted_cdf"))

    def mean_in_system(self) -> float:
        """Requests present, averaged over time by adding up the area under their number.

        Little's law says that this is throughput times mean response time; nothing here uses it.
        """
        times = np.concatenate([self.arrived, self.finished])
        steps = np.concatenate([np.ones(len(self.arrived)), -np.ones(len(self.finished))])
        order = np.argsort(times, kind="stable")
        present = np.cumsum(steps[order])[:-1]
        return float(np.sum(present * np.diff(times[order])) / (times.max() - times.min()))


def simulate(
    rate: float,
    service_s: float,
    servers: int = 1,
    *,
    cv: float = 1.0,
    routing: str = "one queue",
    requests: int = 20_000,
    seed: int = 1,
) -> Run:
    """Let *requests* arrive, wait first in first out, and be served.

    Args:
        rate: Arrivals (1/s).
        service_s: Mean service time (s).
        servers: How many serve, all alike.
        cv: Standard deviation of service times over their mean.
        routing: One of `ROUTINGS`: a common queue, or how an arrival is given to a server's own.
        requests: How many arrive.
        seed: The same seed, the same run.

    Raises:
        ValueError: If the routing is unknown or a size is not above zero.
    """
    if routing not in ROUTINGS:
        raise ValueError(f"routing={routing!r} is unknown: use one of {', '.join(ROUTINGS)}")
    if min(rate, service_s, servers, requests) <= 0 or cv < 0:
        raise ValueError("rate, service_s, servers and requests must be above zero, cv not below")
    numbers = np.random.default_rng(seed)
    arrived = np.cumsum(numbers.exponential(1 / rate, requests))
    if cv == 0:
        service = np.full(requests, service_s)
    else:
        service = numbers.gamma(1 / cv**2, service_s * cv**2, requests)
    if routing == "one queue":
        started, server = _common_queue(arrived.tolist(), service.tolist(), servers)
    else:
        started, server = _own_queues(arrived.tolist(), service.tolist(), servers, routing, seed)
    begun = np.array(started)
    return Run(arrived, begun, begun + service, np.array(server))


def batch_means(values: np.ndarray, *, skip: float = 0.1) -> tuple[float, float]:
    """Mean of correlated values and the half width of its 95% interval, from 20 batches.

    Neighbouring requests wait in the same queue, so they are no independent samples; the means of
    long batches nearly are. The first *skip* (a share) is left out: the queue began empty.
    """
    kept = values[int(len(values) * skip) :]
    means = np.array([batch.mean() for batch in np.array_split(kept, 20)])
    return float(kept.mean()), float(_T_19 * means.std(ddof=1) / math.sqrt(20))


def _common_queue(
    arrived: list[float], service: list[float], servers: int
) -> tuple[list[float], list[int]]:
    free = [(0.0, server) for server in range(servers)]  # a heap: who is free first, and when
    started, chosen = [], []
    for at, seconds in zip(arrived, service, strict=True):
        free_at, server = free[0]
        begin = max(at, free_at)
        heapq.heapreplace(free, (begin + seconds, server))
        started.append(begin)
        chosen.append(server)
    return started, chosen


def _own_queues(
    arrived: list[float], service: list[float], servers: int, routing: str, seed: int
) -> tuple[list[float], list[int]]:
    chance = random.Random(seed)
    turn = cycle(range(servers))
    ends: list[deque[float]] = [deque() for _ in range(servers)]  # when its requests will be done
    last = [0.0] * servers
    started, chosen = [], []

    def outstanding(server: int, now: float) -> int:
        while ends[server] and ends[server][0] <= now:
            ends[server].popleft()
        return len(ends[server])

    for at, seconds in zip(arrived, service, strict=True):
        if routing == "round robin":
            server = next(turn)
        elif routing == "random":
            server = chance.randrange(servers)
        else:
            two = routing == "best of two" and servers > 2
            asked = chance.sample(range(servers), 2) if two else range(servers)
            server = min(asked, key=lambda one, now=at: outstanding(one, now))
        begin = max(at, last[server])
        last[server] = begin + seconds
        ends[server].append(last[server])
        started.append(begin)
        chosen.append(server)
    return started, chosen
