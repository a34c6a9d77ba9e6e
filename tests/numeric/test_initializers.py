"""Initial weights: laws, moments, independence, PyTorch's default, and every number foretold."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import philox
import problems
import pytest
import trials
from numpy.typing import NDArray
from scipy import stats

from amenable import engine
from amenable.network import Dense, Network, mlp
from amenable.training import SGD, Training

torch = pytest.importorskip("torch")

N_IN, N_OUT, N_SEEDS = 40, 25, 30  # 30,000 weights
DATA = problems.numbers(5, N_IN, N_OUT)
ONE_LAYER = mlp(N_IN, N_OUT)
# Each law is tested once with a fixed seed; one in a thousand laws that are right would fail.
P_LEAST = 1e-3

UNIFORM = {  # limit, by fans
    "pytorch": lambda n_in, n_out: 1 / math.sqrt(n_in),
    "glorot_uniform": lambda n_in, n_out: math.sqrt(6 / (n_in + n_out)),
    "he_uniform": lambda n_in, n_out: math.sqrt(6 / n_in),
    "lecun_uniform": lambda n_in, n_out: math.sqrt(3 / n_in),
    "lecun1989": lambda n_in, n_out: 2.4 / n_in,
    "uniform(0.7)": lambda n_in, n_out: 0.7,
}
NORMAL = {  # standard deviation, by fans
    "glorot_normal": lambda n_in, n_out: math.sqrt(2 / (n_in + n_out)),
    "he_normal": lambda n_in, n_out: math.sqrt(2 / n_in),
    "lecun_normal": lambda n_in, n_out: math.sqrt(1 / n_in),
    "normal(0.3)": lambda n_in, n_out: 0.3,
}
Fans = Callable[[int, int], float]


def initial(network: Network, seeds: range | list[int], **training: Any) -> NDArray[np.float64]:
    data = problems.numbers(5, network.inputs, network.outputs)
    return engine.initial_weights(network, Training(**training), data, seeds)


def sample(init: str, seeds: range = range(N_SEEDS)) -> NDArray[np.float64]:
    """Weights, no biases, of a 40-25 layer for many seeds, in one row."""
    return initial(ONE_LAYER, seeds, init=init)[:, : N_IN * N_OUT].reshape(-1)


@pytest.mark.parametrize(("init", "limit_of"), UNIFORM.items(), ids=UNIFORM)
def test_uniform_laws(init: str, limit_of: Fans) -> None:
    limit, weights = limit_of(N_IN, N_OUT), sample(init)
    assert np.abs(weights).max() < limit
    assert np.abs(weights).max() > 0.999 * limit
    assert stats.kstest(weights, stats.uniform(-limit, 2 * limit).cdf).pvalue > P_LEAST
    assert abs(weights.mean()) < 4 * limit / math.sqrt(3 * weights.size)
    assert weights.var() == pytest.approx(limit**2 / 3, rel=0.03)


@pytest.mark.parametrize(("init", "deviation_of"), NORMAL.items(), ids=NORMAL)
def test_normal_laws(init: str, deviation_of: Fans) -> None:
    deviation, weights = deviation_of(N_IN, N_OUT), sample(init)
    assert stats.kstest(weights, stats.norm(0, deviation).cdf).pvalue > P_LEAST
    assert abs(weights.mean()) < 4 * deviation / math.sqrt(weights.size)
    assert weights.std() == pytest.approx(deviation, rel=0.03)
    assert stats.kurtosis(weights) == pytest.approx(0, abs=0.15)
    assert np.abs(weights).max() > 3.5 * deviation, "not cut off"


def test_the_default_law_of_pytorch_is_that_of_linear() -> None:
    """Weights and biases of torch.nn.Linear, from a fixed seed, against ours."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(N_IN, N_OUT) for _ in range(N_SEEDS)]
    weights = torch.stack([layer.weight for layer in layers]).detach().numpy().reshape(-1)
    biases = torch.stack([layer.bias for layer in layers]).detach().numpy().reshape(-1)
    ours = initial(ONE_LAYER, range(N_SEEDS), init="pytorch")
    assert stats.ks_2samp(ours[:, : N_IN * N_OUT].reshape(-1), weights).pvalue > P_LEAST
    assert stats.ks_2samp(ours[:, N_IN * N_OUT :].reshape(-1), biases).pvalue > P_LEAST
    limit = 1 / math.sqrt(N_IN)
    assert np.abs(ours).max() < limit
    assert np.abs(ours[:, N_IN * N_OUT :]).max() > 0.98 * limit, "biases are drawn too"


@pytest.mark.parametrize(("n_in", "n_out"), [(7, 4), (4, 7), (6, 6), (5, 1)])
def test_orthogonal(n_in: int, n_out: int) -> None:
    weights = initial(mlp(n_in, n_out), range(9), init="orthogonal(1.5)")
    for flat in weights:
        w = flat[: n_in * n_out].reshape(n_out, n_in) / 1.5
        gram = w @ w.T if n_out <= n_in else w.T @ w
        np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-14)


def test_orthogonal_has_no_preferred_direction() -> None:
    """Every entry of a random rotation in 5 dimensions has mean 0 and variance 1/5."""
    weights = initial(mlp(5, 5), range(4000), init="orthogonal(1.0)")[:, :25]
    np.testing.assert_allclose(weights.mean(axis=0), 0, atol=4 * math.sqrt(0.2 / 4000))
    np.testing.assert_allclose(weights.var(axis=0), 0.2, rtol=0.1)


