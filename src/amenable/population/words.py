"""A population in a few lines, for the prompt and for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from amenable.description import short
from amenable.formatting import plural

if TYPE_CHECKING:
    from amenable.population.population import Population

MOST_ROWS = 12  # of the table in a notebook


def describe(population: Population) -> str:
    """Two to four lines: counts, fraction with its interval, the best."""
    return "\n".join(_lines(population))


def as_html(population: Population) -> str:
    """The lines, and a table of configurations, best first."""
    said = "<br>".join(escape(line) for line in _lines(population))
    if not len(population):
        return f"<p>{said}</p>"
    table = population.summary().to_frame()
    more = f"<p>… {len(table) - MOST_ROWS} more rows</p>" if len(table) > MOST_ROWS else ""
    return f"<p>{said}</p>{table.head(MOST_ROWS)._repr_html_()}{more}"


def _lines(population: Population) -> list[str]:
    counts = ", ".join(
        (
            plural(len(population.networks), "network"),
            plural(len(population.trainings), "training"),
            plural(len(population.seeds), "seed"),
        )
    )
    lines = [
        f"Population of {plural(len(population), 'trial')} on '{population.data.name}' ({counts})"
    ]
    if not len(population):
        return lines
    lines.append(f"  {_solved(population)}; {_statuses(population)}")
    if population.metric_name != "mixed" and np.any(population.status != "cancelled"):
        lines.append(f"  {_best(population)}")
    return lines


def _solved(population: Population) -> str:
    goals = {it.goal for it in population.trainings}
    if None in goals:
        return "no goal" if len(goals) == 1 else "not all with a goal"
    if not population.is_counted.any():
        return "none finished"
    goal = f" ({next(iter(goals))})" if len(goals) == 1 else ""
    return f"{population.fraction()}{goal}"


def _statuses(population: Population) -> str:
    names, counts = np.unique(population.status, return_counts=True)
    return ", ".join(f"{n:,} {name}" for name, n in zip(names, counts, strict=True))


def _best(population: Population) -> str:
    trial = int(population.ranking[0])
    it = population.configurations[population.configuration[trial]]
    split = population.data.chosen_on
    value = short(round(float(population.metric[split][trial]), 4))
    return (
        f"best {split} {population.metric_name} {value}: {it.network.structure} "
        f"{it.network.activation}, {it.training.describe()}, seed {population.seed[trial]}"
    )
