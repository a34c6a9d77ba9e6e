"""`distribution`: how losses or metrics are spread over trials, and not only their median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.answers.factors import factors, in_words, is_drawn, key_factor
from amenable.answers.selection import finished
from amenable.answers.summary import clusters, groups_of, parted
from amenable.answers.trial_table import TrialTable
from amenable.description import choice
from amenable.errors import DataError, DescriptionError
from amenable.formatting import format_metric, plural
from amenable.population.source import SPLITS
from amenable.statistics import Interval, clustered_fraction, quantile_interval, quantiles
from amenable.training import METRICS

if TYPE_CHECKING:
    import polars as pl

MEASURES = ("metric", "loss")
AT = (0.05, 0.25, 0.5, 0.75, 0.95)  # the quantiles that tables have
MOST_STEPS = 200  # of a curve, at which its band is worked out
MOST_SAID = 3  # medians that a caption names


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The trials of one group.

    Parameters
    ----------
    settings : tuple of str
        Of the group, in words, in the order of `Distribution.names`.
    values : array (T,)
        Ascending; `inf` or `-inf`, whichever is worst, where a trial diverged.
    cluster : array (T,) or (T, M)
        Of each, in which clusters it was drawn.
    level : float
        Coverage of intervals and band.
    """

    settings: tuple[str, ...]
    values: NDArray[np.float64]
    cluster: NDArray[np.int64]
    level: float

    @property
    def trials(self) -> int:
        """How many."""
        return len(self.values)

    @property
    def missing(self) -> int:
        """Trials that diverged, so that they have no value."""
        return int(np.count_nonzero(~np.isfinite(self.values)))

    @property
    def mean(self) -> float:
        """Of the trials that have a value; nan where none has."""
        known = self.values[np.isfinite(self.values)]
        return float(known.mean()) if known.size else math.nan

    @property
    def deviation(self) -> float:
        """Standard deviation of the trials that have a value; nan where fewer than two have."""
        known = self.values[np.isfinite(self.values)]
        return float(known.std(ddof=1)) if known.size > 1 else math.nan

    def quantile(self, at: float) -> float:
        """The value that a share of the trials does not exceed."""
        return float(quantiles(self.values, [at])[0])

    def interval(self, at: float) -> Interval:
        """Of that quantile; see `amenable.statistics.quantile_interval`."""
        return quantile_interval(self.values, at, self.level, self.cluster)

    def curve(self) -> NDArray[np.float64]:
        """Values, share of trials at or below them, and its limits (4, K), each for itself."""
        known = np.unique(self.values[np.isfinite(self.values)])
        every = max(1, -(-len(known) // MOST_STEPS))
        steps = np.unique(np.append(known[::every], known[-1:]))
        share = np.searchsorted(self.values, steps, side="right") / self.trials
        limits = [clustered_fraction(self.values <= it, self.cluster, self.level) for it in steps]
        low, high = np.array(limits, dtype=np.float64).reshape(-1, 2).T
        return np.stack([steps, share, low, high])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Distribution:
    """How a loss or a metric is spread over the trials of each group.

    Parameters
    ----------
    names : tuple of str
        The settings that tell groups apart.
    groups : tuple of Spread
        In the order of their settings.
    measure, split : str
        What the values are, and on which samples.
    """

    names: tuple[str, ...]
    groups: tuple[Spread, ...]
    measure: str
    split: str

    @property
    def caption(self) -> str:
        """What the curves show, and what they do not."""
        n = sum(it.trials for it in self.groups)
        level = round(100 * self.groups[0].level)
        said = [self._median(it) for it in self.groups] if len(self.groups) <= MOST_SAID else []
        missing = sum(it.missing for it in self.groups)
        lost = f" {plural(missing, 'trial')} diverged and count as the worst." if missing else ""
        middle = f" {'; '.join(said)}." if said else ""
        return (
            f"Share of {plural(n, 'trial')} whose {self.split} {self.measure} is at most this "
            f"value when training ends, with {level} % bands.{middle}{lost} A band holds for each "
            "value alone."
        )

    def _median(self, it: Spread) -> str:
        low, high = it.interval(0.5)
        name = f" of {self.name(it)}" if self.names else ""
        ends = " to ".join(format_metric(end) for end in (low, high))
        return f"The median{name} is {format_metric(it.quantile(0.5))} ({ends})"

    def name(self, it: Spread) -> str:
        """A group in words."""
        pairs = zip(self.names, it.settings, strict=True)
        said = [f"{name} {value}" if value[:1].isdigit() else value for name, value in pairs]
        return ", ".join(said) or "all"

    def to_frame(self) -> pl.DataFrame:
        """A row for each group: mean, deviation, quantiles with their intervals; null for none."""
        import polars as pl

        columns: dict[str, list[object]] = {
            name: [it.settings[i] for it in self.groups] for i, name in enumerate(self.names)
        }
        columns["trials"] = [it.trials for it in self.groups]
        columns["missing"] = [it.missing for it in self.groups]
        columns["mean"] = [_finite(it.mean) for it in self.groups]
        columns["deviation"] = [_finite(it.deviation) for it in self.groups]
        for at in AT:
            name = f"q{100 * at:g}"
            limits = [it.interval(at) for it in self.groups]
            columns[name] = [_finite(it.quantile(at)) for it in self.groups]
            columns[f"{name}_low"] = [_finite(it.low) for it in limits]
            columns[f"{name}_high"] = [_finite(it.high) for it in limits]
        return pl.DataFrame(columns)

    def __repr__(self) -> str:
        return str(self.to_frame())

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()


def distribution(
    results: TrialTable,
    by: str | Sequence[str] = (),
    of: str = "metric",
    split: str | None = None,
    level: float = 0.95,
) -> Distribution:
    """How losses or metrics are spread over trials.

    Parameters
    ----------
    results : TrialTable
        Measured by one metric.
    by : str, or several
        Settings that tell groups apart, as in `summary`; all trials together by default.
    of : str
        "metric" or "loss", at the end of training.
    split : str, optional
        On which samples; by default those that networks are judged on.
    level : float
        Coverage of intervals and bands.

    Raises
    ------
    DescriptionError
        If there is no such setting, measure or split, or metrics differ.
    DataError
        If no trial is finished, or none was measured on that split.

    Examples
    --------
    >>> import amenable as am
    >>> population = am.train(am.mlp(2, 4, 1), "moons", am.Training(epochs=20), seeds=64)
    >>> found = population.distribution(of="loss").groups[0]
    >>> found.trials, found.interval(0.5).low < found.quantile(0.5) < found.interval(0.5).high
    (64, True)
    """
    results = finished(results)
    choice("of", of, MEASURES)
    where = choice("split", results.data.judged_on if split is None else split, SPLITS)
    if not len(results):
        raise DataError(where="distribution", expected="a finished trial", got="none")
    metrics = {encoding.metric(it.training, results.data.task) for it in results.configurations}
    if of == "metric" and len(metrics) > 1:
        raise DescriptionError(
            f"the trials are measured by {in_words(sorted(metrics))}",
            where="of",
            hint='take those of one, or of="loss"',
        )
    measure = "loss" if of == "loss" else metrics.pop()
    values = results.final[:, SPLITS.index(where), MEASURES[::-1].index(of)]
    if np.isnan(values).all():
        raise DataError(
            f"no trial has a {where} {measure}", where="split", hint=f"choose another of {SPLITS}"
        )
    is_high = of == "metric" and METRICS[measure][0] == ">="
    values = np.where(np.isnan(values), -np.inf if is_high else np.inf, values)
    names = (by,) if isinstance(by, str) else tuple(by)
    known = factors(results)
    chosen = [key_factor(results, known, name) for name in names]
    groups = groups_of(chosen, len(results.ids), is_each=False)
    n, drawn = int(groups.max()) + 1, is_drawn(results)
    members = parted(groups, n)
    spreads = []
    for place, trials in zip(members, parted(groups[results.configuration], n), strict=True):
        order = trials[np.argsort(values[trials], kind="stable")]
        settings = tuple(it.text(int(place[0])) for it in chosen)
        cluster = clusters(results, order, drawn)
        spreads.append(Spread(settings, values[order], cluster, level))
    return Distribution(tuple(it.name for it in chosen), tuple(spreads), measure, where)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
