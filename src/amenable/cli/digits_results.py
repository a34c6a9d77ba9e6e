"""What became of the networks and of what they are compared with: numbers, rows, sentences."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable import engine
from amenable.datasets import Dataset
from amenable.formatting import join, plural
from amenable.network import Network, lenet1989
from amenable.population import Population
from amenable.statistics import quantiles

MOST_ITERATIONS = 1000  # of logistic regression; USPS needs 156
USPS = (7291, 2007)  # samples of the split that the paper of 1989 is about
DAYS_1989 = 3.0  # of a Sun workstation, for one network: LeCun et al. 1989
DAY_S = 86_400.0
PUBLISHED = "published in 1989"


@dataclass(frozen=True, slots=True, eq=False)
class DigitsRow:
    """A line of the table.

    Parameters
    ----------
    name : str
        What it is.
    training, test : array (S, 2)
        Squared error and misclassified samples of each of S networks; NaN where not measured, or
        where one diverged.
    n_training, n_test : int
        Samples.
    parameters, connections : int or None
        Of the network.
    passes : int or None
        Over the training samples.
    fit_s : float or None
        Seconds of training, for all S together.
    printed : tuple of str
        Per cent of errors on the training and test samples as they were published; else empty.
    """

    name: str
    training: NDArray[np.float64]
    test: NDArray[np.float64]
    n_training: int
    n_test: int
    parameters: int | None = None
    connections: int | None = None
    passes: int | None = None
    fit_s: float | None = None
    printed: tuple[str, ...] = ()

    def spread(self, split: str, column: int) -> tuple[float, float, float]:
        """Median, least and largest over networks that did not diverge; column 0 is the error."""
        values = (self.training if split == "training" else self.test)[:, column]
        kept = values[~np.isnan(values)]
        if not len(kept):
            return np.nan, np.nan, np.nan
        low, middle, high = quantiles(kept, (0.0, 0.5, 1.0))
        return float(middle), float(low), float(high)

    def count(self, split: str) -> int:
        """How many samples a split has."""
        return self.n_training if split == "training" else self.n_test


def as_row(
    name: str,
    network: Network,
    measured: NDArray[np.float64],
    data: Dataset,
    passes: int,
    fit_s: float | None,
) -> DigitsRow:
    """Of squared errors and accuracies (S, 2, 2) on both splits."""
    counts = (len(data.training), len(data.test))
    mistakes = measured.copy()
    mistakes[:, :, 1] = np.rint((1 - measured[:, :, 1]) * counts)
    return DigitsRow(
        name,
        mistakes[:, 0],
        mistakes[:, 1],
        *counts,
        parameters=network.n_parameters,
        connections=network.summary().connections,
        passes=passes,
        fit_s=fit_s,
    )


def measured_of(
    population: Population, data: Dataset, threads: int | None = None
) -> dict[Network, NDArray[np.float64]]:
    """Squared error and accuracy (S, 2, 2) on the training and test split, by network."""
    found = {}
    for (network, training), part in population.by("network", "training").items():
        values = np.full((len(part), 2, 2), np.nan)
        going = np.flatnonzero(part.status == "exhausted")
        for i, split in enumerate(("training", "test")):
            if len(going):
                weights = part.weights[going]
                values[going, i], _ = engine.measure(
                    network, training, weights, data, split, threads=threads
                )
        found[network] = values
    return found


def published(data: Dataset, network: Network) -> DigitsRow | None:
    """The result of 1989, where it is of this network and these samples."""
    own, sizes = lenet1989(), (len(data.training), len(data.test))
    is_its_own = (network.structure, network.n_parameters) == (own.structure, own.n_parameters)
    if sizes != USPS or not is_its_own or data.n_classes != 10:
        return None
    training, test = np.array([[2.5e-3, 10.0]]), np.array([[1.8e-2, 102.0]])
    return DigitsRow(
        PUBLISHED,
        training,
        test,
        *USPS,
        parameters=9760,
        connections=64_660,
        passes=23,
        fit_s=DAYS_1989 * DAY_S,
        printed=("0.14", "5.0"),
    )


def simple_models(data: Dataset) -> list[DigitsRow]:
    """A linear classifier and nearest neighbours, of scikit-learn."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from threadpoolctl import threadpool_limits

    models = {
        "linear (logistic)": LogisticRegression(max_iter=MOST_ITERATIONS),
        "nearest neighbour": KNeighborsClassifier(1, n_jobs=1),
    }
    rows = []
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is as good as it gets in time
        for name, model in models.items():
            begun = time.monotonic()
            model.fit(*data.split("training"))
            fit_s = time.monotonic() - begun
            training, test = (_missed(model, *data.split(it)) for it in ("training", "test"))
            n = int(model.coef_.size + model.intercept_.size) if hasattr(model, "coef_") else None
            sizes = (len(data.training), len(data.test))
            rows.append(
                DigitsRow(name, training, test, *sizes, parameters=n, connections=n, fit_s=fit_s)
            )
    return rows


