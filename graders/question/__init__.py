"""Questions: the model, the loader and the editorial checks of the bank."""

from graders.question.load import (
    BANK,
    bank_ids,
    load_bank,
    load_question,
    read_yaml,
    stray_files,
)
from graders.question.model import Criterion, Question

__all__ = [
    "BANK",
    "Criterion",
    "Question",
    "bank_ids",
    "load_bank",
    "load_question",
    "read_yaml",
    "stray_files",
]
