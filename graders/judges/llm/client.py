"""The one door to the server: bounded, paced, counted, and silent about the key.

Only this module and `batch_server` use `openai`. The SDK's own retries are off: there is one policy, `retry`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx2
import openai

from graders.errors import JudgeError
from graders.judges.llm.capped import cap
from graders.judges.llm.errors import Final, Garbled, TooLarge
from graders.judges.llm.probe import PROBE, PROBE_SCHEMA, Abilities, passes
from graders.judges.llm.protocol import (
    Dialect,
    Message,
    Reply,
    error_message,
    read_payload,
)
from graders.judges.llm.retry import Pace
from graders.judges.llm.settings import KEY, JudgeSettings
from graders.judges.llm.sse import OPTIONS, Heard, gathered
from graders.judges.llm.usage import Account, Usage

_ADAPTATIONS = 8
_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_AGAIN = (408, 409, 425, 429)
_MAY_HAVE_CHARGED = (502, 504, 524)
"""A gateway gave up; the model behind it may have been at work all the time."""

_CHECK = "See that the server runs (seniorkit judge check), then run again"
_BY_HAND = "if so, a person should judge this answer"


class _Failed(Exception):
    """One try failed and another may succeed; *fix* is what to do if none does."""

    def __init__(
        self,
        why: str,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        fix: str = _CHECK,
    ) -> None:
        super().__init__(why)
        self.fix = fix
        self.status = status
        self.headers = headers or {}


class ChatClient:
    """Asks one server; is built and used on one event loop.

    Args:
        settings: The server, the bounds and the sampling.
        used: What counts towards the budget already.

    Raises:
        UsageError: If the key's variable is named but not set.
    """

    def __init__(self, settings: JudgeSettings, used: Usage | None = None) -> None:
        self.settings = settings
        self.account = Account(settings.budget, settings.prices, used or Usage())
        self._dialect = Dialect(settings)
        self._pace = Pace()
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._probing = asyncio.Lock()
        self._known = settings.output != "auto"
        self._keys: set[str] = set()
        self._sdk = openai.AsyncOpenAI(
            # The SDK wants some key; servers on one's own machine want none.
            api_key=key.get_secret_value() if (key := settings.key()) else "none",
            base_url=settings.base_url,
            timeout=settings.timeout,
            max_retries=0,
            # What is packed could be a thousand times larger than what was measured.
            default_headers={"Accept-Encoding": "identity"},
            http_client=openai.DefaultAsyncHttpx2Client(
                timeout=settings.timeout,
                # An answer goes where the settings say and nowhere else.
                follow_redirects=False,
                event_hooks={"response": [cap]},
            ),
        )
        if not settings.is_openai:
            # The SDK would send these of the environment to any server.
            self._sdk.organization = self._sdk.project = None

    async def ask(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int,
        hostile: int = 0,
        heard: Heard | None = None,
    ) -> Reply:
        """Send *messages* and return the reply.

        Args:
            messages: The conversation so far.
            schema: JSON schema of the reply, for servers that can use one.
            max_tokens: Tokens that the reply may have.
            hostile: Bytes of the messages that others wrote; strange text may make a token of
                every byte, while ours has three bytes a token and more.
            heard: Told of the words as they come, if the server streams.

        Raises:
            JudgeError: If there is no reply; `Final` if there would be none to other calls.
            UsageError: If the key's variable is named but not set any more.
        """
        if schema is not None and not self._known:
            await self.abilities()
        async with self._slots:
            return await self._ask(messages, schema, max_tokens, hostile, heard)

    async def form(
        self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int
    ) -> dict[str, Any]:
        """The body of a call as this server takes it, for those who send it by other ways.

        Raises:
            JudgeError: If the server had to be asked, and cannot be reached or refuses.
        """
        if not self._known:
            await self.abilities()
        return self._dialect.options(messages, schema, max_tokens)

    async def abilities(self) -> Abilities:
        """Find out, once, how the server is best asked for JSON.

        Raises:
            JudgeError: If it cannot be reached or refuses.
        """
        async with self._probing:
            while not self._known and self._dialect.output != "text":
                asked = self._dialect.output
                reply = await self._ask(PROBE, PROBE_SCHEMA, self.settings.max_output_tokens, 0)
                if self._dialect.output != asked:
                    continue  # it refused, and the probe was answered in a humbler way
                # A reply that was cut off, as by long reasoning, says nothing against the server.
                if passes(reply.text, asked) or reply.finish == "length":
                    break
                self._dialect.demote(asked, "accepted and ignored by the server")
            self._known = True
        return Abilities(self._dialect.output, tuple(self._dialect.notes))

    async def close(self) -> None:
        """Close the connections."""
        await self._sdk.close()

    async def _ask(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None,
        max_tokens: int,
        hostile: int,
        heard: Heard | None = None,
    ) -> Reply:
        ours = len(
            json.dumps([list(messages), schema], ensure_ascii=False).encode(errors="replace")
        )
        tokens = hostile + max(0, ours - hostile) // 3 + 50
        tried = 0
        while True:
            self._use_key()
            pace = self._pace
            await pace.turn()
            try:
                return await self._try(messages, schema, max_tokens, tokens, heard)
            except _Failed as failure:
                tried += 1
                wait = self._wait(pace, failure, tried, tokens + max_tokens)
            except Final as error:
                pace.stop(error)
                raise
            await asyncio.sleep(wait)

    def _use_key(self) -> None:
        """Use the key that the environment holds at this moment.

        Raises:
            UsageError: If the key's variable is named but not set.
        """
        held = self.settings.key()
        if (held.get_secret_value() if held else "none") != self._sdk.api_key:
            self._keys.add(self._sdk.api_key)
            self._sdk.api_key = held.get_secret_value() if held else "none"
            # What the server said to the other key, it did not say to this one.
            self._pace = Pace()

    def _wait(self, pace: Pace, failure: _Failed, tried: int, needed: int) -> float:
        """Seconds until the next try of a call of *needed* tokens that failed *tried* times."""
        # A long wait that the server asks for holds for all calls, also after the last try.
        wait = pace.wait_after(tried, failure.status, failure.headers, needed)
        if tried >= self.settings.tries:
            pace.failed()
            raise self._error(f"{failure}, {tried} times", JudgeError, failure.fix) from None
        return wait

    async def _try(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any] | None,
        most: int,
        tokens: int,
        heard: Heard | None,
    ) -> Reply:
        """One try; what the server refuses to understand is left out and does not count as one."""
        for _ in range(_ADAPTATIONS):
            options = self._dialect.options(messages, schema, most)
            if heard is not None and self._dialect.streams:
                options.update(OPTIONS)
            reservation = await self.account.reserve(tokens, most)
            # What is not known to be free may be charged: also when nobody waits for it any more.
            booked: Usage | None = replace(reservation, guessed=1)
            try:
                headers, body = await self._send(options, heard)
                reply = read_payload(body, reservation, self._scrubbed)
                booked = reply.usage
                self._pace.answered(headers, tokens)
                return reply
            except Garbled as error:
                raise _Failed(self._scrubbed(str(error))) from None
            except openai.APITimeoutError:
                why = f"no reply within {self.settings.timeout:g} seconds"
                fix = "Raise [judge] timeout or lower concurrency, then run again"
                raise _Failed(why, fix=fix) from None
            except openai.APIStatusError as error:
                if error.status_code not in _MAY_HAVE_CHARGED:
                    booked = None
                refused = self._refused(error, options)
                if refused is not None:
                    raise refused from None  # the SDK's own error may show the key
            except openai.APIConnectionError as error:
                if isinstance(error.__cause__, httpx2.ConnectError):
                    booked = None
                raise self._unreachable(error) from None
            except openai.OpenAIError as error:
                said = self._scrubbed(str(error))[:300]
                raise self._error(said, JudgeError, _CHECK) from None
            finally:
                await self.account.settle(reservation, booked)
        fix = "Use another server, or another model (seniorkit judge check)"
        raise self._error("the server refuses every form of the call", Final, fix)

    async def _send(
        self, options: dict[str, Any], heard: Heard | None
    ) -> tuple[Mapping[str, str], bytes]:
        create: Any = self._sdk.chat.completions.with_raw_response.create
        try:
            # The SDK's time-out is for each piece; a server may send a byte a second for ever.
            async with asyncio.timeout(self.settings.timeout):
                response: httpx2.Response = (await create(**options)).http_response
                if heard is None or "stream" not in options:
                    return response.headers, response.content
                try:
                    return response.headers, await gathered(response, heard, self._scrubbed)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx2.TimeoutException):
            raise openai.APITimeoutError(httpx2.Request("POST", self.settings.base_url)) from None
        except httpx2.HTTPError as error:  # in the middle of a stream, where the SDK does not look
            request = httpx2.Request("POST", self.settings.base_url)
            raise openai.APIConnectionError(request=request) from error

    def _refused(
        self, error: openai.APIStatusError, sent: Mapping[str, Any]
    ) -> _Failed | JudgeError | None:
        """What to raise; `None` if the call may be repeated in another form."""
        status, headers = error.status_code, error.response.headers
        said = error_message(error.body, error.response.text, self._scrubbed)
        told = f"the server answers {status}: {said}"
        if status == 429 and any(word in (error.code, error.type) for word in _QUOTA):
            fix = "Raise the quota or pay, then run again"
            return self._error(f"the quota is used up ({told})", Final, fix)
        again = headers.get("x-should-retry") != "false"
        if status in _AGAIN or (status >= 500 and again):
            limit = "Lower [judge] concurrency, or run again later"
            return _Failed(told, status, headers, limit if status == 429 else _CHECK)
        if status in (400, 422) and self._dialect.adapt(said, sent):
            return None
        return self._refused_for_good(status, told)

    def _refused_for_good(self, status: int, told: str) -> JudgeError:
        final = {
            401: f"Check the key in {self.settings.key_env or KEY}",
            402: "Pay, or use another server",
            404: "Check base_url (it usually ends in /v1) and model",
        }
        if 300 <= status < 400:
            return self._error(told, Final, "Write the address that it points to into base_url")
        if status in final:
            return self._error(told, Final, final[status])
        # The rest may be about this one text: nobody's answer shall stop the others' grading.
        fixes = {
            400: "If the text is too long, lower examples or max_output_tokens or raise the "
            "server's context; else check the settings (seniorkit judge check)",
            403: f"See whether the key may use this model (seniorkit judge check); {_BY_HAND}",
            413: "Lower examples, or let a person judge this answer",
        }
        fixes[422] = fixes[400]
        if status not in (400, 422):
            self._pace.failed()
        other = f"See whether the server works (seniorkit judge check); {_BY_HAND}"
        return self._error(told, JudgeError, fixes.get(status, other))

    def _unreachable(self, error: openai.APIConnectionError) -> Exception:
        cause = error.__cause__
        if isinstance(cause, TooLarge):
            fix = f"See whether base_url names a model server (seniorkit judge check); {_BY_HAND}"
            return self._error(str(cause), JudgeError, fix)
        name = type(cause).__name__ if cause else "ConnectionError"
        return _Failed(self._scrubbed(f"the server cannot be reached ({name}: {cause})"))

    def _error(self, what: str, kind: type[JudgeError], fix: str | None = None) -> JudgeError:
        return kind(self._scrubbed(what), where=self.settings.base_url, fix=fix)

    def _scrubbed(self, text: str) -> str:
        """*text* without the key and those before it, which some servers repeat in errors."""
        for key in sorted({self._sdk.api_key, *self._keys}, key=len, reverse=True):
            text = text.replace(key, "[key]") if len(key) > 4 else text
        return text
