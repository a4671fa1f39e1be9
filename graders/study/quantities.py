"""Read a learner's quantity ("30 TB/day", "1.2k requests/s") and judge it against an expected one.

Learner text is hostile: length and characters are checked first, the number is read by a regular
expression, and pint sees single words only, in a registry of our own. Nothing is evaluated.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graders.errors import UsageError

if TYPE_CHECKING:
    from pint import Quantity, UnitRegistry  # imported on first use only: it costs 0.2 s

MAX_CHARS = 80
MAX_WORDS = 6
_PREFIXES = """n 1e-9 nano, u 1e-6 micro, m 1e-3 milli, k 1e3 kilo, K 1e3 Kilo, M 1e6 mega,
    G 1e9 giga, T 1e12 tera, P 1e15 peta, E 1e18 exa, Ki 2**10 kibi, Mi 2**20 mebi, Gi 2**30 gibi,
    Ti 2**40 tebi, Pi 2**50 pebi"""
# Everyday synonyms count as one kind: whoever writes "queries" for "requests" is not wrong.
_UNITS = """bit = [information] = b; byte = 8 * bit = B; percent = 0.01
second = [time] = s = sec; minute = 60 * second = min; hour = 3600 * second = h = hr
day = 86400 * second = d; week = 7 * day; month = 30 * day; year = 365 * day = y = yr
request = [request] = _ = req = query = queries = view = read = write = call = hit = miss = op \
 = operation = lookup = message = event = transaction = order = click = post = job \
 = scan = update = charge = commit = payment
user = [user] = _ = person = people = customer = visitor = learner
machine = [machine] = _ = server = node = host = instance = shard = broker = camera = device
dollar = [money] = _ = USD
item = [item] = _ = entry = entries = record = row = product = object = key = file = photo \
 = connection = thread = worker = id = clip
