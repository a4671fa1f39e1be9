"""From levels to what an interviewer would say: the hire signal, by a rule that can be read.

For one part, with *m* the level as a number (0 off to 4 staff, after the gate on judgment) and
*t* the target:

| signal         | rule                                    | at target senior |
|----------------|-----------------------------------------|------------------|
| strong hire    | m >= t + 0.5, but 3.9 is enough         | 3.5 and more     |
| hire           | m >= t - 0.5: the level is reached      | 2.5 to 3.5       |
| lean hire      | m >= t - 0.75                           | 2.25 to 2.5      |
| lean no hire   | m >= t - 1                              | 2 to 2.25        |
| no hire        | m >= t - 1.75                           | 1.25 to 2        |
| strong no hire | less                                    | under 1.25       |

An interview of several parts takes the mean of *m*, by minutes, and the same table; with one
part at no hire or worse it is lean no hire at most, because strength in one room does not undo
weakness in another. A part that was not held, or could not be judged, leaves no signal; if the
interview ended over the candidate's conduct it is a strong no hire.
"""

from __future__ import annotations

from collections.abc import Sequence

from graders.levels import Level
from graders.progress import SIGNALS, Signal

_STEPS: tuple[tuple[float, Signal], ...] = (
    (0.5, "strong hire"),
    (-0.5, "hire"),
    (-0.75, "lean hire"),
    (-1.0, "lean no hire"),
    (-1.75, "no hire"),
)
_TOP = 3.9


def signal_of(mean: float, target: Level) -> Signal:
    """The signal of a level *mean* (0 to 4) at *target*."""
    for distance, signal in _STEPS:
        if mean >= min(target + distance, _TOP) - 1e-9:
            return signal
    return "strong no hire"


def overall_signal(means: Sequence[tuple[float, float]], target: Level) -> tuple[float, Signal]:
    """Level and signal of an interview.

    Args:
        means: Level (0 to 4) and minutes of each part; at least one.
        target: The level that the signal is about.
    """
    mean = sum(level * minutes for level, minutes in means) / sum(minutes for _, minutes in means)
    found = signal_of(mean, target)
    worst = min((signal_of(level, target) for level, _ in means), key=SIGNALS.index)
    if len(means) > 1 and SIGNALS.index(worst) <= SIGNALS.index("no hire"):
        found = min(found, "lean no hire", key=SIGNALS.index)
    return mean, found
