"""Numbers worth knowing, each with its source and year; where two sources disagree, both stand here."""

from __future__ import annotations

from dataclasses import dataclass

PRIMER = "Latency numbers every programmer should know (J. Dean, P. Norvig; as in donnemartin/system-design-primer), about 2012"
NAPKIN = "sirupsen/napkin-math, measured on Google Cloud c4, 2026"


@dataclass(frozen=True)
class Latency:
    """One operation and how long it takes, in seconds.

    Attributes:
        operation: What is done.
        classic: The figure that everybody quotes, or `None` if that list has none.
        measured: What a measurement of 2026 gives, or `None`.
        note: Where the two mean slightly different things.
    """

    operation: str
    classic: float | None
    measured: float | None
    note: str = ""


LATENCIES = (
    Latency("Random read from RAM", 100e-9, 20e-9, "measured: 64 bytes, several reads in flight"),
    Latency(
        "Read 1 MB from RAM, one after the other", 250e-6, 49e-6, "measured: 20 GiB/s, one thread"
    ),
    Latency("Random read from SSD", 150e-6, 100e-6, "classic: 4 KB; measured: 8 KiB"),
    Latency("Read 1 MB from SSD, one after the other", 1e-3, 0.12e-3, "measured: 8 GiB/s"),
    Latency("Write and fsync to SSD", None, 300e-6, "what a commit costs at least"),
    Latency("Seek on a hard disk", 10e-3, None),
    Latency("Round trip inside a data centre", 500e-6, 250e-6, "measured: within a region"),
    Latency("Query to MySQL or Redis in the same region", None, 500e-6, "round trip included"),
    Latency("Pass through one proxy", None, 50e-6),
    Latency("GET from object storage", None, 80e-3, "first byte; a PUT takes 200 ms"),
    Latency("Round trip between the coasts of North America", None, 60e-3),
    Latency("Round trip Western Europe to North America, east", None, 80e-3),
    Latency("Round trip California to the Netherlands", 150e-3, None),
    Latency("Round trip North America, west, to Singapore", None, 180e-3),
)


@dataclass(frozen=True)
class Figure:
    """A ballpark with its source.

    Attributes:
        what: What it is of.
        value: The figure as a range, with its unit.
        source: Who says so, and when.
    """

    what: str
    value: str
    source: str


THROUGHPUTS = (
    Figure(
        "Redis, one node, no pipelining",
        "81,000 to 149,000 operations/s",
        "Redis documentation, benchmarks, 2011",
    ),
    Figure(
        "Redis, one node, 16 commands in a pipeline",
        "0.3 to 0.9 million operations/s",
        "antirez, gist 1892983, 2012",
    ),
    Figure(
        "PostgreSQL or MySQL primary, writes",
        "5,000 to 20,000 /s",
        "anandu.xyz (5-10k) and Hello Interview (10-20k), 2025",
    ),
    Figure(
        "PostgreSQL, simple reads from memory, 8 cores",
        "over 70,000 /s",
        "pgaddict, PostgreSQL 9.2, 2012",
    ),
    Figure(
        "Kafka, three brokers, 100-byte records",
        "2.0 million records/s",
        "LinkedIn Engineering, J. Kreps, 2014",
    ),
    Figure("Cassandra, one node, writes", "10,000 to 50,000 /s", "thesystemround numbers, 2025"),
    Figure(
        "Elasticsearch, one node, searches", "1,000 to 10,000 /s", "thesystemround numbers, 2025"
    ),
    Figure(
        "etcd, three nodes, heavy load",
        "over 30,000 requests/s",
        "etcd documentation, Performance, 2025",
    ),
    Figure(
        "DynamoDB partition",
        "3,000 reads/s and 1,000 writes/s",
        "AWS documentation (units of 4 KB and 1 KB), 2025",
    ),
    Figure("S3, one prefix", "3,500 PUT/s and 5,500 GET/s at least", "AWS documentation, 2025"),
    Figure(
        "Application server with database calls", "1,000 to 5,000 requests/s", "anandu.xyz, 2025"
    ),
    Figure(
        "Open TCP connections on one machine",
        "2.28 million",
        "WhatsApp blog, 24 cores, 96 GB, 2012",
    ),
)

PRICES = (
    Figure("CPU", "USD 15 a core and month", NAPKIN),
    Figure("RAM", "USD 2 a GB and month", NAPKIN),
    Figure("SSD in one zone", "USD 0.20 a GB and month", NAPKIN),
    Figure("Object storage", "USD 0.02 a GB and month", NAPKIN),
    Figure("Traffic to the internet", "USD 0.10 a GB", NAPKIN),
    Figure("Traffic through a CDN", "USD 0.05 a GB", NAPKIN),
    Figure("Traffic between zones", "USD 0.01 a GB", NAPKIN),
    Figure("Logs", "USD 0.50 a GB", NAPKIN),
)


def latency_table() -> str:
    """Both lists of latencies side by side, as Markdown, with how many times they differ."""
    rows = [
        "| Operation | Classic, about 2012 | Measured, 2026 | Differs | |",
        "|---|---:|---:|---:|---|",
    ]
    for line in LATENCIES:
        both = line.classic and line.measured
        times = f"x{line.classic / line.measured:.1f}" if both else ""
        rows.append(
            f"| {line.operation} | {_time(line.classic)} | {_time(line.measured)} | {times} | {line.note} |"
        )
    return "\n".join(rows)


def figure_table(figures: tuple[Figure, ...]) -> str:
    """Figures with their sources, as Markdown."""
    rows = ["| What | Ballpark | Source |", "|---|---|---|"]
    rows += [f"| {f.what} | {f.value} | {f.source} |" for f in figures]
    return "\n".join(rows)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for size, unit in ((1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
