"""Dropout: PyTorch's law, and each factor as numpy's Philox foretells it."""

import numpy as np
import philox
import problems
import pytest
import trials
from numpy.typing import NDArray
from scipy import stats
from torch_training import train
from torch_twin import Twin

from amenable import engine
from amenable.datasets import Dataset
from amenable.network import Dense, Network, mlp
from amenable.training import SGD, Adam, Training

torch = pytest.importorskip("torch")

UNITS, RATE = 24, 0.3


@pytest.fixture(scope="module")
def two_samples() -> Dataset:
    """Inputs of 1 and targets far away, so that a step shows the factors themselves."""
    return problems.dataset(
        np.array([[1.0], [1.0]]), np.array([[1e9], [1e9 + 1]]), task="regression"
    )


def factors(data: Dataset, rate: float, seed: int, n_steps: int) -> NDArray[np.float64]:
    """Mean over the two samples of each unit's factor, step by step (n_steps, UNITS).

    Hidden outputs are 1 and the output's weights 0, so a weight of the output moves in
    proportion to its unit's factor, and the hidden layer not at all.
    """
    hidden = Dense(UNITS, "identity", bias=False, dropout=rate)
    network = Network(1, (hidden, Dense(1, "identity", bias=False)))
    training = Training(SGD(1e-12), batch="full", steps=n_steps, probe_every=1, dtype="float64")
    start = np.concatenate([np.ones(UNITS), np.zeros(UNITS)])
    frozen = start == 1
    path = trials.weights_at_probes(network, training, data, [seed], start=start, frozen=frozen)
    return np.diff(path[0, :, UNITS:], axis=0) / (1e-12 * 2e9)


@pytest.mark.parametrize("seed", [0, 12345678901234567890])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_factors_are_foretold_by_philox(two_samples: Dataset, rate: float, seed: int) -> None:
    found = factors(two_samples, rate, seed, 20)
    expected = [philox.kept(seed, t, 0, 2, UNITS, rate).mean(axis=0) for t in range(20)]
    # Targets of 1e9 are as good as equal; what the output has learned meanwhile is under 1e-3 of it
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_law_is_pytorchs(two_samples: Dataset) -> None:
    """Sums of two factors are 0, one or two times 1 / (1 - p), as often as in torch.nn.Dropout."""
    ours = np.concatenate([factors(two_samples, RATE, seed, 50) for seed in range(8)])
    torch.manual_seed(0)
    dropout = torch.nn.Dropout(RATE)
    theirs = dropout(torch.ones(2, *ours.shape, dtype=torch.float64)).mean(0).numpy()
    levels = np.array([0, 1, 2])
    tables = []
    for sample in (ours, theirs):
        kept = np.round(sample * 2 * (1 - RATE)).astype(int)
        np.testing.assert_allclose(sample, kept / (2 * (1 - RATE)), rtol=1e-6, atol=1e-6)
        tables.append([np.count_nonzero(kept == level) for level in levels])
    assert stats.chi2_contingency(tables).pvalue > 1e-3
    expected = stats.binom(2, 1 - RATE).pmf(levels) * ours.size
    assert stats.chisquare(tables[0], expected).pvalue > 1e-3
    # The mean is kept: 9,600 means of two factors, each of variance p / (1 - p)
    deviation = np.sqrt(RATE / (1 - RATE) / 2 / ours.size)
    assert abs(ours.mean() - 1) < 4 * deviation


def test_units_steps_seeds_and_layers_are_dropped_independently(two_samples: Dataset) -> None:
    rows = [factors(two_samples, 0.5, seed, 40).reshape(-1) for seed in range(6)]
    correlation = np.corrcoef(rows)
    np.fill_diagonal(correlation, 0)
    assert np.abs(correlation).max() < 4.5 / np.sqrt(40 * UNITS)
    by_unit = np.corrcoef(np.concatenate([r.reshape(40, UNITS) for r in rows]).T)
    np.fill_diagonal(by_unit, 0)
    assert np.abs(by_unit).max() < 4.5 / np.sqrt(6 * 40)
    layers = [philox.kept(0, 3, layer, 50, 20, 0.5).reshape(-1) for layer in range(3)]
    assert np.abs(np.corrcoef(layers)[np.triu_indices(3, 1)]).max() < 4.5 / np.sqrt(1000)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_with_dropout_is_pytorchs_with_the_same_factors(dtype: str) -> None:
    network = Network(
        3,
        (
            Dense(6, "relu", dropout=0.2),
            Dense(5, "gelu", dropout=0.5, shortcuts=(0,)),
            Dense(2, "identity", shortcuts=(1,)),
        ),
    )
    data = problems.numbers(40)
    training = Training(Adam(0.01), batch=37, steps=60, probe_every=1, dtype=dtype)
    found = trials.weights_at_probes(network, training, data, [4, 9])
    expected = train(Twin(network, training, data), found[:, 0], [4, 9], 60)
    error = {"float32": 1e-4, "float64": 1e-10}[dtype]
    np.testing.assert_allclose(found, expected, rtol=error, atol=error)


def test_nothing_is_dropped_when_measuring_or_predicting() -> None:
    plain, dropping = mlp(3, 6, 2), mlp(3, 6, 2, dropout=0.5)
    data = problems.numbers()
    weights = np.random.default_rng(0).normal(size=(2, plain.n_parameters))
    training = Training(dtype="float64")
    for measured in (
        lambda it: engine.predict(it, weights, data.x, dtype="float64"),
        lambda it: engine.measure(it, training, weights, data, gradients=True)[0],
        lambda it: engine.measure(it, training, weights, data, gradients=True)[1],
    ):
        assert np.array_equal(measured(plain), measured(dropping))
    curves = trials.run(dropping, training, data, [1], curves=True).curves[0]
    assert curves is not None
    end = trials.end_weights(dropping, training, data, [1])
    expected = engine.measure(plain, training, end, data)[0][0]
    assert np.array_equal(curves[0, -1, 0], expected)


def test_a_rate_of_zero_changes_no_bit() -> None:
    data, training = problems.numbers(), Training(batch=8, steps=30)
    never = Network(3, (Dense(4, dropout=0.0), Dense(2, "identity")))
    hardly = Network(3, (Dense(4, dropout=1e-12), Dense(2, "identity")))
    ends = [trials.end_weights(it, training, data, range(3)) for it in (never, hardly)]
    assert np.array_equal(*ends)
