"""What a study answers: tables, comparisons, effects, frontiers. Functions of `TrialTable`.

Nothing here reads a file or draws; everything is the same for the same trials.
"""

from amenable.answers.between import Between, between
from amenable.answers.comparing import Comparison, Comparisons, compare, comparisons
from amenable.answers.effects import Effects, effects
from amenable.answers.factors import Factor, factors
from amenable.answers.frontier import Frontier, Smallest, frontier, smallest
from amenable.answers.selection import results_of
from amenable.answers.table import Row, Table, table

__all__ = [
    "Between",
    "Comparison",
    "Comparisons",
    "Effects",
    "Factor",
    "Frontier",
    "Row",
    "Smallest",
    "Table",
    "between",
    "compare",
    "comparisons",
    "effects",
    "factors",
    "frontier",
    "results_of",
    "smallest",
    "table",
]
