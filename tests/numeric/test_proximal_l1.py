"""L1 by a proximal step: exact zeros, against plain numpy and scikit-learn's Lasso."""

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray
from sklearn.linear_model import Lasso

from amenable.datasets import Dataset
from amenable.network import Network, mlp
from amenable.training import SGD, Training

N, INPUTS, L1 = 60, 8, 0.15
LINE = mlp(INPUTS, 1)


@pytest.fixture(scope="module")
def sparse_data() -> Dataset:
    """Three of eight inputs matter."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(N, INPUTS))
    y = x[:, :3] @ [1.5, -1.0, 0.3] + 0.7 + 0.2 * rng.normal(size=N)
    return problems.dataset(x, y[:, None], task="regression")


def proximal_descent(
    data: Dataset, start: NDArray[np.float64], lr: float, n_steps: int
) -> NDArray[np.float64]:
    """Weights and bias (n_steps + 1, INPUTS + 1): ISTA on the mean squared error."""
    x, y = data.split("training")
    inputs = np.column_stack([x, np.ones(N)])
    path = [start]
    for _ in range(n_steps):
        w = path[-1] - lr * 2 / N * inputs.T @ (inputs @ path[-1] - y[:, 0])
        w[:-1] = np.sign(w[:-1]) * np.maximum(np.abs(w[:-1]) - lr * L1, 0.0)
        path.append(w)
    return np.array(path)


def test_steps_are_those_of_proximal_gradient_descent(sparse_data: Dataset) -> None:
    training = Training(SGD(0.05), l1=L1, batch="full", steps=100, probe_every=1, dtype="float64")
    found = trials.weights_at_probes(LINE, training, sparse_data)[0]
    expected = proximal_descent(sparse_data, found[0], 0.05, 100)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert np.array_equal(found == 0, expected == 0)
    assert np.count_nonzero(found[-1] == 0) >= 4


def test_the_end_is_lassos(sparse_data: Dataset) -> None:
    training = Training(SGD(0.1), l1=L1, batch="full", steps=3000, dtype="float64")
    found = trials.end_weights(LINE, training, sparse_data)[0]
    # scikit-learn halves the squared error, so its penalty is half ours
    x, y = sparse_data.split("training")
    lasso = Lasso(L1 / 2, tol=1e-14, max_iter=100_000).fit(x, y[:, 0])
    np.testing.assert_allclose(found, [*lasso.coef_, lasso.intercept_], rtol=1e-8, atol=1e-12)
    assert np.array_equal(found[:-1] == 0, lasso.coef_ == 0)
    assert 0 < np.count_nonzero(lasso.coef_ == 0) < INPUTS


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_zeros_are_exact_and_biases_are_spared_unless_asked_for(dtype: str) -> None:
    network: Network = mlp(3, 6, 2)
    data = problems.numbers()
    ends = {}
    for penalize_biases in (False, True):
        training = Training(
            SGD(0.05),
            l1=5.0,
            penalize_biases=penalize_biases,
            bias_init="constant(0.3)",
            batch=7,
            steps=60,
            dtype=dtype,
        )
        ends[penalize_biases] = trials.end_weights(network, training, data)[0]
    is_bias = np.concatenate(
        [np.full(np.prod(shape), name.endswith("bias")) for name, shape in network.parameter_shapes]
    )
    assert np.all(ends[True] == 0)
    assert np.all(ends[False][~is_bias] == 0)
    assert np.any(ends[False][is_bias] != 0)
