"""Drills about load: requests, connections, writes, tails, availability."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from graders.study.drills.task import DAY, Task, amount, count, short


def peak_load(r: Random) -> Task:
    """Requests a second at the peak: a server or a fleet?"""
    users, actions, peak = (
        r.choice([2, 5, 20, 60, 150, 400]),
        r.choice([4, 10, 25]),
        r.choice([2, 3, 5]),
    )
    average = users * 1e6 * actions / DAY
    load = average * peak
    node = 2_000
    one = load <= node * 0.6
    return Task(
        f"{users} million people use an app each day and each causes {actions} requests. "
        f"The busiest hour runs at {peak} times the daily average. "
        f"One application server answers {node:,} requests a second.",
        "How many requests a second at the peak?",
        f"{load} requests/s",
        f"{users}M x {actions} / 86,400 s = {short(average)}/s on average, times {peak} = {short(load)}/s.",
        "what carries it?",
        ("One server, and a second one for failures.", "A fleet behind a load balancer."),
        1 if one else 2,
        f"At 60% utilisation that is {count(math.ceil(load / node / 0.6), 'server')}, before spares.",
    )


def needed_hit_rate(r: Random) -> Task:
    """What the cache must absorb, and what an empty one lets through."""
    load, safe = r.choice([1_500, 6_000, 20_000, 90_000]), r.choice([300, 1_000, 4_000])
    safe = min(safe, load // 3)
    rate = 1 - safe / load
    hard = rate > 0.95
    return Task(
        f"At the peak {load:,} reads a second arrive. The database stays healthy up to {safe:,} of them.",
        "Which hit rate must the cache in front reach?",
        f"{rate * 100} %",
        f"1 - {safe:,} / {load:,} = {short(rate * 100)}%.",
        "what happens in the minute after the cache was emptied?",
        (
            "The database takes all reads for that minute, slowly.",
            "The database gets several times what it survives: limit the refill and warm up.",
        ),
        2,
        f"An empty cache sends {short(load / safe)} times the safe load"
        + (", and a few points of hit rate already matter." if hard else "."),
        order=1.1,
    )


def connections(r: Random) -> Task:
    """Open connections: their memory, and who takes them when a machine dies."""
    online, each = r.choice([0.04, 0.3, 4, 25]), r.choice([10, 20, 50])
    held = 200_000
    nodes = math.ceil(online * 1e6 / held)
    memory = online * 1e6 * each * 1_000
    return Task(
        f"{online:g} million phones keep a connection open. Each takes {each} kB of memory on the "
        f"server, and you plan {held:,} connections a machine.",
        "How much memory do the connections take, over all machines?",
        f"{memory} bytes",
        f"{online:g}M x {each} kB = {amount(memory)}.",
        "what has to be built around them?",
        (
            "Little: one machine and a spare hold everybody.",
            "A directory of who is connected where, and a plan for reconnect storms.",
        ),
        1 if nodes == 1 else 2,
        f"{count(nodes, 'machine')} at {held:,} each. Beyond one, a message must find the machine that "
        "holds its phone; and each machine that dies sends its phones to the rest at once.",
    )


def concurrency(r: Random) -> Task:
    """Little's law: is the connection pool the bottleneck?"""
    load, latency = r.choice([200, 1_200, 8_000]), r.choice([25, 80, 400])
    busy = load * latency / 1_000
    pool = r.choice([50, 100, 500])
    return Task(
        f"A service takes {load:,} requests a second; each holds a database connection for "
        f"{latency} ms on average. The pool has {pool} connections.",
        "How many connections are in use at any moment, on average?",
        f"{busy} connections",
        f"Little's law: {load:,}/s x {latency / 1_000:g} s = {short(busy)}.",
        "is the pool the bottleneck?",
        ("No, it has room.", "Yes: requests queue for a connection before they do any work."),
        1 if busy <= pool * 0.8 else 2,
        f"{short(busy)} of {pool} are {short(busy / pool * 100)}%; beyond 80% the wait grows quickly.",
    )


