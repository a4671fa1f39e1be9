"""Hidden checks: what learners' code is asked, and what only the instructor's side knows.

The kernel sees the questions (`Probe`), never the answers. It sends back the text of a value
(`Observation`), which is compared here, outside of it.
"""

from graders.checks.compare import CheckResult, passes
from graders.checks.load import load_checks, load_probes, write_probes
from graders.checks.model import Check, NotebookChecks
from graders.checks.observe import Observation, Probe, look, observation_of, probe_expression
from graders.checks.settle import CellOutcome, settle

__all__ = [
    "CellOutcome",
    "Check",
    "CheckResult",
    "NotebookChecks",
    "Observation",
    "Probe",
    "load_checks",
    "load_probes",
    "look",
    "observation_of",
    "passes",
    "probe_expression",
    "settle",
    "write_probes",
]
