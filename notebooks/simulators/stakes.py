"""A decision with its stakes on the table: what wins, who loses by it, and when it would turn.

A weighted sum decides nothing that people do not believe. It is a way of finding out what they
disagree about: the scores, which can be measured, or the weights, which somebody has to own.
"""

from __future__ import annotations

from collections.abc import Mapping

Scores = Mapping[str, Mapping[str, float]]
"""Option -> party -> how well the option serves it, 0 to 10."""


def totals(scores: Scores, weights: Mapping[str, float]) -> dict[str, float]:
    """Option -> weighted mean of its scores, 0 to 10.

    Raises:
        ValueError: If nobody has a weight, or an option was not scored for a party with one.
    """
    parties = [party for party, weight in weights.items() if weight > 0]
    if not parties:
        raise ValueError("nobody's interest counts: give at least one party a weight above 0")
    for option, row in scores.items():
        missing = [party for party in parties if party not in row]
        if missing:
            raise ValueError(f"{option!r} has no score for {', '.join(missing)}: add one")
    whole = sum(weights[party] for party in parties)
    return {
        option: sum(weights[party] * row[party] for party in parties) / whole
        for option, row in scores.items()
    }


def winner(scores: Scores, weights: Mapping[str, float]) -> str:
    """The option with the highest total; of equal ones the first."""
    found = totals(scores, weights)
    return max(found, key=lambda option: found[option])


def losses(scores: Scores, option: str) -> dict[str, float]:
    """Party -> how much better its own favourite would have served it than *option* does."""
    return {
        party: max(row[party] for row in scores.values()) - mine
        for party, mine in scores[option].items()
    }


def turns(
    scores: Scores, weights: Mapping[str, int], party: str, *, most: int = 10
) -> tuple[int, str] | None:
    """The whole weight of *party*, nearest to today's, at which another option wins, and which.

    Args:
        scores: Option -> party -> score.
        weights: Party -> weight today.
        party: Whose weight is moved.
        most: Largest weight to try.

    Returns:
        The weight and the option, or `None` if nothing else wins at any weight from 0 to *most*.
    """
    today = winner(scores, weights)
    for weight in sorted(range(most + 1), key=lambda n: (abs(n - weights[party]), n)):
        moved = {**weights, party: weight}
        if any(moved.values()) and winner(scores, moved) != today:
            return weight, winner(scores, moved)
    return None
