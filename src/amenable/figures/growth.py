"""The networks of a population trained again on fewer samples: how quality and time grow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from amenable.datasets import Dataset
from amenable.description import fail, integer, items
from amenable.errors import DataError
from amenable.figures.arguments import as_population
from amenable.figures.samples import Samples, samples_data
from amenable.population import Configuration, Population, train
from amenable.population.checks import as_seeds

SIZES = 6  # numbers of samples, each half of the next
FEWEST = 8
MOST_CONFIGURATIONS = 6  # lines that can be told apart


def growth_data(
    population: Population,
    data: Dataset,
    sizes: Sequence[int] | None = None,
    seeds: int | Sequence[int] = 5,
) -> Samples:
    """Train each configuration again on the first so many training samples, in a random order.

    Time is measured, so that it is another on each run and machine; quality is not. The order is
    drawn with seed 0. Networks train to the end, without a goal.

    Parameters
    ----------
    population : Population
        Of up to 6 configurations.
    data : Dataset
        What they were trained on.
    sizes : sequence of int, optional
        Numbers of training samples, ascending; by default all, half of them, and so on.
    seeds : int or sequence of int
        As for `train`.

    Raises
    ------
    DataError
        If there are more configurations, or fewer samples.

    Examples
    --------
    >>> from amenable import Training, load, mlp
    >>> data = load("moons")
    >>> population = train(mlp(2, 4, 1), data, Training(epochs=2), seeds=1)
    >>> growth_data(population, data, sizes=[40, 160], seeds=2).accuracy.shape
    (1, 3, 2)
    """
    configurations, numbers = growing(population, data, sizes, seeds)
    order = np.random.default_rng([0]).permutation(data.training)
    quality: dict[str, list[list[float]]] = {}
    seconds: dict[str, list[list[float]]] = {}
    for it in configurations:
        training = replace(it.training, goal=None)
        name = f"{it.network.structure} {it.network.activation}".removesuffix(" none")
        if name in quality:
            name += f", {training.describe()}"
        for n in numbers:
            part = replace(data, training=np.sort(order[:n]))
            start_s = time.perf_counter()
            trained = train(it.network, part, training, seeds=seeds, progress=False)
            spent_s = (time.perf_counter() - start_s) / len(as_seeds(seeds))
            quality.setdefault(name, []).append(trained.metric[trained.judged_on].tolist())
            seconds.setdefault(name, []).append([spent_s])
    measure = f"{population.judged_on} {population.metric_name}"
    times = {name: np.ravel(values) for name, values in seconds.items()}
    return samples_data(numbers, quality, times, measure, "seconds per network")


def growing(
    population: Population,
    data: Dataset,
    sizes: Sequence[int] | None = None,
    seeds: int | Sequence[int] = 5,
) -> tuple[tuple[Configuration, ...], list[int]]:
    """What is to be trained and on how many samples, or what `growth_data` refuses."""
    configurations = as_population("population", population).configurations
    if len(configurations) > MOST_CONFIGURATIONS:
        raise DataError(
            f"population: expected at most {MOST_CONFIGURATIONS} configurations, got "
            f"{len(configurations)}; choose some with where()"
        )
    as_seeds(seeds)
    return configurations, _sizes(data, sizes)


def _sizes(data: Dataset, given: Sequence[int] | None) -> list[int]:
    n = len(data.training)
    if given is None:
        halves = [n // 2**k for k in range(SIZES)]
        return sorted({it for it in halves if it >= FEWEST} or {n})
    numbers = [
        integer(f"sizes[{i}]", it, 2, n, f"'{data.name}' has {n} training samples")
        for i, it in enumerate(items("sizes", given, "numbers of samples", "write [50, 100]"))
    ]
    if not numbers or sorted(set(numbers)) != numbers:
        fail("sizes", "numbers of samples, ascending", given, "write [50, 100]")
    return numbers