def write_shards(r: Random) -> Task:
    """Primaries for a growing write load: shard now or not yet?"""
    writes, node, growth = (
        r.choice([900, 4_000, 12_000, 55_000, 200_000]),
        8_000,
        r.choice([2, 3, 4]),
    )
    future = writes * growth
    shards = math.ceil(future / (node * 0.5))
    return Task(
        f"A table takes {writes:,} writes a second at the peak and will take {growth} times that in "
        f"two years. One primary does {node:,} writes a second; you plan to load it to one half.",
        "How many primaries do you need in two years?",
        f"{shards} machines",
        f"{writes:,} x {growth} = {short(future)}/s, over {node // 2:,} each = {shards}.",
        "shard now?",
        (
            "No: one primary is enough for two years; write down at which load you would start.",
            "Yes, or soon: choose the key while the data is small.",
        ),
        1 if shards == 1 else 2,
        f"Today's load is {short(writes / node * 100)}% of one primary, in two years {short(future / node * 100)}%.",
    )


def fan_out(r: Random) -> Task:
    """Timeline writes caused by posts, and what one celebrity does."""
    posts, followers = r.choice([30, 600, 5_000]), r.choice([80, 200, 500])
    writes = posts * followers
    node = 100_000
    return Task(
        f"{posts:,} posts a second are copied into the timelines of their authors' followers, "
        f"{followers} on average. One timeline store node takes {node:,} small writes a second.",
        "How many timeline writes a second does that cause?",
        f"{writes} writes/s",
        f"{posts:,} x {followers} = {short(writes)}/s.",
        "what about an author with 30 million followers?",
        (
            "Treat the post like any other.",
            "Leave it out of the copying and merge it in when a timeline is read.",
        ),
        2,
        f"One such post is 30 million writes, {short(30e6 / writes)} seconds of the whole system's normal work.",
    )


def tail_of_fan_in(r: Random) -> Task:
    """The share of slow pages when many calls must all be fast."""
    calls = r.choice([4, 10, 30, 100])
    slow = 1 - 0.99**calls
    return Task(
        f"A page waits for {calls} backend calls at once. Each is slower than 200 ms in 1% of the "
        "cases, independently.",
        "Which share of the pages is slower than 200 ms?",
        f"{slow * 100} %",
        f"1 - 0.99^{calls} = {short(slow * 100)}%.",
        "is it enough that every backend meets 200 ms at p99?",
        (
            "Nearly: the page's own p95 holds 200 ms.",
            "No: the backends need a better tail, hedged calls, or the page fewer of them.",
        ),
        1 if slow <= 0.05 else 2,
        f"{short(slow * 100)}% of pages are slow although each backend is at 1%.",
        order=1.5,
    )


def downtime(r: Random) -> Task:
    """Availability in series: is the promise to the page kept?"""
    services, each = r.choice([3, 5, 8, 12]), r.choice([99.9, 99.95, 99.99])
    chain = (each / 100) ** services
    minutes = (1 - chain) * 30 * 24 * 60
    promised = r.choice([99.5, 99.9])
    allowed = (1 - promised / 100) * 30 * 24 * 60
    return Task(
        f"A page needs all of {services} services, each available {each:g}% of the time and failing "
        f"independently. The page is promised at {promised:g}%. Use a month of 30 days.",
        "How long is the page down in a month, on average?",
        f"{minutes} min",
        f"1 - {each / 100:g}^{services} = {short((1 - chain) * 100)}% of 43,200 minutes = {short(minutes)} min.",
        "is the promise kept?",
        ("Yes.", "No: let the page answer without some of them."),
        1 if minutes <= allowed else 2,
        f"{promised:g}% allows {short(allowed)} minutes a month.",
    )


FAMILIES: dict[str, Callable[[Random], Task]] = {
    "concurrency": concurrency,
    "connections": connections,
    "downtime": downtime,
    "fan-out": fan_out,
    "needed-hit-rate": needed_hit_rate,
    "peak-load": peak_load,
    "tail-of-fan-in": tail_of_fan_in,
    "write-shards": write_shards,
}
"""Name -> what makes a task of it."""
