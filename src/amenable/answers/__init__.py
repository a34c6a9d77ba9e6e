"""What trials answer: summaries, comparisons, effects, frontiers. Functions of a `TrialTable`.

A population becomes a table by `table_of`, a study by `Study.results`; both have methods of the
same names. Nothing here reads a file or draws; the same trials always give the same answers.
"""

from amenable.answers.between import Between, between
from amenable.answers.comparing import Comparison, Comparisons, compare, comparisons
from amenable.answers.distribution import Distribution, Spread, distribution
from amenable.answers.effects import Effects, effects
from amenable.answers.factors import Factor, factors
from amenable.answers.frontier import Frontier, Smallest, frontier, smallest
from amenable.answers.pairing import paired
from amenable.answers.ranking import best, ranking
from amenable.answers.reliability import RELIABLE, Reliability, reliability, seeds_needed
from amenable.answers.selection import table_of
from amenable.answers.summary import Summary, SummaryRow, summary
from amenable.answers.trial_table import TrialTable

__all__ = [
    "RELIABLE",
    "Between",
    "Comparison",
    "Comparisons",
    "Distribution",
    "Effects",
    "Factor",
    "Frontier",
    "Reliability",
    "Smallest",
    "Spread",
    "Summary",
    "SummaryRow",
    "TrialTable",
    "best",
    "between",
    "compare",
    "comparisons",
    "distribution",
    "effects",
    "factors",
    "frontier",
    "paired",
    "ranking",
    "reliability",
    "seeds_needed",
    "smallest",
    "summary",
    "table_of",
]


def __dir__() -> list[str]:
    return __all__
