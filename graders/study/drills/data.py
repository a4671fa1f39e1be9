"""Drills about data: storage, memory, bandwidth, retention, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from graders.study.drills.task import DAY, Task, amount, count, short


def yearly_storage(r: Random) -> Task:
    """A year's records in copies: does one copy fit a machine?"""
    events, size = r.choice([3, 40, 200, 900]), r.choice([300, 1_000, 4_000])
    copies = r.choice([2, 3])
    total = events * 1e6 * size * 365 * copies
    fits = total <= 30e12
    return Task(
        f"A service stores {events} million records a day of {size:,} bytes each and keeps them for "
        f"a year in {copies} copies. One database machine holds 30 TB comfortably.",
        "How much storage is that after a year, all copies together?",
        f"{total} bytes",
        f"{events}M x {size:,} B x 365 x {copies} = {amount(total)}.",
        "does the data fit one machine per copy?",
        ("Yes: do not partition for size.", "No: partition, or move old months to cheap storage."),
        1 if total / copies <= 30e12 else 2,
        f"One copy is {amount(total / copies)}, {'within' if total / copies <= 30e12 else 'beyond'} 30 TB"
        + (
            ", though all copies together are not." if total / copies <= 30e12 and not fits else "."
        ),
    )


def egress_bandwidth(r: Random) -> Task:
    """Streams leaving at the peak: does one network card carry them?"""
    viewers, rate = r.choice([500, 3_000, 40_000, 250_000]), r.choice([1.5, 3, 5])
    bits = viewers * rate * 1e6
    card = 25e9
    return Task(
        f"At the peak {viewers:,} people watch a stream of {rate:g} Mbit/s each. "
        "A server has a network card of 25 Gbit/s, of which you plan to use 60%.",
        "How much egress is that at the peak, in bits a second?",
        f"{bits} bit/s",
        f"{viewers:,} x {rate:g} Mbit/s = {short(bits / 1e9)} Gbit/s.",
        "what limits you?",
        ("One machine's card is enough.", "Egress: several machines, and sooner a CDN."),
        1 if bits <= card * 0.6 else 2,
        f"The usable 15 Gbit/s of one card are {short(bits / (card * 0.6) * 100)}% used.",
    )


def cache_memory(r: Random) -> Task:
    """The hot set in two copies: one cache node or several?"""
    items, size, share = (
        r.choice([2, 30, 400]),
        r.choice([500, 2_000, 8_000]),
        r.choice([5, 10, 20]),
    )
    total = items * 1e6 * share / 100 * size * 2
    node = 64e9
    return Task(
        f"A catalogue has {items} million entries of {size:,} bytes. {share}% of them get nearly all "
        "reads and shall be cached, in two copies. A cache node has 64 GB for data.",
        "How much memory do the two copies need together?",
        f"{total} bytes",
        f"{items}M x {share}% x {size:,} B x 2 = {amount(total)}.",
        "do you have to spread the hot set over several nodes?",
        ("No: each copy fits one node.", "Yes: shard the cache by key."),
        1 if total / 2 <= node else 2,
        f"One copy is {amount(total / 2)}; a node holds 64 GB.",
    )


def log_cost(r: Random) -> Task:
    """Dollars a month for logs: all of them or a sample?"""
    load, lines, size = r.choice([300, 2_500, 30_000]), r.choice([3, 10]), r.choice([200, 500])
    month = load * lines * size * DAY * 30
    cost = month / 1e9 * 0.5
    return Task(
        f"A service handles {load:,} requests a second, day and night, and writes {lines} log lines of "
        f"{size} bytes for each. Logging costs $0.50 a GB. Use a month of 30 days.",
        "What do the logs cost a month, in dollars?",
        f"{cost} dollars/month",
        f"{load:,} x {lines} x {size} B x 86,400 x 30 = {amount(month)}, times $0.50/GB = ${short(cost)}.",
        "do you log every request?",
        ("Yes, the cost does not matter.", "No: keep all errors and sample the rest."),
        1 if cost < 1_500 else 2,
        f"${short(cost)} a month is {'less than a day' if cost < 1_500 else 'far more than an hour'} "
        "of an engineer's time.",
        also=f"{cost} dollars",
    )


