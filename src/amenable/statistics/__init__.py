"""What may be concluded from counts and steps: intervals, exact tests, curves with censoring.

Fractions come with Wilson's interval (of an effective number of trials, where these come in
clusters; wider, where rows that were drawn judge), two fractions with Newcombe's and an exact test
(McNemar where seeds pair, a swap of whole seeds where each holds several pairs, Fisher where
nothing pairs), steps to solve with Kaplan and Meier's curve, fractions over several factors with an
analysis of variance, the best of several models against chance with permuted targets. Nothing here
knows of networks, and the same numbers always give the same answer: permutations are drawn by a
seed.
"""

from amenable.statistics.clusters import (
    ClusteredDifference,
    clustered_difference,
    clustered_fraction,
)
from amenable.statistics.factorial import Factorial, Term, factorial
from amenable.statistics.fractions import (
    Difference,
    Interval,
    PairedDifference,
    newcombe,
    paired_difference,
    wilson,
)
from amenable.statistics.sequences import confidence_sequence
from amenable.statistics.significance import fisher, holm, mcnemar
from amenable.statistics.spread import quantile_interval, quantiles
from amenable.statistics.survival import KaplanMeier, kaplan_meier, log_rank
from amenable.statistics.thresholds import threshold_fraction

__all__ = [
    "ClusteredDifference",
    "Difference",
    "Factorial",
    "Interval",
    "KaplanMeier",
    "PairedDifference",
    "Term",
    "clustered_difference",
    "clustered_fraction",
    "confidence_sequence",
    "factorial",
    "fisher",
    "holm",
    "kaplan_meier",
    "log_rank",
    "mcnemar",
    "newcombe",
    "paired_difference",
    "quantile_interval",
    "quantiles",
    "threshold_fraction",
    "wilson",
]


def __dir__() -> list[str]:
    return __all__
