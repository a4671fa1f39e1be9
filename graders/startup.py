"""Keeps start-up short: names that are imported on first use, and one package that is put off.

`jsonschema`, which nbformat pulls in, imports `rfc3987_syntax` for its "uri" formats: 35 grammars
that are compiled then, 0.8 s of the 2 s that every nbgrader, papermill or nbconvert process needs
to start, and that notebooks never use.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any

_NAME = "rfc3987_syntax"


def on_demand(package: str, home: Mapping[str, str], name: str) -> object:
    """A name of *package*, whose module is imported only now; for its `__getattr__`.

    Args:
        package: The package's full name.
        home: Name -> module within the package that defines it.
        name: What is asked for.

    Raises:
        AttributeError: If there is no such name.
    """
    if name not in home:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(f"{package}.{home[name]}"), name)


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
