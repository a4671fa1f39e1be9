"""Names that tell nobody who is meant, the same in every report of a course.

Pseudonyms are not anonymity: who knows a learner's marks can find the row. The key that leads back
stays in the course's folder; without it, nobody can compute a pseudonym from an id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from graders.course import Course
from graders.errors import StoreError, writing
from graders.gradebook.term import Learner, load_learners

FILE = Path(".seniorkit") / "pseudonyms.key"
BYTES = 32
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|(?<=\(handed in: )[^)]*")


class Pseudonyms:
    """Learner -> pseudonym, and texts without names.

    Args:
        key: What the pseudonyms are computed with.
        learners: Those whose ids, names and addresses are taken out of texts.
    """

    def __init__(self, key: bytes, learners: Iterable[Learner] = ()) -> None:
        self._key = key
        self._said: dict[str, str] = {}
        for one in learners:
            for said in (one.student, one.name, f"{one.last_name}, {one.first_name}", one.email):
                if len(said.strip(" ,")) > 1:
                    self._said.setdefault(said.casefold(), one.student)
        longest_first = sorted(self._said, key=len, reverse=True)
        words = "|".join(map(re.escape, longest_first))
        # `learner-1` is not the beginning of `learner-12`.
        self._names = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.I) if words else None

    @classmethod
    def of_course(cls, course: Course, more: Iterable[str] = ()) -> Pseudonyms:
        """The pseudonyms of a course; its key is made when it is first needed.

        Args:
            course: The course.
            more: Ids of learners whom the gradebook may not know.

        Raises:
            StoreError: If the key or the gradebook cannot be read.
        """
        known = load_learners(course.db_url)
        return cls(_key_in(course.root / FILE), [*known, *map(Learner, more)])

    def of(self, student: str) -> str:
        """The pseudonym of *student*, such as `P-K3QX7M2A`."""
        digest = hmac.new(self._key, student.encode(errors="surrogatepass"), hashlib.sha256)
        return "P-" + base64.b32encode(digest.digest()).decode()[:8]

    def without_names(self, text: str) -> str:
        """*text* with pseudonyms for ids, names and addresses, and without what is quoted.

        What our remarks quote are names of files, which people like to put their own into.
        """
        bare = _QUOTED.sub("…", text)
        if self._names is None:
            return bare
        return self._names.sub(lambda found: self.of(self._said[found[0].casefold()]), bare)


def _key_in(path: Path) -> bytes:
    with writing("the key of the pseudonyms", path):
        path.parent.mkdir(exist_ok=True)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(BYTES)
            with os.fdopen(handle, "wb") as file:
                file.write(key)
    if len(key) != BYTES:
        raise StoreError(
            "the key of the pseudonyms is damaged",
            where=str(path),
            fix="Remove it; new reports then have other pseudonyms than earlier ones",
        )
    return key
