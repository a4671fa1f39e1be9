"""Keeps start-up short: one package that nbformat pulls in compiles 35 grammars when imported.

`jsonschema` imports `rfc3987_syntax` for its "uri" formats, which takes 0.8 s of the 2 s that
every nbgrader, papermill or nbconvert process needs to start, and which notebooks never use.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any

_NAME = "rfc3987_syntax"


def defer_uri_grammars() -> None:
    """Let `rfc3987_syntax` be executed on first use; does nothing if it is loaded or not there.

    Call it before the first import of nbformat, nbconvert, nbgrader or papermill.
    """
    if _NAME in sys.modules:
        return
    spec = find_spec(_NAME)
    if spec is None or spec.loader is None:
        return
    # The module itself, with its file and path, but not yet executed. `importlib.util.LazyLoader`
    # would execute it at `from rfc3987_syntax import is_valid_syntax`, which is what jsonschema
    # does; so that one name is there from the start.
    module, execute = module_from_spec(spec), spec.loader.exec_module
    lock, executed = RLock(), False

    def load(name: str) -> Any:
        nonlocal executed
        with lock:
            if not executed:
                executed = True
                try:
                    execute(module)
                except BaseException:
                    executed = False
                    raise
        try:
            return vars(module)[name]
        except KeyError:
            raise AttributeError(f"module {_NAME!r} has no attribute {name!r}") from None

    def is_valid_syntax(*args: Any, **kwargs: Any) -> Any:
        return load("is_valid_syntax")(*args, **kwargs)

    vars(module).update(is_valid_syntax=is_valid_syntax, __getattr__=load)
    sys.modules[_NAME] = module
