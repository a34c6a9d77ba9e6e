"""Which samples a step sees: orders, epochs, part batches, and how often each is drawn."""

from dataclasses import replace
from typing import Any

import numpy as np
import philox
import problems
import pytest
import trials
from numpy.typing import NDArray
from scipy import stats

from amenable.datasets import Dataset
from amenable.network import Network, mlp
from amenable.training import SGD, Training

N = 10


@pytest.fixture(scope="module")
def one_hot() -> Dataset:
    """Sample i moves weight i alone, for an output that no sample has reached yet."""
    return problems.dataset(np.eye(N), np.arange(1.0, N + 1)[:, None], task="regression")


def shares(
    data: Dataset, seed: int, n_steps: int, network: Network | None = None, **training: Any
) -> NDArray[np.float64]:
    """How much of each step's mean (n_steps, N) is each sample's: told from the weights' moves."""
    lr = 1e-3
    made = Training(SGD(lr), steps=n_steps, probe_every=1, dtype="float64", **training)
    network = network or mlp(N, 1, bias=False)
    start = np.zeros(network.n_parameters)
    weights = trials.weights_at_probes(network, made, data, [seed], start=start)[0]
    targets = np.arange(1.0, N + 1)
    return -np.diff(weights, axis=0) / (2 * lr * (weights[:-1] - targets))


def counts(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.bincount(rows, minlength=N) / len(rows)


BATCHES = (1, 3, 4, 10, 64)
DRAWN = [
    *((batch, order) for batch in BATCHES for order in ("sequential", "shuffled", "replacement")),
    *(("full", order) for order in ("sequential", "shuffled")),  # replacement is refused
]


@pytest.mark.parametrize(("batch", "order"), DRAWN)
def test_each_step_is_the_mean_of_its_own_samples(
    one_hot: Dataset, batch: int | str, order: str
) -> None:
    """Part batches are means of what is left; a batch larger than the data is all of it."""
    for seed in (0, 3, 2**40 + 1):
        found = shares(one_hot, seed, 25, batch=batch, order=order)
        size = batch if order == "replacement" or batch == "full" else min(int(batch), N)
        expected = [counts(philox.batch_rows(seed, t, N, size, order)) for t in range(25)]
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_shuffled_epoch_has_every_sample_once_and_no_two_are_alike(one_hot: Dataset) -> None:
    orders = []
    for seed in (0, 1):
        found = shares(one_hot, seed, 6 * N, batch=1, order="shuffled")
        assert np.all(np.isclose(found.max(axis=1), 1))
        orders += [tuple(epoch) for epoch in found.argmax(axis=1).reshape(6, N)]
    assert all(sorted(order) == list(range(N)) for order in orders)
    assert len(set(orders)) == 12


def test_shuffles_are_fair() -> None:
    """Every sample is as often in every place: chi-square over 4,000 seeds, fixed."""
    orders = np.array([philox.shuffled(seed, 0, 6) for seed in range(4000)])
    table = np.array([np.bincount(orders[:, place], minlength=6) for place in range(6)])
    # 25 degrees of freedom, as rows and columns have fixed sums
    chi_square = ((table - 4000 / 6) ** 2 / (4000 / 6)).sum() * 5 / 6
    assert stats.chi2(25).sf(chi_square) > 1e-3


def test_draws_with_replacement_are_fair(one_hot: Dataset) -> None:
    found = shares(one_hot, 1, 400, batch=16, order="replacement") * 16
    np.testing.assert_allclose(found, np.round(found), atol=1e-9)
    assert stats.chisquare(np.round(found).sum(axis=0)).pvalue > 1e-3
    assert found.max() > 1.5, "some sample twice in a batch"


def test_networks_of_one_seed_see_the_same_order() -> None:
    """What makes two trials with one seed a pair: a second output changes nothing in the first."""
    data = problems.numbers(12, 3, 1)
    twice = problems.dataset(data.x, np.hstack([data.y, data.y]), task="regression")
    training = Training(SGD(0.1), batch=5, epochs=4, init="constant(0.1)", dtype="float64")
    one = trials.end_weights(mlp(3, 1), training, data, range(5))
    # The loss is the mean over outputs: with two, each has half the gradient
    double = replace(training, optimizer=SGD(0.2))
    two = trials.end_weights(mlp(3, 2), double, twice, range(5))
    np.testing.assert_allclose(two[:, :3], one[:, :3], rtol=1e-13)
    assert len(np.unique(one[:, 0])) == 5, "other seeds see another order"


@pytest.mark.parametrize(
    ("batch", "order", "steps"),
    [
        (4, "shuffled", 3),
        (4, "replacement", 3),
        (10, "shuffled", 1),
        (99, "sequential", 1),
        (99, "replacement", 1),
        ("full", "shuffled", 1),
    ],
)
def test_an_epoch_is_as_many_steps_as_cover_the_samples(
    one_hot: Dataset, batch: int | str, order: str, steps: int
) -> None:
    training = Training(SGD(0.01), batch=batch, order=order, epochs=7)
    assert trials.run(mlp(N, 1), training, one_hot).steps.tolist() == [7 * steps]
