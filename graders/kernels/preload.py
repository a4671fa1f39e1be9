"""Imports packages ahead, and hides that from the code that runs later.

Runs in the fork server. `Preloaded.record` imports and notes which module caused which; after the
fork `hide` takes all out of `sys.modules`, and an import statement brings a module back together
with just those that it would have imported. So `sys.modules` is what it is in a fresh kernel.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import warnings
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # the real one would import a module before anything is noted
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import FrameType, ModuleType
    from typing import Any


class Preloaded:
    """Modules that are loaded, and served again on import.

    Args:
        visible: Names of the modules that stay in `sys.modules`: those of a bare interpreter.
    """

    def __init__(self, visible: Iterable[str]) -> None:
        self._visible = set(visible)
        self._known = set(sys.modules)
        self._known_filters: list[Any] = list(warnings.filters)
        self._own_filters: list[Any] = list(warnings.filters)
        self._filters: dict[str, list[Any]] = {}
        self._known_keys = set(os.environ)
        self._variables: dict[str, dict[str, str]] = {}
        self._causes: dict[str, dict[str, None]] = {}
        self._hidden: dict[str, ModuleType] = {}
        self._bound: set[str] = set()

    def begin(self) -> None:
        """Note from now on what imports what; `record` ends it."""
        self._originals = builtins.__import__, importlib.import_module
        builtins.__import__ = self._noting_statements(builtins.__import__)
        importlib.import_module = self._noting_calls(importlib.import_module)

    def record(self, names: Sequence[str]) -> dict[str, str]:
        """Import the modules *names*; those that cannot be imported are left out.

        Returns:
            Name -> what went wrong, for those that could not be imported.
        """
        failed: dict[str, str] = {}
        for name in names:
            try:
                importlib.import_module(name)
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {error}"[:200]
                _forget(name.split(".")[0])
        builtins.__import__, importlib.import_module = self._originals
        return failed

    def _note(self, name: str, children: Iterable[str], frame: FrameType) -> None:
        """Remember that the module being executed caused the import of *name* and *children*."""
        importer = _executing(frame)
        caused = self._causes.setdefault(importer, {})
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            caused[".".join(parts[:end])] = None
        # Compiled modules put others beside them without an import statement.
        loaded = [other for other in sys.modules if other not in self._known]
        loaded = [other for other in loaded if not _is_being_loaded(sys.modules[other])]
        self._known.update(loaded)
        caused.update(dict.fromkeys(loaded))
        if name in loaded:
            self._causes.setdefault(name, {}).update(dict.fromkeys(loaded))
        for child in children:
            if f"{name}.{child}" in sys.modules:
                caused[f"{name}.{child}"] = None
        self._note_effects([*loaded, importer])

    def _note_effects(self, modules: list[str]) -> None:
        """Remember what one of *modules* has set besides `sys.modules`."""
        filters = [entry for entry in warnings.filters if entry not in self._known_filters]
        variables = {key: text for key, text in os.environ.items() if key not in self._known_keys}
        if not filters and not variables:
            return
        self._known_filters = [*filters, *self._known_filters]  # as in `warnings`, the last first
        self._known_keys.update(variables)
        for module in modules:
            self._filters.setdefault(module, []).extend(filters)
            self._variables.setdefault(module, {}).update(variables)

    def _noting_statements(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def noting(
            name: str,
            globals: Mapping[str, object] | None = None,
            locals: Mapping[str, object] | None = None,
            fromlist: Sequence[str] | None = (),
            level: int = 0,
        ) -> Any:
            result = original(name, globals, locals, fromlist, level)
            package = str((globals or {}).get("__package__") or "")
            full = resolve_name("." * level + name, package) if level else name
            self._note(full, fromlist or (), sys._getframe(1))
            return result

        return noting

    def _noting_calls(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def noting(name: str, package: str | None = None) -> Any:
            result = original(name, package)
            self._note(resolve_name(name, package or ""), (), sys._getframe(1))
            return result

        return noting

    def hide(self) -> None:
        """Take everything out of `sys.modules` but what a bare interpreter has.

        It may be called again, to take away what was brought back in the meantime.
        """
        for name in [name for name in sys.modules if name not in self._visible]:
            module = sys.modules.pop(name)
            self._hidden[name] = module
            parent, _, child = name.rpartition(".")
            owner = self._hidden.get(parent) or sys.modules.get(parent)
            if parent and owner is not None and vars(owner).get(child) is module:
                self._bound.add(name)
                delattr(owner, child)
        _set_filters(self._own_filters)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def show(self, names: Iterable[str]) -> None:
        """Bring *names* back for good, with what they import: from now on they are not hidden."""
        for name in names:
            importlib.import_module(name)
        self._visible = set(sys.modules)
        self._own_filters = list(warnings.filters)

    def set_variables(self) -> None:
        """Set the environment variables that the modules which are not hidden have set."""
        for name, added in self._variables.items():
            if name in self._visible:
                os.environ.update(added)

    def seen(self, name: str) -> ModuleType | None:
        """The module *name* if it was imported ahead, hidden or not."""
        return sys.modules.get(name) or self._hidden.get(name)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A specification by which the import system takes up a hidden module."""
        loader: Any = self
        return ModuleSpec(name, loader) if name in self._hidden else None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The hidden module itself; its own specification is kept for `exec_module`."""
        module = self._hidden[spec.name]
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Bring the module back, and all that it had imported."""
        spec = module.__spec__
        assert spec is not None
        name = spec.name
        module.__spec__ = spec.loader_state
        self._hidden.pop(name, None)
        back = [name]
        todo = list(self._causes.get(name, ()))
        while todo:
            other = todo.pop()
            found = self._hidden.pop(other, None)
            if found is not None:
                sys.modules[other] = found
                back.append(other)
                todo += self._causes.get(other, ())
                if parent := other.rpartition(".")[0]:
                    todo.append(parent)
        for other in back:
            parent, _, child = other.rpartition(".")
            if other in self._bound and parent in sys.modules:
                setattr(sys.modules[parent], child, sys.modules[other])
        self._bring_effects(back)

    def _bring_effects(self, names: list[str]) -> None:
        """Set the filters of warnings and the variables that importing *names* has set."""
        for name in names:
            os.environ.update(self._variables.get(name, {}))
        wanted = [entry for name in names for entry in self._filters.get(name, ())]
        wanted = [entry for entry in wanted if entry not in warnings.filters]
        if wanted:
            # In their first order: the foremost that fits a warning decides.
            added = [entry for entry in self._known_filters if entry in wanted]
            _set_filters([*added, *warnings.filters])


def _is_being_loaded(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def _set_filters(entries: Sequence[Any]) -> None:
    # As `warnings` itself does it; there is no public way to set them all.
    filters, mutated = vars(warnings)["filters"], vars(warnings)["_filters_mutated"]
    filters[:] = entries
    mutated()


def _forget(package: str) -> None:
    """Remove what a failed import left half done."""
    for name in list(sys.modules):
        if name == package or name.startswith(f"{package}."):
            del sys.modules[name]


def _executing(frame: FrameType | None) -> str:
    """The module whose body is being executed, of which *frame* is a part."""
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            return str(frame.f_globals.get("__name__", ""))
        frame = frame.f_back
    return ""
