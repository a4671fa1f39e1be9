"""Reads questions from YAML, with errors that name file, line, key and what is allowed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from graders.errors import RubricError, UsageError
from graders.question.model import QUESTION_ID, Question

BANK = Path(__file__).parent.parent / "bank"
MAX_BYTES = 1_000_000

_Model = TypeVar("_Model", bound=BaseModel)
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """Safe YAML in which a key may stand only once in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(path: Path, model: type[_Model]) -> _Model:
    """Read *path* as one *model*.

    Raises:
        RubricError: If the file cannot be read, is not YAML, or does not fit the model. The
            message names the file, the line and the key of the first fault.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RubricError(
                f"the file is larger than {MAX_BYTES:,} bytes",
                where=str(path),
                fix="A question takes a few dozen kilobytes; look for pasted data",
            )
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RubricError(
            f"not UTF-8 text (byte {error.start})", where=str(path), fix="Save the file as UTF-8"
        ) from None
    except OSError as error:
        raise RubricError(
            f"cannot be read ({error.strerror})", where=str(path), fix="Check the path and rights"
        ) from None
    try:
        data = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise RubricError(str(problem), where=line, fix="Correct the YAML at that line") from None
    if not isinstance(data, dict):
        raise RubricError(
            "the file must be a mapping of keys to values", where=str(path), fix="See CONTRIBUTING"
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_fault(path, text, model, error) from None


def _first_fault(
    path: Path, text: str, model: type[BaseModel], error: ValidationError
) -> RubricError:
    faults = error.errors(include_url=False)
    # A misspelt key shows twice, as unknown and as missing; the first tells more.
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    location = [part for part in fault["loc"] if not str(part).startswith("function-")]
    key = ".".join(str(part) for part in location)
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        message = f"unknown key (allowed: {', '.join(_allowed_keys(model, location[:-1]))})"
    elif fault["type"] == "missing":
        message = "this key is missing"
    rest = f" ({len(faults) - 1} more faults)" if len(faults) > 1 else ""
    where = f"{path}:{_line_of(text, location)}" + (f": {key}" if key else "")
    return RubricError(f"{message}{rest}", where=where, fix="Correct it and load again")


def _allowed_keys(model: type[BaseModel], location: list[int | str]) -> list[str]:
    """The keys of the mapping that *location* leads to, from the fields of the models."""
    for part in location:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        waiting: list[Any] = [field.annotation]
        while waiting:
            annotation = waiting.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                model = annotation
                break
            waiting.extend(get_args(annotation))
    return sorted(model.model_fields)


def _line_of(text: str, location: list[int | str]) -> int:
    """The line (1-based) of the deepest part of *location* that exists in the document."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for part in location:
        child = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(part):
                    line, child = key_node.start_mark.line + 1, value_node
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value)
        ):
            child = node.value[part]
            line = child.start_mark.line + 1
        if child is None:
            break
        node = child
    return line


def bank_ids(bank: Path = BANK) -> list[str]:
    """The ids of all questions in the bank, sorted by kind and name."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in bank.glob("*/*.yaml"))


@lru_cache(maxsize=256)
def load_question(question_id: str, bank: Path = BANK) -> Question:
    """Load one question of the bank; only its own file is read.

    Raises:
        UsageError: If there is no such question; the message suggests the nearest ids.
        RubricError: If its file is broken.
    """
    path = bank / f"{question_id}.yaml"
    if not QUESTION_ID.match(question_id) or not path.is_file():
        raise UsageError(
            f"there is no question {question_id[:80]!r} in the bank",
            fix=_suggestion(question_id, bank),
        )
    question = read_yaml(path, Question)
    if question.id != question_id:
        raise RubricError(
            f"the id is {question.id!r}, but the file's place says {question_id!r}",
            where=str(path),
            fix="Rename the file or correct the id",
        )
    return question


def _suggestion(question_id: str, bank: Path) -> str:
    import difflib

    near = difflib.get_close_matches(question_id, bank_ids(bank), n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "`seniorkit bank list` shows all ids"


def load_bank(bank: Path = BANK) -> Iterator[Question]:
    """Load every question of the bank, in the order of `bank_ids`.

    Raises:
        RubricError: At the first broken file.
    """
    for question_id in bank_ids(bank):
        yield load_question(question_id, bank)
