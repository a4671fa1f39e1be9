"""Files of the Batch API: calls that go up, replies that come down; one JSON object a line."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Self

from graders.judges.llm.batch_book import ANSWERED, FAILED, LOST, BatchBook
from graders.judges.llm.batch_server import ENDPOINT, BatchServer
from graders.judges.llm.protocol import Hide, error_message
from graders.judges.llm.settings import JudgeSettings
from graders.judges.llm.usage import BudgetSpent, Usage

MAX_CALLS = 50_000
MAX_BYTES = 190_000_000
"""Bounds of one file; servers take 50,000 calls and 200 MB."""

MAX_LINE = 1_000_000
"""Bytes of a reply's line; a longer one is passed over."""

DISCOUNT = 0.5
"""What a call costs here, as a share of the usual price. Source: OpenAI's Batch API guide, 2025."""

_TRANSIENT = (408, 429)
"""Besides 500 and more: what the server could not do then, and may do later."""

Told = Callable[[str], None]
"""Told what happens, in words."""

Outcall = tuple[str, Mapping[str, Any], int]
"""A call that is to be handed in: key, body, and how many of its bytes others wrote."""


class Outgoing:
    """Calls on their way into files that the server takes; in memory is only their list.

    Args:
        settings: The bounds.
        book: Knows what is under way already, which counts towards the budget.
    """

    def __init__(self, settings: JudgeSettings, book: BatchBook) -> None:
        self._settings, self._book = settings, book
        self._files: list[tuple[IO[bytes], list[tuple[str, Usage]]]] = []
        self._open_files = ExitStack()
        self._size = 0
        self._most = book.most()
        self.calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._open_files.close()

    def add(self, key: str, body: Mapping[str, Any], hostile: int) -> None:
        """Add one call, of which others wrote *hostile* bytes.

        Raises:
            BudgetSpent: If it could pass the budget.
        """
        call = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}
        # ASCII: half a character in an answer then harms no line.
        line = json.dumps(call).encode() + b"\n"
        most = Usage(1, hostile + len(line) // 3, 0, self._settings.max_output_tokens)
        self._most += most
        self._check_budget()
        full = not self._files or len(self._files[-1][1]) >= MAX_CALLS
        if full or self._size + len(line) > MAX_BYTES:
            # Closed with the others, when all were handed in.
            opened = self._open_files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            self._files.append((opened, []))
            self._size = 0
        file, calls = self._files[-1]
        file.write(line)
        calls.append((key, most))
        self._size += len(line)
        self.calls += 1

    def hand_in(self, server: BatchServer, told: Told) -> None:
        """Let the server begin with all files."""
        for file, calls in self._files:
            file.seek(0)
            uploaded = server.upload(file)
            mark = secrets.token_hex(16)
            # Noted first: if this process ends in between, the mark finds the batch again.
            self._book.begin(mark, calls)
            batch = server.create(uploaded, mark)
            self._book.begun(mark, batch.id)
            told(f"handed in: {len(calls):,} calls, batch {batch.id}")

    def _check_budget(self) -> None:
        settings = self._settings
        tokens, money = settings.budget.tokens, settings.budget.money
        cost = self._most.money(settings.prices)
        bound = None
        if tokens is not None and self._most.tokens > tokens:
            bound = f"{tokens:,} tokens"
        elif money is not None and cost is not None and cost * DISCOUNT > money:
            bound = f"{money:g} {settings.currency}"
        if bound:
            raise BudgetSpent(
                f"the batch could pass the budget of {bound}, so nothing was handed in",
                where="[judge.budget]",
                fix="Raise the budget and run again",
            )


def results(path: Path, hide: Hide = str) -> Iterator[tuple[str, str, str]]:
    """Key, state and what was said, for each line; what is no line of ours is passed over.

    Args:
        path: The file that came down.
        hide: What no reason of the server may show is taken out by this.
    """
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE + 1):
            if len(line) > MAX_LINE:
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE)
                continue
            try:
                entry = json.loads(line)
                key = entry["custom_id"]
            except (ValueError, RecursionError, KeyError, TypeError):
                continue
            if isinstance(key, str) and (result := _result(entry, hide)):
                yield key, *result


def _result(entry: Mapping[str, Any], hide: Hide) -> tuple[str, str] | None:
    """State and what was said; `None` for a call that the server did not come to."""
    response = entry.get("response")
    if isinstance(response, dict) and response.get("status_code") == 200:
        return ANSWERED, json.dumps(response.get("body"))
    error = entry.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if code in ("batch_expired", "batch_cancelled"):
        return None
    if isinstance(response, dict):
        status = response.get("status_code")
        said = error_message(response.get("body"), "no reason was given", hide)
        transient = isinstance(status, int) and (status in _TRANSIENT or status >= 500)
        return LOST if transient else FAILED, f"the server answers {status}: {said}"
    return FAILED, error_message(error, "the server gave no reason", hide)
