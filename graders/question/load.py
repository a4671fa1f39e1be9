"""Reads questions from YAML, with errors that name file, line, key and what is allowed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from graders.errors import RubricError, UsageError
from graders.question.model import QUESTION_ID, Question

BANK = Path(__file__).parent.parent / "bank"
MAX_BYTES = 1_000_000
MAX_DEPTH = 50

_IN_WORDS = {
    "missing": "this key is missing",
    "model_type": "should be a mapping of keys to values",
    "tuple_type": "should be a list",
}
"""Pydantic's names of faults -> what to call them; its own words speak of Python's types."""

_Model = TypeVar("_Model", bound=BaseModel)
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]
    """Safe YAML in which a key may stand only once in a mapping."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            # What the constructors of dates and numbers do with text that is neither.
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"{str(node.value)[:40]!r} is not a valid {node.tag.rpartition(':')[2]}; "
                "if it is text, put it in quotes",
                node.start_mark,
            ) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be plain text", key_node.start_mark
                )
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
        _check_depth(text)
        data = yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        raise _syntax_fault(path, text, error) from None
    if not isinstance(data, dict):
        raise RubricError(
            "the file must be a mapping of keys to values", where=str(path), fix="See CONTRIBUTING"
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_fault(path, model, error) from None


def _check_depth(text: str) -> None:
    """Refuse deep nesting before libyaml follows it in C, where it would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark: Any = event.start_mark
                raise yaml.MarkedYAMLError(
                    problem=f"nested more than {MAX_DEPTH} levels deep", problem_mark=mark
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _syntax_fault(path: Path, text: str, error: yaml.YAMLError) -> RubricError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "not valid YAML"
    line = mark.line + 1 if mark else None
    control = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if isinstance(error, yaml.reader.ReaderError) and control:
        problem = f"the control character U+{ord(control.group()):04X} is not allowed"
        line = text.count("\n", 0, control.start()) + 1
    where = f"{path}:{line}" if line else str(path)
    return RubricError(str(problem), where=where, fix="Correct the YAML at that line")


def _first_fault(path: Path, model: type[BaseModel], error: ValidationError) -> RubricError:
    faults = error.errors(include_url=False)
    # A misspelt key shows twice, as unknown and as missing; the first tells more.
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    location = fault["loc"]
    message = _IN_WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    if fault["type"] == "extra_forbidden":
        message = f"unknown key (allowed: {', '.join(_allowed_keys(model, location[:-1]))})"
    more = len(faults) - 1
    rest = f" ({more} more fault{'s' if more > 1 else ''})" if more else ""
    return RubricError(
        f"{message}{rest}", where=place(path, location), fix="Correct it and load again"
    )


def place(path: Path, location: Sequence[int | str]) -> str:
    """Where in the YAML file *path* the keys of *location* lead to: file, line and key."""
    line = _line_of(path.read_text(encoding="utf-8"), location)
    key = ".".join(map(str, location))
    return f"{path}:{line}: {key}" if key else f"{path}:{line}"


def _allowed_keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
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


def _line_of(text: str, location: Sequence[int | str]) -> int:
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
    ids = (f"{path.parent.name}/{path.stem}" for path in bank.glob("*/*.yaml"))
    return sorted(filter(QUESTION_ID.fullmatch, ids))


def stray_files(bank: Path) -> list[Path]:
    """YAML files in the bank that no id leads to, so that they are never loaded.

    Hidden files are passed over: they are the droppings of editors and operating systems.
    """
    loaded = {bank / f"{question_id}.yaml" for question_id in bank_ids(bank)}
    return sorted(
        path
        for path in bank.rglob("*")
        if path.suffix.lower() in (".yaml", ".yml")
        and path not in loaded
        and not any(part.startswith(".") for part in path.relative_to(bank).parts)
    )


@lru_cache(maxsize=256)
def load_question(question_id: str, bank: Path = BANK) -> Question:
    """Load one question of the bank; only its own file is read.

    Raises:
        UsageError: If there is no such question; the message suggests the nearest ids.
        RubricError: If its file is broken.
    """
    path = bank / f"{question_id}.yaml"
    if not QUESTION_ID.fullmatch(question_id) or not path.is_file():
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
