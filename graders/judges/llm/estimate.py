"""What a batch will cost, before it starts, and what it did cost; both are kept with the run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graders.answers import Answer
from graders.judges.gates import inspect
from graders.judges.llm.usage import Usage
from graders.question import Question

if TYPE_CHECKING:
    from graders.judges.base import Judge
    from graders.judges.cached import CachedJudge
    from graders.judges.llm.judge import LlmJudge

BYTES_PER_TOKEN = 4.0
"""English text and JSON; other scripts have fewer bytes a token and are not foreseen exactly."""

TOKENS_PER_CRITERION = 120
"""A quote or two, a sentence, a word for the level; models that reason first use more."""


@dataclass(frozen=True)
class Estimate:
    """What a batch is expected to cost. Repair turns, reasoning and cached prompts are not foreseen.

    Attributes:
        answers: Answers in the batch.
        stopped: Those of them that are not sent: blank, off the topic, and the like.
        kept: Readings for which the verdicts of an earlier run are used.
        duplicates: Readings of answers that stand in the batch more than once.
        calls: Calls that remain.
        input_tokens: Of all calls.
        output_tokens: Of all calls.
        money: In the settings' currency; `None` where a price is unknown.
        currency: The currency.
    """

    answers: int = 0
    stopped: int = 0
    kept: int = 0
    duplicates: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    money: float | None = None
    currency: str = "USD"

    def __str__(self) -> str:
        parts = [f"{self.answers:,} answers"]
        for number, what in (
            (self.stopped, "not sent"), (self.duplicates, "the same as others"), (self.kept, "kept"),
        ):  # fmt: skip
            if number:
                parts.append(f"{number:,} {what}")
        return f"{', '.join(parts)}: {_cost(self.calls, self.input_tokens, self.output_tokens, self.money, self.currency, 'about ')}"


def estimate(judge: Judge, pairs: Iterable[tuple[Question, Answer]]) -> Estimate | None:
    """Go through a batch without asking anything; `None` if *judge* costs nothing.

    Args:
        judge: Any judge; the language models in and around it are found.
        pairs: The batch; it is gone through once.

    Raises:
        StoreError: If the kept verdicts cannot be read.
        JudgeError: If the prompts cannot be built.
    """
    readers = [_Reader(model, cache) for model, cache in _readers(judge, None)]
    if not readers:
        return None
    answers = stopped = 0
    for question, answer in pairs:
        answers += 1
        gate = inspect(question, answer.text)
        if gate.stop is not None:
            stopped += 1
            continue
        read = answer.model_copy(update={"text": gate.document.raw})
        for reader in readers:
            reader.add(question, read)
    costs = [reader.usage.money(reader.model.settings.prices) for reader in readers]
    total = sum((reader.usage for reader in readers), Usage())
    return Estimate(
        answers=answers,
        stopped=stopped,
        kept=sum(reader.kept for reader in readers),
        duplicates=sum(reader.duplicates for reader in readers),
        calls=total.calls,
        input_tokens=total.input_tokens,
        output_tokens=total.output_tokens,
        money=_total(costs),
        currency=readers[0].model.settings.currency,
    )


@dataclass(frozen=True)
class Spent:
    """What a batch really cost; figures that a server did not tell are estimated, rather too high.

    Attributes:
        usage: Calls and tokens.
        money: In *currency*; `None` where a price is unknown.
        currency: The currency.
    """

    usage: Usage
    money: float | None
    currency: str

    def __str__(self) -> str:
        used = self.usage
        about = "at most " if used.guessed else ""
        return _cost(
            used.calls, used.input_tokens, used.output_tokens, self.money, self.currency, about
        )

    def since(self, before: Spent) -> Spent:
        """What was spent after *before*, of the same judge."""
        usage = Usage(
            *(
                getattr(self.usage, name) - getattr(before.usage, name)
                for name in asdict(self.usage)
            )
        )
        known = self.money is not None and before.money is not None
        money = (self.money or 0.0) - (before.money or 0.0) if known else None
        return Spent(usage, money, self.currency)


def spent(judge: Judge) -> Spent | None:
    """What *judge* has cost so far; `None` if it costs nothing."""
    models = [model for model, _ in _readers(judge, None)]
    if not models:
        return None
    return Spent(
        sum((model.usage for model in models), Usage()),
        _total([model.usage.money(model.settings.prices) for model in models]),
        models[0].settings.currency,
    )


def runs_folder(judge: Judge) -> Path:
    """Where records of runs are kept: beside the kept verdicts."""
    from graders.judges.kept import cache_folder

    caches = [cache for _, cache in _readers(judge, None) if cache is not None]
    return (caches[0].store.path.parent if caches else cache_folder()) / "runs"


def keep_run(
    folder: Path, judge: Judge, *, foreseen: Estimate | None, used: Spent, seconds: float
) -> Path:
    """Write what was foreseen and what was used into a new file of *folder*.

    Returns:
        The file: `2026-03-01T120000Z-xxxxxxxx.json`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    record: dict[str, Any] = {
        "ended": now.isoformat(timespec="seconds"),
        "judge": judge.name,
        "version": judge.version,
        "estimate": None if foreseen is None else asdict(foreseen),
        "used": {**asdict(used.usage), "money": used.money, "currency": used.currency},
        "seconds": round(seconds, 1),
    }
    prefix = now.strftime("%Y-%m-%dT%H%M%SZ-")
    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(record, indent=1) + "\n")
    return Path(name)


