"""The OpenAI protocol as servers really speak it: what is sent, and what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.judges.llm.errors import Final, Garbled
from graders.judges.llm.reply import bounded, has_bounds
from graders.judges.llm.settings import Budget, JudgeSettings, Output
from graders.judges.llm.usage import Usage

Message = dict[str, str]
"""One turn: `{"role": "system" | "user" | "assistant", "content": ...}`."""

Hide = Callable[[str], str]
"""Takes the key out of a text; before the text is cut, or a part of the key would stay."""

DEMOTED: dict[Output, Output] = {"json_schema": "json_object", "json_object": "text"}
"""Way of asking for JSON -> the next humbler one."""

_REFUSES = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed"
    r"|extra (inputs|fields)|invalid param|deprecated|only the default"
)
_ABOUT_FORM = re.compile("response_format|json_schema|grammar|maxlength|maxitems")
_TOKEN_NAMES = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class Reply:
    """One reply.

    Attributes:
        text: What the model wrote.
        refusal: Why it refuses, if it does.
        finish: Why it ended: `stop`, `length` (cut off), `content_filter`, or else.
        usage: What it used.
    """

    text: str
    refusal: str | None = None
    finish: str = "stop"
    usage: Usage = field(default_factory=Usage)


class Dialect:
    """Which parameters this server takes; learnt from its refusals."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        # Older servers know the old name only; OpenAI's newer models the new one only.
        self._names = list(_TOKEN_NAMES if settings.is_openai else reversed(_TOKEN_NAMES))
        self._sampling = {
            name: value
            for name in ("temperature", "top_p", "seed")
            if (value := getattr(settings, name)) is not None
        }
        self.output: Output = "json_schema" if settings.output == "auto" else settings.output
        self.notes: list[str] = []
        self.streams = True
        # OpenAI's strict mode does not know all of them; its models are brief without.
        self._bounds = not settings.is_openai

    def options(
        self, messages: Sequence[Message], schema: Mapping[str, Any] | None, max_tokens: int
    ) -> dict[str, Any]:
        """The parameters of a call.

        Raises:
            Final: If there is a budget and the server takes no bound on a reply.
        """
        if not self._names and self._settings.budget != Budget():
            raise Final(
                "the server takes neither max_tokens nor max_completion_tokens, so what a reply "
                "costs has no bound and the budget could be passed",
                where=self._settings.base_url,
                fix="Use a server that takes one of them, or take [judge.budget] out",
            )
        options: dict[str, Any] = {"model": self._settings.model, "messages": list(messages)}
        options.update(self._sampling)
        if self._names:
            options[self._names[0]] = max_tokens
        if schema is not None and self.output == "json_schema":
            form = bounded(schema) if self._bounds else dict(schema)
            named = {"name": "verdicts", "strict": True, "schema": form}
            options["response_format"] = {"type": "json_schema", "json_schema": named}
        elif schema is not None and self.output == "json_object":
            options["response_format"] = {"type": "json_object"}
        return options

    def adapt(self, refusal: str, sent: Mapping[str, Any]) -> bool:
        """Leave out what the server refused in its own words; whether there was something.

        Args:
            refusal: The message of a 400 or 422.
            sent: The parameters that were sent.
        """
        said = refusal.lower()
        if "response_format" in sent and _ABOUT_FORM.search(said):
            schema = sent["response_format"]["type"] == "json_schema"
            if schema and has_bounds(sent["response_format"]["json_schema"]["schema"]):
                self._bounds = False
                self._note("bounds in the schema are not taken")
                return True
            self.demote("json_schema" if schema else "json_object", "refused by the server")
            return True
        if not _REFUSES.search(said):
            return False
        if "stream" in sent and "stream" in said:
            self.streams = False
            self._note("stream is not taken")
            return True
        for name in _TOKEN_NAMES:
            if name in sent and name in said:
                self._names = [other for other in self._names if other != name]
                self._note(f"{name} is not taken")
                return True
        for name in ("temperature", "top_p", "seed"):
            if name in sent and name in said:
                self._sampling.pop(name, None)
                self._note(f"{name} is not taken")
                return True
        return False

    def demote(self, asked: Output, why: str) -> None:
        """Ask for JSON in a humbler way than *asked* from now on."""
        if self.output == asked:  # a call beside this one may have found it out before
            self.output = DEMOTED[asked]
            self._note(f"{asked}: {why}")

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def read_payload(body: bytes, guess: Usage, hide: Hide = str) -> Reply:
    """Read the body of a successful reply, whatever is missing in it.

    Args:
        body: The bytes.
        guess: What to book if the server does not tell the usage; the most that it can be.
        hide: What no error may show is taken out by this.

    Raises:
        Garbled: If it is not the protocol at all.
    """
    try:
        payload = json.loads(body)
        if isinstance(payload, dict) and payload.get("error"):
            raise Garbled(f"the server reports: {error_message(payload, '', hide)}")
        choice = payload["choices"][0]
        message = choice["message"]
        text = _text(message.get("content"))
        refusal = message.get("refusal")
    except Garbled:
        raise
    except (ValueError, RecursionError):
        begin = beginning(body, hide)
        raise Garbled(f"the server's reply is not JSON (it begins {begin!r})") from None
    except (KeyError, IndexError, TypeError, AttributeError):
        raise Garbled("the server's reply holds no message") from None
    finish = choice.get("finish_reason")
    return Reply(
        text=text,
        refusal=refusal if isinstance(refusal, str) and refusal else None,
        finish=finish if isinstance(finish, str) else "stop",
        usage=_usage(payload.get("usage"), guess, text),
    )


def beginning(body: bytes, hide: Hide) -> str:
    """The first 40 characters of what should have been something else."""
    return hide(body.decode(errors="replace"))[:40]


def error_message(body: object, otherwise: str, hide: Hide = str) -> str:
    """The words of an error's body, at most 300 characters, without what *hide* takes out."""
    found: object = body
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    said = found if isinstance(found, str) else json.dumps(found, default=str) if found else ""
    return hide(" ".join((said or otherwise).split()))[:300]


def _text(content: object) -> str:
    """The content as one string; some gateways send it in parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    raise TypeError


def _usage(told: object, guess: Usage, text: str) -> Usage:
    fields = told if isinstance(told, dict) else {}
    details = fields.get("prompt_tokens_details")
    read, written = _count(fields.get("prompt_tokens")), _count(fields.get("completion_tokens"))
    # Every prompt has tokens: servers that say there are none have not counted.
    if not read or written is None or (text and not written):
        output = min(guess.output_tokens, len(text.encode(errors="replace")) // 2 + 1)
        return Usage(1, guess.input_tokens, 0, output, guessed=1)
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return Usage(1, read, min(cached or 0, read), written)


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None
