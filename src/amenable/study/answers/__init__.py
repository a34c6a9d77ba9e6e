"""What a study answers: tables, comparisons, effects, frontiers. Functions of `StudyResults`.

Nothing here reads a file or draws; everything is the same for the same trials.
"""

from amenable.study.answers.between import Between, between
from amenable.study.answers.comparing import Comparison, Comparisons, compare, comparisons
from amenable.study.answers.effects import Effects, effects
from amenable.study.answers.factors import Factor, factors
from amenable.study.answers.frontier import Frontier, Smallest, frontier, smallest
from amenable.study.answers.selection import results_of
from amenable.study.answers.table import Row, Table, table

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