def last_foreseen(folder: Path, judge: Judge) -> Estimate | None:
    """What was last foreseen for *judge* in the records of *folder*; `None` if nothing was.

    A batch is handed in by one run and fetched by a later one, which has to know. A record that
    cannot be read foresaw nothing: what was used must be told all the same.
    """
    records = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in records:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            mine = (record["judge"], record["version"]) == (judge.name, judge.version)
            if mine and record["estimate"] is not None:
                return Estimate(**record["estimate"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


@dataclass
class _Reader:
    """One language model of the judge, and what it will be asked."""

    model: LlmJudge
    cache: CachedJudge | None
    usage: Usage = field(default_factory=Usage)
    kept: int = 0
    duplicates: int = 0
    _seen: set[bytes] = field(default_factory=set)
    _shared: dict[str, int] = field(default_factory=dict)

    def add(self, question: Question, answer: Answer) -> None:
        key = bytes.fromhex(self.model.key(question, answer))
        if key in self._seen:
            self.duplicates += 1
            return
        self._seen.add(key)
        if self.cache is not None and self.cache.has(question, answer):
            self.kept += 1
            return
        if question.digest not in self._shared:
            # All but the answer is the same for all answers to a question.
            bare = self.model.prompt(question, answer.model_copy(update={"text": ""}))
            form = json.dumps([bare.messages, bare.schema], ensure_ascii=False)
            self._shared[question.digest] = len(form.encode(errors="replace"))
        size = self._shared[question.digest] + len(answer.text.encode(errors="replace"))
        output = TOKENS_PER_CRITERION * len(question.criteria)
        most = self.model.settings.max_output_tokens
        self.usage += Usage(1, int(size / BYTES_PER_TOKEN), 0, min(output, most))


def _readers(judge: object, cache: CachedJudge | None) -> list[tuple[LlmJudge, CachedJudge | None]]:
    """The language models in *judge*, each with the cache that stands around it."""
    from graders.judges.ahead import JudgeAround
    from graders.judges.cached import CachedJudge
    from graders.judges.llm.judge import LlmJudge

    if isinstance(judge, LlmJudge):
        return [(judge, cache)]
    if not isinstance(judge, JudgeAround):
        return []
    around = judge if isinstance(judge, CachedJudge) else cache
    return [found for inner in judge.inner for found in _readers(inner, around)]


def _total(costs: list[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _cost(
    calls: int, given: int, got: int, money: float | None, currency: str, about: str
) -> str:  # fmt: skip
    text = f"{calls:,} calls, {about}{given:,} input and {got:,} output tokens"
    return text if money is None else f"{text}, {about}{money:,.4f} {currency}"
