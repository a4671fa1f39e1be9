"""What nbgrader does anew for each notebook or cell, done once in a worker process.

nbgrader opens its gradebook six times for each notebook; every time it inspects all tables and
compiles all queries. It checks its own schema before each cell that it validates. Both take
longer than the learner's code.
"""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import common
from sqlalchemy.orm import scoped_session, sessionmaker

_engines: dict[str, Any] = {}
"""Address of a scratch gradebook -> its engine."""

_validators: dict[str, Any] = {}
"""Text of a schema -> what validates by it."""

_opened, _closed = Gradebook.__init__, Gradebook.close


def share(db_url: str, engine: Any) -> None:
    """Let every `Gradebook` of the scratch gradebook at *db_url* use *engine* from now on.

    Gradebooks at other addresses are opened as ever.
    """
    _engines[db_url] = engine
    Gradebook.__init__, Gradebook.close = _open, _close
    common.jsonschema = _Validating()


def unshare(db_url: str) -> None:
    """Open gradebooks at *db_url* as ever."""
    _engines.pop(db_url, None)


def _open(
    self: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None
) -> None:
    engine = _engines.get(db_url)
    if engine is None:
        _opened(self, db_url, course_id, authenticator)
        return
    self.engine = engine
    self.db = scoped_session(sessionmaker(autoflush=True, bind=engine, future=True))
    self.course_id = course_id
    self.authenticator = authenticator


def _close(self: Any) -> None:
    if any(self.engine is engine for engine in _engines.values()):
        self.db.remove()
    else:
        _closed(self)


class _Validating:
    """Stands for `jsonschema` where nbgrader validates the metadata of cells."""

    @staticmethod
    def validate(instance: Any, schema: Any) -> None:
        """Raise jsonschema's `ValidationError` if *instance* is not as *schema* wants it."""
        text = repr(schema)
        found = _validators.get(text)
        if found is None:
            kind = validator_for(schema)
            kind.check_schema(schema)
            found = _validators[text] = kind(schema)
        error = best_match(found.iter_errors(instance))
        if error is not None:
            raise error
