"""Looks, inside a kernel, for what learners' code has done to the machinery of tests.

This file's text is sent to the kernel and run there (see `canaries`), so it imports nothing of
this package. What it finds is compared outside. Code in the same process can fool it; whoever
does has to know it, and hidden checks do not depend on it.
"""

from __future__ import annotations

import builtins
import functools
import io
import json
import sys
import threading
from collections.abc import Iterable
from types import CodeType
from typing import Any

REWRITERS = ("cleanup_transforms", "line_transforms", "token_transformers")
_PLACES = tuple({sys.prefix, sys.base_prefix, sys.exec_prefix})


def look(dotted: Iterable[str], token: str) -> str:
    """What there is to see, as JSON.

    Args:
        dotted: Names that the next test uses, such as `check_quantity` or `math.isclose`.
        token: Text that `print` must print.
    """
    shell = sys.modules["IPython"].get_ipython()
    space = shell.user_ns
    return json.dumps(
        {
            "builtins": {name: mark(thing) for name, thing in vars(builtins).items()},
            "own_builtins": sorted(n for n, thing in vars(builtins).items() if is_own(thing)),
            "rewriters": sorted({type(one).__name__ for one in rewriters(shell) if is_own(one)}),
            "patched": sorted(patched(shell)),
            "traced": traced(),
            "prints": prints(token),
            "equal": sorted(equal_to_all()),
            "names": {name: mark(found(name, space)) for name in dotted},
            "swapped": sorted(name for name in dotted if is_swapped(name, space)),
            "shadows": sorted(name for name in dotted if is_shadow(name, space)),
            "shown": str(shell.ast_node_interactivity),
        }
    )


def mark(thing: Any) -> str:
    """The same text as long as *thing* is the same object, or the same code written again."""
    code = getattr(thing, "__code__", None)
    if isinstance(code, CodeType):
        return f"code {hash(signature(code))}"
    if isinstance(thing, type) and thing.__module__ == "__main__":
        parts = {
            name: mark(getattr(part, "__func__", part))
            for name, part in vars(thing).items()
            if callable(part)
        }
        return f"class {sorted(parts.items())}"
    return f"object {id(thing)}"


def signature(code: CodeType) -> tuple[Any, ...]:
    """What makes code what it does, but for where it stands."""
    constants = tuple(
        signature(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts
    )
    return (code.co_code, code.co_names, constants)


def is_own(thing: Any) -> bool:
    """Whether *thing* was written in the notebook or beside it, not installed."""
    for _ in range(10):
        if isinstance(thing, functools.partial):
            thing = thing.func
        else:
            thing = getattr(thing, "__func__", None) or getattr(thing, "__wrapped__", None) or thing
    code = getattr(thing, "__code__", None)
    if not isinstance(code, CodeType):
        kind = thing if isinstance(thing, type) else type(thing)
        if kind.__module__ != "__main__":
            return False
        codes = [getattr(part, "__code__", None) for part in vars(kind).values()]
        code = next((one for one in codes if isinstance(one, CodeType)), None)
        return code is None or not is_installed(code)
    return not is_installed(code)


def is_installed(code: CodeType) -> bool:
    """Whether *code* comes from Python itself or from an installed package."""
    return code.co_filename.startswith(("<frozen", "<__array_function__", "<attrs", *_PLACES))


def rewriters(shell: Any) -> list[Any]:
    """All that may change a cell between the message and its run."""
    found = [*shell.ast_transformers, *shell.input_transformers_post]
    for name in REWRITERS:
        found += getattr(shell.input_transformer_manager, name, [])
    return found


def patched(shell: Any) -> set[str]:
    """Methods of the machinery that have been replaced by code of the learner."""
    kernel = getattr(shell, "kernel", None)
    things = [shell, kernel, shell.displayhook, shell.display_pub, shell.compile, shell.events]
    things += [
        shell.input_transformer_manager,
        getattr(kernel, "session", None),
        shell.InteractiveTB,
    ]
    found = set()
    for thing in things:
        if thing is None:
            continue
        if type(thing).__module__ == "__main__":
            found.add(type(thing).__name__)
        spaces = [getattr(thing, "__dict__", {}), *map(vars, type(thing).__mro__[:-1])]
        for space in spaces:
            found |= {name for name, part in list(space.items()) if has_code(part) and is_own(part)}
    # Formatters of values, hooks, and handlers of errors are what honest notebooks have, too.
    return found - {"CustomTB", "custom_exceptions"}


def has_code(thing: Any) -> bool:
    """Whether *thing* is a function or a method: what a method can be replaced with."""
    return hasattr(thing, "__code__") or hasattr(thing, "__func__")


def traced() -> bool:
    """Whether code of the learner follows every step of the program."""
    tracers = [sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()]
    return any(one is not None and is_own(one) for one in tracers)


def prints(token: str) -> bool:
    """Whether `print` prints."""
    try:
        file = io.StringIO()
        builtins.print(token, file=file)
        return token in file.getvalue()
    except Exception:
        return False


def equal_to_all() -> set[str]:
    """Names of the learner's classes whose objects say that they are equal to anything."""
    found = set()
    for base in (object, int, float, str, list, dict, tuple, set):
        for kind in type.__subclasses__(base):
            if kind.__module__ != "__main__" or "__eq__" not in vars(kind):
                continue
            try:
                if vars(kind)["__eq__"](base.__new__(kind), object()) is True:
                    found.add(kind.__name__)
            except Exception:
                continue
    return found


def found(dotted: str, space: dict[str, Any]) -> Any:
    """What *dotted* means in the notebook; `found` itself if it means nothing."""
    first, *rest = dotted.split(".")
    thing = space.get(first, getattr(builtins, first, found))
    for name in rest:
        thing = getattr(thing, "__dict__", {}).get(name, found)
    return thing


def is_swapped(dotted: str, space: dict[str, Any]) -> bool:
    """Whether *dotted* leads through a module to code that the learner has put there."""
    first, dot, _ = dotted.partition(".")
    module = space.get(first)
    return bool(dot) and type(module) is type(sys) and is_own(found(dotted, space))


SAMPLES: dict[str, tuple[Any, ...]] = {
    "isinstance": (3, str), "issubclass": (int, str), "callable": (3,), "bool": (0,),
    "hasattr": (3, "nothing"), "len": ("abc",), "sum": ([1, 2, 4],), "sorted": ([3, 1, 2],),
    "all": ([True, False],), "any": ([False, False],), "abs": (-3,), "min": ([3, 1],),
    "max": ([3, 1],), "round": (2.7,), "type": (3,), "int": ("3",), "str": (3,), "list": ("ab",),
    "set": ("ab",), "tuple": ("ab",), "float": ("0.5",), "repr": ("x",), "getattr": (3, "real"),
}  # fmt: skip


def is_shadow(name: str, space: dict[str, Any]) -> bool:
    """Whether the learner's *name* hides a built-in function and gives other results than it."""
    if name not in SAMPLES or name not in space or not callable(space[name]):
        return False
    try:
        right = getattr(builtins, name)(*SAMPLES[name])
        said = space[name](*SAMPLES[name])
        return not (type(said) is type(right) and said == right)
    except Exception:
        return False  # a test that uses it fails for the same reason