def rebuild_time(r: Random) -> Task:
    """Hours to fill a replica: does the log reach back that far?"""
    size, link, share = r.choice([0.2, 2, 12, 60]), r.choice([1, 10]), r.choice([25, 50])
    seconds = size * 1e12 * 8 / (link * 1e9 * share / 100)
    return Task(
        f"A replica with {size:g} TB is lost. The new one is filled over a link of {link} Gbit/s, of "
        f"which the copy may use {share}%. The write-ahead log is kept for 12 hours.",
        "How long does the copy take?",
        f"{seconds} s",
        f"{size:g} TB x 8 / ({link} Gbit/s x {share}%) = {short(seconds / 3600)} hours.",
        "will the replica catch up from the log afterwards?",
        ("Yes, the log reaches back far enough.", "No: keep more log, or smaller shards."),
        1 if seconds <= 12 * 3600 else 2,
        f"The copy takes {short(seconds / 3600)} h and the log covers 12 h.",
    )


def code_space(r: Random) -> Task:
    """How long short codes last at a rate of creation."""
    length, rate = r.choice([5, 6, 7]), r.choice([20, 400, 4_000])
    codes = 62**length
    years = codes / rate / (365 * DAY)
    return Task(
        f"Short links have {length} characters out of 62. {rate:,} new ones are made each second, "
        "day and night, and none is ever used again.",
        "How long do the codes last?",
        f"{years} years",
        f"62^{length} = {codes:.3g} codes, over {rate:,}/s x 31,536,000 s = {short(years)} years.",
        "is the length right?",
        ("Too short: add a character before launch.", "Long enough for ten years and more."),
        2 if years >= 10 else 1,
        f"They last {short(years)} years; each further character multiplies that by 62.",
    )


def retention(r: Random) -> Task:
    """Disk of a replicated log: what decides the number of brokers?"""
    rate, size, days = r.choice([4_000, 50_000, 700_000]), r.choice([200, 1_000]), r.choice([3, 7])
    total = rate * size * DAY * days * 3
    broker = 20e12
    brokers = math.ceil(total / broker)
    return Task(
        f"A log takes {rate:,} messages a second of {size:,} bytes, keeps them for {days} days and "
        "stores three copies. One broker has 20 TB of disk for it.",
        "How much disk do the brokers need together?",
        f"{total} bytes",
        f"{rate:,} x {size:,} B x 86,400 x {days} x 3 = {amount(total)}.",
        "what decides the number of brokers?",
        (
            "Three for the copies; the disk hardly matters.",
            "The disk: more brokers, shorter retention or cheap storage for old segments.",
        ),
        1 if brokers <= 3 else 2,
        f"The disk alone asks for {count(brokers, 'broker')}, three copies for at least 3.",
    )


def bloom_filter(r: Random) -> Task:
    """Memory of a Bloom filter: one machine or split by hash?"""
    keys, target = r.choice([0.05, 1, 12, 90]), r.choice([1, 0.1])
    bits = -math.log(target / 100) / math.log(2) ** 2
    total = keys * 1e9 * bits / 8
    node = 64e9
    return Task(
        f"A crawler must know which of {keys:g} billion addresses it has seen. A Bloom filter with "
        f"{target:g}% false positives takes {bits:.1f} bits an address; a machine has 64 GB for it.",
        "How much memory does the filter take?",
        f"{total} bytes",
        f"{keys:g} billion x {bits:.1f} bits / 8 = {amount(total)}.",
        "does it fit one machine?",
        ("Yes.", "No: split it by the hash of the address."),
        1 if total <= node else 2,
        f"{amount(total)} against 64 GB; the addresses themselves, at 80 bytes, would be {amount(keys * 80e9)}.",
    )


FAMILIES: dict[str, Callable[[Random], Task]] = {
    "bloom-filter": bloom_filter,
    "cache-memory": cache_memory,
    "code-space": code_space,
    "egress-bandwidth": egress_bandwidth,
    "log-cost": log_cost,
    "rebuild-time": rebuild_time,
    "retention": retention,
    "yearly-storage": yearly_storage,
}
"""Name -> what makes a task of it."""