bps = bit / second; Bps = byte / second; qps = request / second = _ = rps = tps"""
_COUNTED = {"[request]": "requests", "[user]": "users", "[machine]": "machines", "[item]": "items"}
_NAMES = {"[information]": "bytes", "[money]": "dollars", **_COUNTED, "[time]": "seconds"}
_SCALES = {"k": 1e3, "m": 1e6, "g": 1e9, "b": 1e9, "t": 1e12}
_SCALES |= {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_SCALE = re.compile(rf"({'|'.join(_SCALES)})\b\s*", re.I)
_SLIPS = [("[information]", 1.024**n, 2e-3, "mix up units of 1,024 and 1,000") for n in range(1, 6)]
_SLIPS += [("[information]", 8, 0.1, "mix up bits and bytes")]
_SLIPS += [("[time]", 86_400, 0.1, "mix up a day and a second")]
_SLIPS += [("", 10.0**n, 0.1, "lose or gain a zero, a prefix or a % sign") for n in range(1, 19)]
_OPENING = re.compile(r"(?:(?:about|around|roughly|approximately|approx|ca)\b\.?|[~≈=\s])*", re.I)
_GROUPED = r"[1-9][0-9]{0,2}(?:[,'_ ][0-9]{3})+(?:\.[0-9]+)?"  # 12,000 or 12 000.5
_NUMBER = re.compile(
    rf"({_GROUPED}|0,[0-9]+|[0-9]+,[0-9]{{1,2}}|[0-9]+\.?[0-9]*|\.[0-9]+)"
    r"(?:[eE]([+-]?[0-9]{1,4})|\s*[x×*]\s*10\^([+-]?[0-9]{1,4}))?(?![0-9.,^])"
)
_EXAMPLE = "please write one number and its unit, such as '30 TB/day' or '1,200 requests/s'."

Kind = Mapping[str, float]  # dimension -> exponent, as in {"[request]": 1, "[time]": -1}


@dataclass(frozen=True)
class QuantityCheck:
    """How a given quantity compares with the expected one."""

    ok: bool  # within the accepted factor
    ratio: float | None  # given / expected; None if the two cannot be compared
    message: str  # one sentence for the learner


def read_quantity(text: str) -> tuple[float, Kind]:
    """The value of *text* in base units (bits, seconds, counts, dollars), and what it measures.

    Raises:
        UsageError: If it is no quantity; the message is a sentence for the learner.
    """
    try:
        return _read(text, data=True)
    except _UnreadableError as error:
        raise UsageError(str(error).rstrip(".")) from None


class _UnreadableError(ValueError):
    """The text is not the quantity asked for; the message is meant for the learner."""


def check_quantity(given: object, expected: str, *, within: float = 1.5) -> QuantityCheck:
    """Judge *given* against *expected*; never raises because of *given*, whatever it is.

    Where requests, users, machines or items are counted, a bare count will do: "35 thousand per
    second" is as good as "35,000 requests/s". In lower case, "gb" is read as gigabytes.

    Args:
        given: What the learner wrote: text, or a plain number.
        expected: The right quantity, such as `"3 GB"`, `"1400 views/s"` or `"72 %"`.
        within: Accepted factor in both directions, 1 or more.

    Raises:
        UsageError: If *expected* is no quantity or *within* is below 1: the author's mistake.
    """
    if not within >= 1:
        raise UsageError(f"within={within!r} is no factor", fix="Use a number of 1 or more")
    try:
        right, asked = _read(expected, data=True)
    except _UnreadableError as error:
        raise UsageError(str(error).rstrip("."), where=f"expected={expected!r}") from None
    try:
        mine, kind = _read(given, data="[information]" in asked)
        _compare_kinds(kind, asked)
    except _UnreadableError as error:
        return QuantityCheck(ok=False, ratio=None, message=str(error))
    ratio = mine / right
    if max(ratio, 1 / ratio) <= within * (1 + 1e-9):
        return QuantityCheck(ok=True, ratio=ratio, message="Right: it is as close as is asked.")
    return QuantityCheck(ok=False, ratio=ratio, message=_distance(ratio, asked))


def _read(given: object, *, data: bool) -> tuple[float, Kind]:
    """Value in base units and kind; *data* says that a lone "B" means bytes, not billions."""
    text = re.sub(r"^10\^", "1x10^", _OPENING.sub("", _plain(given), count=1))
    if text.startswith("-"):
        raise _UnreadableError("A quantity here is above zero: please leave out the minus sign.")
    match = _NUMBER.match(text)
    if match is None:
        raise _UnreadableError(f"I cannot read a number at the start: {_EXAMPLE}")
    comma = "" if re.fullmatch(_GROUPED, match[1]) else "."
    value = float(re.sub(r"[,'_ ]", comma, match[1]) + "e" + (match[2] or match[3] or "0"))
    rest = text[match.end() :].strip()
    scale = _SCALE.match(rest)
    if scale and not (data and re.fullmatch(r"[bB]\s*(/.*)?", rest)):
        value, rest = value * _SCALES[scale[1].lower()], rest[scale.end() :]
    factor, kind = _read_unit(rest)
    if not 1e-99 < value * factor < 1e99:
        size = "zero" if value * factor < 1 else "larger than anything real"
        raise _UnreadableError(f"This quantity is {size}: please check the number.")
    return value * factor, kind


def _plain(given: object) -> str:
    # Exact types only: looking at a subclass or a proxy could already run code of its own.
    if type(given) is int or type(given) is float:
        given = f"{given:.17g}" if abs(given) < 1e300 else "too large"
    if type(given) is not str:
        raise _UnreadableError("Please write the quantity as text in quotes, like '30 TB/day'.")
    if len(given) > MAX_CHARS:
        raise _UnreadableError(f"That is too long for one quantity: {_EXAMPLE}")
    powers = re.sub(r"(?<=[0-9])([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", r"^\1", given)  # NFKC makes 106 of 10⁶
    text = unicodedata.normalize("NFKC", powers).replace("**", "^").replace("−", "-")
    text = " ".join(text.replace("μ", "u").replace("%", " percent ").split()).rstrip(".")
    text = re.sub(r"\s*\b(?:per|a|an|each|every)\b\s*", "/", text).replace("page view", "view")
    text = re.sub(r"^(\D*)[$]\s*([^/]*)", r"\1\2 dollar ", text)  # "$2k/month"
    return text.replace("$", " dollar ")  # "2,000 $ a month"


@functools.cache
def _registry() -> UnitRegistry[float]:
    import pint

    registry: UnitRegistry[float] = pint.UnitRegistry(None)
    for symbol, factor, name in map(str.split, _PREFIXES.split(",")):
        registry.define(f"{name}- = {factor} = {symbol}-")
    for unit in re.split(r"[;\n]", _UNITS):
        registry.define(unit.strip())
    return registry


def _read_unit(text: str) -> tuple[float, Kind]:
    """Factor to base units, and kind, of a unit such as "GB/day/user"; 1 and {} for ""."""
    top, *bottom = text.split("/")
    powers = [(word, 1) for word in top.split()]
    powers += [(word, -1) for part in bottom for word in part.split() or ["?"]]
    if len(powers) > MAX_WORDS or not all(re.fullmatch("[A-Za-z]+", word) for word, _ in powers):
        raise _UnreadableError(f"I cannot read the unit: {_EXAMPLE}")
    root = math.prod(
        (_unit(word) ** power for word, power in powers), start=_unit("")
    ).to_root_units()
    return float(root.magnitude), dict(root.dimensionality)


def _unit(word: str) -> Quantity[float]:
    # People type "gb" and "mbit"; to pint a lower-case m is milli, and a g is nothing.
    usual = re.sub("^[kmgtp](?=(i?b|bps|bits?|bytes?)$)", lambda found: found[0].upper(), word)
    usual = usual[:-1] + "B" if re.fullmatch("[kmgtp]i?b", word) else usual
    for name in (usual, word.lower()):
        try:
            return _registry().Quantity(1.0, _registry().parse_units(name))
        except (AttributeError, ValueError):  # an unknown word; "nan"
            continue
    raise _UnreadableError(f"I do not know the unit '{word[:20]}': {_EXAMPLE}")


def _compare_kinds(mine: Kind, asked: Kind) -> None:
    """Raise, saying what to change, unless both measure the same kind of thing."""
    bare = {name: power for name, power in asked.items() if name not in _COUNTED or power < 0}
    if mine in (asked, bare):
        return
    problem = f"You gave {_describe(mine)}" if mine else "The unit is missing"
    raise _UnreadableError(f"{problem}; this is measured in {_describe(asked)}.")


def _describe(kind: Kind) -> str:
    """The kind in words: "bytes per second"."""
    top = [_NAMES[name] for name in _NAMES if kind.get(name, 0) > 0]
    bottom = [f"per {_NAMES[name][:-1]}" for name in _NAMES if kind.get(name, 0) < 0]
    return " ".join([" times ".join(top) or "plain numbers", *bottom]) if kind else "numbers or %"


def _distance(ratio: float, kind: Kind) -> str:
    """How far off, in which direction, and the likely slip, in one sentence."""
    factor, way = max(ratio, 1 / ratio), "high" if ratio > 1 else "low"
    number, unit = (factor, " times") if factor >= 2 else (100 * abs(ratio - 1), "%")
    size = f"{float(f'{number:.3g}'):,.10g}{unit}"
    slips = (
        f"; did you {words}?"
        for name, target, slack, words in _SLIPS
        if (name in kind or not name) and math.isclose(factor, target, rel_tol=slack)
    )
    return f"This is about {size} too {way}{next(slips, '.')}"
