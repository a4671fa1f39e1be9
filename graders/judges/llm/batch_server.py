"""The Batch API as servers speak it: files go up, batches run, files come down.

Plain calls, one after the other: whoever uses it leaves and comes back hours later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from graders.errors import JudgeError
from graders.judges.llm import errors
from graders.judges.llm.capped import MAX_REPLY_BYTES
from graders.judges.llm.errors import Gone
from graders.judges.llm.protocol import beginning, error_message
from graders.judges.llm.settings import KEY, JudgeSettings

if TYPE_CHECKING:
    import openai

ENDPOINT: Final = "/v1/chat/completions"
MARK = "seniorkit"
"""Key of a batch's metadata under which our own name for it stands."""

TRANSFER_SECONDS = 900.0
MAX_FILE_BYTES = 2_000_000_000
"""A file of replies that is larger is not read; 50,000 long replies have a quarter of that."""

PAGES, PAGE = 10, 100
REFUSED = "failed"
ENDED = frozenset({"completed", REFUSED, "expired", "cancelled"})

_AGAIN = "See that the server works (seniorkit judge check), then run again; nothing is lost"


@dataclass(frozen=True)
class Batch:
    """What the server tells of one batch.

    Attributes:
        id: The server's name for it.
        status: `validating`, `in_progress`, `finalizing`, or one of `ENDED`.
        files: Ids of the files with replies and errors, as far as there are any.
        why: What is wrong with it, in words; empty if nothing is.
        metadata: What was said when it was made.
    """

    id: str
    status: str
    files: tuple[str, ...] = ()
    why: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED

    @property
    def refused(self) -> bool:
        """Whether the server took none of its calls."""
        return self.status == REFUSED and not self.files


