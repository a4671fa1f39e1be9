"""The table `[judge.panel]`: a second reader, which differs from the first in what it names.

[judge]
model = "qwen2.5-coder-1.5b-instruct"
cache = true          # keep verdicts, so that nothing is asked twice; or a folder's name
second_look = true    # let the offline judge hold back what it cannot follow
calibrated = true     # map the model's levels to people's, see `seniorkit bench levels`

[judge.panel]
model = "another"
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SecondReader(BaseModel):
    """How the second reader of a panel differs from the first; what is left out is the same."""

    # A key that was put here by mistake shall not be shown by the error that refuses it.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str | None = Field(default=None, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    key_env: str | None = Field(default=None, max_length=200)
    timeout: float | None = None
    concurrency: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    examples: int | None = None
    prices: dict[str, float] | None = None