def test_biases_have_a_law_of_their_own() -> None:
    n_weights = N_IN * N_OUT
    for init, bias_init, expected in [
        ("glorot_uniform", "auto", 0.0),
        ("he_normal", "constant(0.25)", 0.25),
        ("constant(0.5)", "auto", 0.0),
    ]:
        weights = initial(ONE_LAYER, range(3), init=init, bias_init=bias_init)
        assert np.all(weights[:, n_weights:] == expected)
    spread = initial(ONE_LAYER, range(N_SEEDS), bias_init="normal(2.0)")[:, n_weights:].reshape(-1)
    assert stats.kstest(spread, stats.norm(0, 2).cdf).pvalue > P_LEAST
    assert np.all(initial(ONE_LAYER, range(3), init="constant(0.5)")[:, :n_weights] == 0.5)


def test_auto_is_he_below_the_relu_family_and_glorot_elsewhere() -> None:
    network = Network(30, (Dense(20, "relu"), Dense(30, "tanh"), Dense(10, "identity")))
    auto = initial(network, range(3))
    he, glorot = (initial(network, range(3), init=it) for it in ("he_uniform", "glorot_uniform"))
    first = slice(0, 30 * 20)
    assert np.array_equal(auto[:, first], he[:, first])
    rest = slice(30 * 20 + 20, None)
    assert np.array_equal(auto[:, rest], glorot[:, rest])


def test_every_number_is_foretold_by_philox() -> None:
    network = Network(5, (Dense(4), Dense(3, bias=False), Dense(2, shortcuts=(0,))))
    for seed in (0, 7, 2**32 + 7, 2**64 - 1):
        expected = []
        for k, layer in enumerate(network.layers):
            parts = [layer.units * network.fan_in(k + 1), layer.units * layer.bias]
            for part, n in enumerate(parts):
                if n:
                    expected.append(2 * philox.uniforms(seed, k, part, n) - 1)
        found = initial(network, [seed], init="uniform(1.0)", bias_init="uniform(1.0)")[0]
        assert np.array_equal(found, np.concatenate(expected))


def test_shortcuts_count_in_the_fan_in() -> None:
    network = Network(50, (Dense(10, "tanh"), Dense(20, "identity", shortcuts=(0,))))
    weights = initial(network, range(20), init="lecun1989")[:, 50 * 10 + 10 :][:, : 20 * 60]
    limit = 2.4 / 60
    assert 0.99 * limit < np.abs(weights).max() < limit


def test_streams_and_seeds_are_independent() -> None:
    """Correlations between layers, weights and biases, and neighbouring or colliding seeds."""
    square = Network(10, (Dense(100), Dense(10), Dense(100)))
    n = 1000
    seeds = [0, 1, 2, 2**31, 2**32, 2**32 + 1, 2**63]  # some equal in one half or the other
    weights = initial(square, seeds, init="uniform(1.0)", bias_init="uniform(1.0)")
    at = [0, n, n + 100, n + 100 + n, n + 100 + n + 10, n + 100 + n + 10 + n]
    samples = [row[at[i] : at[i] + n] for row in weights for i in (0, 2, 4)]
    correlation = np.corrcoef(samples)
    np.fill_diagonal(correlation, 0)
    # 210 pairs: the largest of so many normal deviates of size 1 / sqrt(n) stays under 4.5
    assert np.abs(correlation).max() < 4.5 / math.sqrt(n)
    biases = weights[:, n : n + 100]
    both = np.corrcoef(np.vstack([biases, weights[:, :100]]))
    np.fill_diagonal(both, 0)
    assert np.abs(both).max() < 4.5 / math.sqrt(100)
    assert len(np.unique(weights)) == weights.size, "no number twice"


def test_weights_of_a_layer_do_not_depend_on_other_layers_or_the_training() -> None:
    short, long = mlp(6, 5, 2), mlp(6, 5, 4, 2)
    data = problems.numbers(5, 6, 2)
    n = 6 * 5 + 5
    first = initial(short, range(4), init="uniform(1.0)")[:, :n]
    assert np.array_equal(first, initial(long, range(4), init="uniform(1.0)")[:, :n])
    other = Training(SGD(0.3), batch=3, init="uniform(1.0)", l2=0.1, dtype="float64")
    assert np.array_equal(first, engine.initial_weights(short, other, data, range(4))[:, :n])


@pytest.mark.parametrize("init", [*UNIFORM, *NORMAL, "orthogonal(1.1)", "constant(0.1)"])
def test_float32_starts_from_float64s_weights_rounded(init: str) -> None:
    network = mlp(N_IN, 6, N_OUT)
    starts = {}
    for dtype in ("float32", "float64"):
        training = Training(steps=1, init=init, bias_init="uniform(0.1)", dtype=dtype)
        starts[dtype] = trials.weights_at_probes(network, training, DATA, range(3))[:, 0]
    expected = engine.initial_weights(network, training, DATA, range(3))
    assert np.array_equal(starts["float64"], expected)
    assert np.array_equal(starts["float32"], expected.astype(np.float32))
