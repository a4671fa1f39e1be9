"""Which server judges, and within which bounds: a TOML table, the environment, never a key.

    [judge]
    base_url = "http://127.0.0.1:8080/v1"
    model = "qwen2.5-coder-1.5b-instruct"
    timeout = 300

    [judge.budget]
    tokens = 2_000_000

The settings never hold the key, so nothing that prints, stores or pickles them can lose it.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from graders.errors import UsageError
from graders.judges.llm.second_reader import SecondReader

FILE = "seniorkit.toml"
CONFIG, URL, MODEL, KEY = (
    "SENIORKIT_CONFIG",
    "SENIORKIT_JUDGE_URL",
    "SENIORKIT_JUDGE_MODEL",
    "SENIORKIT_JUDGE_KEY",
)
"""Environment variables: the file, the server, the model, the key."""

OPENAI = "https://api.openai.com/v1"

Output = Literal["json_schema", "json_object", "text"]
"""How a server is asked for JSON: by a schema that it enforces, in JSON mode, or in words."""

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Prices(_Table):
    """What a million tokens cost, in the settings' currency."""

    input: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)


class Budget(_Table):
    """What one process may use; a call that could pass either bound is not made."""

    tokens: int | None = Field(default=None, gt=0)
    money: float | None = Field(default=None, gt=0, allow_inf_nan=False)


class JudgeSettings(_Table):
    """The table `[judge]`.

    Attributes:
        base_url: The server, up to and including `/v1`.
        model: Name of the model, as the server calls it.
        key_env: Name of the environment variable that holds the key, if it is not the usual one.
        timeout: Seconds until one try is given up, from first to last byte.
        concurrency: Calls under way at a time.
        tries: Tries of one call, the first included.
        output: How JSON is asked for; `auto` finds out by one probe.
        max_output_tokens: Tokens that one reply may have.
        temperature: Sampling temperature; `None` leaves it to the server.
        top_p: Nucleus sampling; `None` leaves it to the server.
        seed: Sampling seed; `None` sends none.
        examples: Graded examples in the prompt, 0 to 5; fewer for small context windows.
        budget: Hard bounds on tokens and money.
        prices: What tokens cost; needed for a budget of money.
        currency: Of the prices and of the budget of money.
        cache: Whether verdicts are kept on this machine; or the folder to keep them in.
        calibrated: Whether levels are mapped to people's; that must have been measured before.
        panel: A second reader; where the two disagree, a person looks.
        second_look: Whether the offline judge reads, too, and holds back what it cannot follow.
    """

    base_url: _Name = OPENAI
    model: _Name
    key_env: _Name | None = None
    timeout: float = Field(default=60, gt=0, le=3600)
    concurrency: int = Field(default=8, ge=1, le=256)
    tries: int = Field(default=5, ge=1, le=20)
    output: Literal["auto"] | Output = "auto"
    max_output_tokens: int = Field(default=4000, ge=16, le=100_000)
    temperature: float | None = Field(default=0, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    examples: int = Field(default=5, ge=0, le=5)
    budget: Budget = Budget()
    prices: Prices | None = None
    currency: _Name = "USD"
    cache: bool | _Name = True
    calibrated: bool = False
    panel: SecondReader | None = None
    second_look: bool = True

    @field_validator("base_url")
    @classmethod
    def _is_plain(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("is no address") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(f"must hold neither a key nor a query; put the key into {KEY}")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _money_has_prices(self) -> Self:
        if self.budget.money is not None and self.prices is None:
            raise ValueError("a budget of money needs the table [judge.prices]")
        return self

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI's own server."""
        return urlsplit(self.base_url).hostname == urlsplit(OPENAI).hostname

    @property
    def sampling(self) -> str:
        """Fingerprint of everything here that can change a verdict, besides the model's name."""
        changing = self.model_dump_json(
            include={"temperature", "top_p", "seed", "examples", "output", "max_output_tokens"}
        )
        return hashlib.sha256(changing.encode()).hexdigest()[:8]

    def key(self) -> SecretStr | None:
        """The key, from the environment at this moment; `None` if there is none.

        Raises:
            UsageError: If `key_env` names a variable that is not set.
        """
        if self.key_env is not None:
            value = os.environ.get(self.key_env)
            if not value:
                raise UsageError(
                    f"the environment variable {self.key_env} is not set",
                    where="[judge] key_env",
                    fix="Set it to the key, or take key_env out",
                )
            return SecretStr(value)
        # A key of OpenAI's goes to OpenAI only, whatever server a file names.
        names = (KEY, "OPENAI_API_KEY") if self.is_openai else (KEY,)
        return next((SecretStr(os.environ[name]) for name in names if os.environ.get(name)), None)


def load_settings(path: Path | None = None) -> JudgeSettings:
    """Read the settings: the table `[judge]` of the file, then the environment above it.

    Args:
        path: The file; else the one that `SENIORKIT_CONFIG` names, else `seniorkit.toml` in the
            working directory, which may be missing.

    Raises:
        UsageError: If the file cannot be read or a setting is wrong; the message names it.
    """
    named = path or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    file = named or Path(FILE)
    table = _table(file) if named or file.is_file() else {}
    for variable, name in ((URL, "base_url"), (MODEL, "model")):
        if os.environ.get(variable):
            table[name] = os.environ[variable]
    if "model" not in table:
        raise UsageError(
            "no model is set for the language-model judge",
            where=str(file),
            fix=f'Set {MODEL}, or write [judge] with model = "..." into {FILE}',
        )
    for name in table:
        if name in ("key", "api_key", "token"):
            raise UsageError(
                f"{name!r} does not belong into a file",
                where=f"{file}, [judge]",
                fix=f"Take it out and set the environment variable {KEY}",
            )
    try:
        return JudgeSettings.model_validate(table)
    except ValidationError as error:
        raise _wrong(error, file) from None


def _table(file: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"the settings cannot be read ({error.strerror})",
            where=str(file),
            fix=f"Check {CONFIG}",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # Only the place: the line itself may hold a key.
        raise UsageError(f"the settings are not valid TOML ({error})", where=str(file)) from None
    table = document.get("judge", {})
    if not isinstance(table, dict):
        raise UsageError("[judge] must be a table", where=str(file))
    return dict(table)


def _wrong(error: ValidationError, file: Path) -> UsageError:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    what = str(first["msg"]).removeprefix("Value error, ")
    allowed = f"Allowed: {', '.join(JudgeSettings.model_fields)}"
    return UsageError(
        what,
        where=f"{file}, [judge] {place}".rstrip(),
        fix=allowed if first["type"] == "extra_forbidden" else None,
    )