def _missed(model: Any, x: NDArray[np.float64], y: NDArray[Any]) -> NDArray[np.float64]:
    """Mistakes (1, 2), beside no squared error."""
    return np.array([[np.nan, float(np.sum(model.predict(x) != y))]])


def votes_of(population: Population, x: NDArray[np.float64], n_classes: int) -> NDArray[np.int64]:
    """How many networks say which class of each sample (N, C); diverged ones say nothing."""
    votes = np.zeros((len(x), n_classes), dtype=np.int64)
    network, training = population.configurations[0]
    going = population.status == "exhausted"
    outputs = engine.predict(network, population.weights[going], x, dtype=training.dtype)
    if outputs.shape[2] == 1:  # two classes, codes -1 and 1
        said = (outputs[:, :, 0] > 0).astype(np.int64)
    else:
        said = outputs.argmax(axis=2)
    for one in said:
        votes[np.arange(len(x)), one] += 1
    return votes


def sentences(rows: Sequence[DigitsRow], voting: int | None, paper: DigitsRow | None) -> list[str]:
    """What the numbers mean: the first row is the network that was asked for."""
    main = rows[0]
    middle, low, high = main.spread("test", 1)
    if np.isnan(middle):
        return ["No network has finite weights: all diverged. Take a smaller --lr."]
    n = len(main.test)
    share = f"{100 * middle / main.n_test:.1f} %"
    tested = plural(main.n_test, "test sample")
    said = [
        f"{main.name}: half of {plural(n, 'network')} make at most "
        f"{plural(int(middle), 'mistake')} on {tested} ({share}), the best {low:.0f}, the worst "
        f"{high:.0f}" + (f"; the one of 1989 made {paper.test[0, 1]:.0f}." if paper else ".")
    ]
    if n == 1:
        said = [f"{main.name} makes {plural(int(middle), 'mistake')} on {tested} ({share})."]
    if voting is not None and n > 1:
        said.append(f"Voting together they make {voting}.")
    said.extend(_sharing(main, rows[1:]))
    said.append(_time(main, paper))
    return [" ".join(it for it in said if it)]


def _sharing(main: DigitsRow, others: Sequence[DigitsRow]) -> list[str]:
    """What shared weights buy, against networks without."""
    told, slower = [], []
    for other in others:
        if other.passes is None or other.parameters is None or main.parameters is None:
            continue
        middle = other.spread("test", 1)[0]
        if np.isnan(middle):
            told.append(f"{other.name} diverged")
            continue
        a, b = (it.test[~np.isnan(it.test[:, 1]), 1] for it in (main, other))
        worse = float(np.mean(np.sign(b[None] - a[:, None]) / 2 + 0.5))
        if other.spread("training", 1)[0] > 2 * max(main.spread("training", 1)[0], 1.0):
            slower.append(other.name)
        pairs = f", worse in {100 * worse:.0f} % of pairs" if len(a) * len(b) > 1 else ""
        told.append(f"{other.name} {_count(middle)}{pairs}")
    if not told:
        return []
    said = [f"Without shared weights the median is: {'; '.join(told)}."]
    if slower:
        said.append(
            f"On the training samples, too, {join(slower)} made more than twice the mistakes: "
            "part of the difference is that they learn more slowly at this rate."
        )
    return said


def _time(main: DigitsRow, paper: DigitsRow | None) -> str:
    if main.fit_s is None or not main.fit_s:
        return ""
    n = len(main.test)
    each = main.fit_s / n
    told = f"Training took {main.fit_s:.1f} s, {each:.2g} s a network"
    if paper is None:
        return f"{told}."
    passes, its = main.passes or 1, paper.passes or 1
    factor = float(f"{DAYS_1989 * DAY_S / its * passes / each:.2g}")
    if passes == its:
        return f"{told}: in 1989 one took three days, {factor:,.0f} times as long."
    return (
        f"{told}: in 1989 one took three days for its {its} passes, pass for pass {factor:,.0f} "
        "times as long."
    )


def _count(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
