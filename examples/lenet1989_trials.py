"""How lenet1989.py judges: on folds of the training digits; at the end, once, on the test digits.

Nothing here chooses. Files of digits are NPZ archives with x_train, y_train, x_test and y_test; the
arrays of the test digits are read by `test_digits` only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from lenet1989_settings import ROOTED, Candidate
from numpy.typing import NDArray

import amenable as am


class Digits(NamedTuple):
    """Images (N, 256) from -1 to 1, and what they show (N,)."""

    x: NDArray[np.float64]
    y: NDArray[np.int64]


def training_digits(path: Path | None) -> Digits:
    """Those of the file; without one, the first 300 of scikit-learn's, enlarged to 16 x 16."""
    return _bundled(slice(0, 300)) if path is None else _read(path, "train")


def test_digits(path: Path | None) -> Digits:
    """To be called when everything has been chosen."""
    return _bundled(slice(300, 400)) if path is None else _read(path, "test")


def _read(path: Path, part: str) -> Digits:
    with np.load(path) as archive:  # reads an array when it is asked for
        x, y = archive[f"x_{part}"], archive[f"y_{part}"]
    return Digits(x.reshape(len(x), -1).astype(np.float64), y.astype(np.int64))


def _bundled(rows: slice) -> Digits:
    data = am.load("digits").fitted_to((1, 16, 16), scale=(-1, 1))
    return Digits(data.x[rows], data.y[rows])


def _dataset(
    digits: Digits, training: NDArray[np.int64], validation: NDArray[np.int64]
) -> am.Dataset:
    data = am.Dataset.from_arrays(*digits, name="digits", validation=0, test=0, image=(1, 16, 16))
    return replace(data, training=training, validation=validation, notes=())


def folds(digits: Digits, count: int, is_mixed: bool) -> list[am.Dataset]:
    """Neighbouring digits, which one hand may have written, are held out together.

    Digits that are left over, fewer than `count`, are always trained on.
    """
    rows = np.arange(len(digits.y))
    size = len(rows) // count
    order = np.random.default_rng(1989).permutation(rows) if is_mixed else rows
    held_out = [rows[k * size : (k + 1) * size] for k in range(count)]
    return [_dataset(digits, order[~np.isin(order, it)], it) for it in held_out]


class Judged(NamedTuple):
    """Mistakes (S, K) of a candidate in all held-out digits, after each pass and before the first.

    `judged` is the number of digits, each judged by networks that had not seen it.
    """

    candidate: Candidate
    mistakes: NDArray[np.float64]
    judged: int

    @property
    def mean(self) -> NDArray[np.float64]:
        """Over seeds, after each pass (K - 1,)."""
        return self.mistakes[:, 1:].mean(axis=0)

    @property
    def standard_error(self) -> float:
        """Of the mean at the end."""
        at_end = self.mistakes[:, -1]
        return float(at_end.std(ddof=1) / np.sqrt(len(at_end)))


def judge(
    candidates: Iterable[Candidate],
    digits: Digits,
    seeds: Sequence[int],
    n_folds: int,
    every: int = 1,
) -> list[Judged]:
    """Train each candidate with every seed on each fold, or on every so many; in the same order."""
    given = list(candidates)
    sums: dict[str, NDArray[np.float64]] = {}
    judged, begun = 0, time.monotonic()
    for k in range(0, n_folds, every):
        for is_mixed in dict.fromkeys(it.is_mixed for it in given):
            data = folds(digits, n_folds, is_mixed)[k]
            same = [it for it in given if it.is_mixed == is_mixed]
            for name, mistakes in _mistakes(same, data, seeds):
                sums[name] = sums.get(name, 0) + mistakes
        judged += len(data.validation)
        say(f"  fold {k + 1} of {n_folds}: {time.monotonic() - begun:.0f} s")
    return [Judged(it, sums[it.name], judged) for it in given]


def _mistakes(
    candidates: Sequence[Candidate], data: am.Dataset, seeds: Sequence[int]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Networks with the same trainings go into one call, so that no core is idle."""
    trainings: dict[am.Network, tuple[am.Training, ...]] = {}
    for it in candidates:
        trainings[it.network] = (*trainings.get(it.network, ()), it.training)
    names = {(it.network, it.training): it.name for it in candidates}
    for same in dict.fromkeys(trainings.values()):
        networks = [network for network, its in trainings.items() if its == same]
        population = am.train(
            networks, data, same, seeds=seeds, curves=True, keep_weights=False, progress=False
        )
        for key, part in population.by("network", "training").items():
            yield names[key], _wrong(part.curves.metric["validation"], len(data.validation))


def _wrong(accuracy: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """How many of n; all once a network has diverged."""
    return np.where(np.isnan(accuracy), n, np.rint((1 - accuracy) * n))


@dataclass(frozen=True)
class Result:
    """S networks of a candidate, trained on all training digits: mistakes and losses (S,).

    `together` are the test mistakes of the networks' mean output, `each_pass` (S, K) the test
    mistakes of each after each pass.
    """

    candidate: Candidate
    training: NDArray[np.float64]
    test: NDArray[np.float64]
    training_loss: NDArray[np.float64]
    test_loss: NDArray[np.float64]
    n_test: int
    together: int
    each_pass: NDArray[np.float64]


def on_test(
    candidate: Candidate,
    digits: Digits,
    test: Digits,
    seeds: Sequence[int],
    is_rooted: bool = False,
) -> Result:
    """Train on all digits and try the test digits, which take the validation split's place: they
    are measured there after each pass, and decide nothing.

    Initial weights that are `ROOTED`, within 1 / sqrt(F), are taken times 2.4.
    """
    begun = time.monotonic()
    n = len(digits.y)
    both = Digits(np.concatenate([digits.x, test.x]), np.concatenate([digits.y, test.y]))
    order = np.random.default_rng(1989).permutation(n) if candidate.is_mixed else np.arange(n)
    data = _dataset(both, order, np.arange(n, len(both.y)))
    _, network, training, _ = candidate
    start = None
    if training.init == ROOTED:
        still = replace(training, optimizer=am.SGD(0.0), epochs=None, steps=1)
        start = 2.4 * am.train(network, data, still, seeds=seeds, progress=False).weights
    population = am.train(
        network, data, training, seeds=seeds, start=start, curves=True, progress=False
    )
    curves, accuracy = population.curves, population.curves.metric
    each_pass = _wrong(accuracy["validation"], len(test.y))
    outputs = sum(_said(it, test.x) for it in population if it.status == "exhausted")
    say(f"  {candidate.name}: {time.monotonic() - begun:.0f} s")
    return Result(
        candidate,
        _wrong(accuracy["training"][:, -1], n),
        each_pass[:, -1],
        curves.loss["training"][:, -1],
        curves.loss["validation"][:, -1],
        len(test.y),
        int(np.sum(np.argmax(outputs, axis=1) != test.y)),
        each_pass,
    )


def _said(network: am.TrainedNetwork, x: NDArray[np.float64]) -> NDArray[Any]:
    is_softmax = network.training.loss == "softmax"
    return network.probabilities(x) if is_softmax else network.decision(x)


def say(words: str) -> None:
    """Progress, apart from the results."""
    print(words, file=sys.stderr, flush=True)
