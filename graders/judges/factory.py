"""Judges by name, for configuration files and the command line."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graders.errors import UsageError
from graders.judges.base import Judge

if TYPE_CHECKING:
    from graders.judges.ahead import Submits
    from graders.judges.llm.settings import JudgeSettings

NAMES = ("embedded", "llm")
"""Judges that may be asked for by name."""

UNASKED = "llm-kept"
"""The language-model judge that only gives the verdicts which are kept: after a batch."""


@lru_cache(maxsize=8)
def judge_named(name: str) -> Judge:
    """The judge called *name*.

    Raises:
        UsageError: If there is no such judge; the message lists those that exist. Or if the
            settings of the language-model judge are missing or wrong.
        StoreError: If the kept verdicts cannot be used.
    """
    if name == "embedded":
        from graders.judges.embedded.judge import EmbeddedJudge

        return EmbeddedJudge()
    if name in ("llm", UNASKED):
        from graders.judges.llm.settings import load_settings

        return composed(load_settings(), asks=name != UNASKED)
    raise UsageError(f"there is no judge called {name!r}", fix=f"Choose from: {', '.join(NAMES)}")


def composed(settings: JudgeSettings, *, asks: bool = True) -> Submits:
    """The language-model judge with everything around it that *settings* ask for.

    From the inside out: kept verdicts, calibration, panel, second look. Each reader of a panel
    has its own kept verdicts and its own calibration.

    Args:
        settings: The server, the model, and what is to be around them.
        asks: Whether the model is asked about what is not kept.

    Raises:
        UsageError: If the panel's second reader is wrong, or a calibration is missing.
        StoreError: If the kept verdicts cannot be used.
    """
    if settings.panel is None:
        judge = _reader(settings, asks)
    else:
        from graders.judges.panel import PanelJudge

        judge = PanelJudge(*(_reader(one, asks) for one in _two(settings)))
    if settings.second_look:
        from graders.judges.second_look import SecondLookJudge

        judge = SecondLookJudge(judge, judge_named("embedded"))
    return judge


def _reader(settings: JudgeSettings, asks: bool) -> Submits:
    from graders.judges.kept import FILE, VerdictStore, cache_folder
    from graders.judges.llm.judge import LlmJudge
    from graders.judges.llm.unasked import UnaskedJudge

    folder = cache_folder(settings.cache if isinstance(settings.cache, str) else None)
    judge: Submits = LlmJudge(settings) if asks else UnaskedJudge(settings)
    if settings.cache:
        from graders.judges.cached import CachedJudge

        judge = CachedJudge(judge, VerdictStore(folder / FILE))
    if settings.calibrated:
        from graders.judges import calibration
        from graders.judges.calibrated import CalibratedJudge

        judge = CalibratedJudge(judge, calibration.load(folder, judge.name, judge.version))
    return judge


def _two(settings: JudgeSettings) -> tuple[JudgeSettings, JudgeSettings]:
    """The settings of both readers; the budget is one for both, so each gets half of it."""
    from pydantic import ValidationError

    from graders.judges.llm.settings import KEY, JudgeSettings

    first: dict[str, Any] = settings.model_dump(exclude={"panel"})
    budget = first["budget"]
    if budget["tokens"] is not None:
        budget["tokens"] = max(1, budget["tokens"] // 2)
    if budget["money"] is not None:
        budget["money"] /= 2
    assert settings.panel is not None
    changed = settings.panel.model_dump(exclude_none=True)
    if budget["money"] is not None and "model" in changed and "prices" not in changed:
        raise UsageError(
            "a budget of money needs the prices of the second model, too",
            where="[judge.panel]",
            fix="Add prices = { input = ..., output = ... }",
        )
    if "base_url" in changed and "key_env" not in changed:
        # A key is for one server; the other one shall not see it.
        if os.environ.get(KEY):
            raise UsageError(
                f"the key in {KEY} would go to two servers",
                where="[judge.panel]",
                fix="Name the variable with the second one's key: key_env",
            )
        changed["key_env"] = None
    try:
        return JudgeSettings.model_validate(first), JudgeSettings.model_validate(first | changed)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in wrong["loc"])
        raise UsageError(str(wrong["msg"]), where=f"[judge.panel] {place}".rstrip()) from None
