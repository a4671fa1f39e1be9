"""All attacks; to add one, write it into `running` or `handed`."""

from __future__ import annotations

from tests.attacks.handed import FILES, FORM, PAGES
from tests.attacks.running import ENDING, FORGING, MACHINE, SPYING

ATTACKS = [*SPYING, *FORGING, *MACHINE, *ENDING, *FILES, *PAGES, *FORM]