class BatchServer:
    """Talks to `/v1/files` and `/v1/batches` of the server that *settings* name.

    Args:
        settings: The server; the key comes from the environment.

    Raises:
        UsageError: If the key's variable is named but not set.
    """

    def __init__(self, settings: JudgeSettings) -> None:
        import openai

        self._settings = settings
        key = settings.key()
        self._key = key.get_secret_value() if key else "none"
        self._sdk = openai.OpenAI(
            api_key=self._key,
            base_url=settings.base_url,
            timeout=TRANSFER_SECONDS,
            # Nothing else tries these calls again.
            max_retries=settings.tries - 1,
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultHttpx2Client(
                timeout=TRANSFER_SECONDS, follow_redirects=False
            ),
        )
        if not settings.is_openai:
            self._sdk.organization = self._sdk.project = None

    def upload(self, lines: IO[bytes]) -> str:
        """Send a file of calls, one JSON object a line; its id.

        Raises:
            JudgeError: If it is not taken.
        """
        # Tried once only: a second try would find the file read to its end.
        files = self._sdk.with_options(max_retries=0).files.with_streaming_response
        with self._told(), files.create(
            file=("calls.jsonl", lines), purpose="batch"
        ) as response:  # fmt: skip
            return self._id(self._object(response))

    def create(self, file_id: str, mark: str) -> Batch:
        """Let the calls of a file begin; *mark* is our own name for the batch.

        Raises:
            JudgeError: If it is not taken, or nobody knows whether it was.
        """
        # Tried once only: a second try could begin, and cost, everything twice.
        batches = self._sdk.with_options(max_retries=0).batches.with_streaming_response
        with self._told(), batches.create(
            input_file_id=file_id,
            endpoint=ENDPOINT,
            completion_window="24h",
            metadata={MARK: mark},
        ) as response:  # fmt: skip
            return self._batch(self._object(response))

    def batch(self, batch_id: str) -> Batch:
        """How far a batch is.

        Raises:
            JudgeError: If the server does not tell; `Gone` if it has no such batch.
        """
        batches = self._sdk.batches.with_streaming_response
        with self._told("the batch"), batches.retrieve(batch_id) as response:
            return self._batch(self._object(response))

    def marked(self, mark: str) -> Batch | None:
        """The batch with our name *mark*, among the latest thousand.

        Raises:
            JudgeError: If the server does not tell.
        """
        batches = self._sdk.batches.with_streaming_response
        after: dict[str, Any] = {}
        for _ in range(PAGES):
            with self._told(), batches.list(limit=PAGE, **after) as response:
                page = self._object(response)
            entries = [entry for entry in page.get("data") or [] if isinstance(entry, dict)]
            for batch in map(self._batch, entries):
                if batch.metadata.get(MARK) == mark:
                    return batch
            if not page.get("has_more") or not entries:
                return None
            after = {"after": self._id(entries[-1])}
        return None

    def download(self, file_id: str, target: Path) -> None:
        """Write a file of replies to *target*.

        Raises:
            JudgeError: If it cannot be had; `Gone` if the server has no such file, or one that
                is larger than anything that would be read.
        """
        files = self._sdk.files.with_streaming_response
        with (
            self._told("the file of replies"),
            files.content(file_id) as response,
            target.open("wb") as file,
        ):
            size = 0
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > MAX_FILE_BYTES:
                    raise self._error(f"the file of replies is too large ({file_id})")
                file.write(chunk)

    def close(self) -> None:
        """Close the connections."""
        self._sdk.close()

    def scrubbed(self, text: str) -> str:
        """*text* without the key, which some servers repeat in errors."""
        return text.replace(self._key, "[key]") if len(self._key) > 4 else text

    @contextmanager
    def _told(self, one: str = "") -> Iterator[None]:
        """Say in our words what went wrong, without the key; *one* is what may be gone."""
        import httpx2
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._refused(error, one) from None
        except openai.APIConnectionError as error:
            cause = error.__cause__ or error
            said = self._short(f"{type(cause).__name__}: {cause}")
            raise self._error(f"the server cannot be reached ({said})") from None
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise self._error(self._short(str(error))) from None

    def _refused(self, error: openai.APIStatusError, one: str) -> JudgeError:
        status = error.status_code
        if status == 404 and one:
            return self._error(f"the server no longer has {one}", Gone)
        if status in (404, 405, 501):
            what = f"the server has no Batch API (it answers {status})"
            return self._error(what, errors.Final, "Run without --batch-api")
        said = error_message(error.body, type(error).__name__, self.scrubbed)
        what = f"the server answers {status}: {said}"
        if status in (401, 403):
            fix = f"Check the key in {self._settings.key_env or KEY}"
            return self._error(what, errors.Final, fix)
        return self._error(what)

    def _short(self, text: str) -> str:
        # First without the key: what is cut in its middle would not be found.
        return self.scrubbed(" ".join(text.split()))[:300]

    def _error(
        self, what: str, kind: type[JudgeError] = JudgeError, fix: str = _AGAIN
    ) -> JudgeError:
        return kind(what, where=self._settings.base_url, fix=fix)

    def _object(self, response: Any) -> dict[str, Any]:
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                raise self._error(f"the server's answer is larger than {MAX_REPLY_BYTES:,} bytes")
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            begin = beginning(body, self.scrubbed)
            raise self._error(f"the server's answer is not JSON (it begins {begin!r})")
        return found

    def _id(self, entry: Mapping[str, Any]) -> str:
        found = entry.get("id")
        if not isinstance(found, str) or not 0 < len(found) <= 200:
            raise self._error("the server's answer names nothing that could be asked for again")
        return found

    def _batch(self, entry: Mapping[str, Any]) -> Batch:
        files = [entry.get(name) for name in ("output_file_id", "error_file_id")]
        metadata = entry.get("metadata")
        errors = entry.get("errors")
        told = errors.get("data") if isinstance(errors, dict) else None
        first = told[0] if isinstance(told, list) and told else errors
        return Batch(
            id=self._id(entry),
            status=str(entry.get("status")),
            files=tuple(file for file in files if isinstance(file, str) and file),
            why=error_message(first, "", self.scrubbed) if first else "",
            metadata=metadata if isinstance(metadata, dict) else {},
        )
