"""Keeps start-up short: one package that nbformat pulls in compiles 35 grammars when imported.

`jsonschema` imports `rfc3987_syntax` for its "uri" formats, which takes 0.8 s of the 2 s that
every nbgrader, papermill or nbconvert process needs to start, and which notebooks never use.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_NAME = "rfc3987_syntax"


def defer_uri_grammars() -> None:
    """Let `rfc3987_syntax` be imported on its first call; does nothing if it was already.

    Call it before the first import of nbformat, nbconvert, nbgrader or papermill.
    """
    if _NAME in sys.modules:
        return
    stand_in = ModuleType(_NAME)

    def is_valid_syntax(*args: Any, **kwargs: Any) -> Any:
        if sys.modules.get(_NAME) is stand_in:
            del sys.modules[_NAME]
        return import_module(_NAME).is_valid_syntax(*args, **kwargs)

    stand_in.is_valid_syntax = is_valid_syntax  # type: ignore[attr-defined]
    sys.modules[_NAME] = stand_in
