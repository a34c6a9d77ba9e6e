"""Initial weights of layers of images: the laws, with fans as PyTorch counts them."""

import math

import numpy as np
import philox
import problems
import pytest
from numpy.typing import NDArray
from scipy import stats

from amenable import engine
from amenable.network import (
    AvgPool2d,
    Conv2d,
    Dense,
    LocallyConnected2d,
    Network,
    flatten,
    unflatten,
)
from amenable.training import Training

torch = pytest.importorskip("torch")

MAPS_IN, MAPS, KERNEL = 3, 8, (4, 2)
PLAIN = Network((MAPS_IN, 5, 4), [Conv2d(MAPS, KERNEL), Dense(1)])
LOCAL = Network((MAPS_IN, 5, 4), [LocallyConnected2d(MAPS, KERNEL), Dense(1)])
FAN_IN, FAN_OUT = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(MAPS, MAPS_IN, *KERNEL))
LIMITS = {
    "pytorch": 1 / math.sqrt(FAN_IN),
    "glorot_uniform": math.sqrt(6 / (FAN_IN + FAN_OUT)),
    "he_uniform": math.sqrt(6 / FAN_IN),
    "lecun_uniform": math.sqrt(3 / FAN_IN),
    "lecun1989": 2.4 / FAN_IN,
    "uniform(0.3)": 0.3,
}
DEVIATIONS = {
    "glorot_normal": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "he_normal": math.sqrt(2 / FAN_IN),
    "lecun_normal": math.sqrt(1 / FAN_IN),
    "normal(0.2)": 0.2,
}
P_LEAST = 1e-4  # seeds are fixed: a law that is right stays right


def initial(network: Network, n: int, init: str, bias_init: str = "auto") -> NDArray[np.float64]:
    data = problems.numbers(5, network.inputs, network.outputs)
    training = Training(init=init, bias_init=bias_init)
    return engine.initial_weights(network, training, data, range(n))


def of_first(network: Network, n: int, init: str) -> NDArray[np.float64]:
    """Weights (n, ...) of the first layer."""
    return unflatten(network, initial(network, n, init))["1.weight"]


@pytest.mark.parametrize("network", [PLAIN, LOCAL], ids=["conv", "local"])
@pytest.mark.parametrize(("init", "limit"), LIMITS.items(), ids=LIMITS)
def test_uniform_laws(network: Network, init: str, limit: float) -> None:
    weights = of_first(network, 60, init).reshape(-1)
    assert 0.99 * limit < np.abs(weights).max() < limit
    assert stats.kstest(weights, stats.uniform(-limit, 2 * limit).cdf).pvalue > P_LEAST
    assert weights.var() == pytest.approx(limit**2 / 3, rel=0.05)


@pytest.mark.parametrize("network", [PLAIN, LOCAL], ids=["conv", "local"])
@pytest.mark.parametrize(("init", "deviation"), DEVIATIONS.items(), ids=DEVIATIONS)
def test_normal_laws(network: Network, init: str, deviation: float) -> None:
    weights = of_first(network, 60, init).reshape(-1)
    assert stats.kstest(weights, stats.norm(0, deviation).cdf).pvalue > P_LEAST
    assert weights.std() == pytest.approx(deviation, rel=0.05)


def test_the_default_law_of_pytorch_is_that_of_conv2d() -> None:
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(MAPS_IN, MAPS, KERNEL) for _ in range(60)]
    ours = unflatten(PLAIN, initial(PLAIN, 60, "pytorch"))
    for name in ("weight", "bias"):
        theirs = torch.stack([getattr(it, name) for it in layers]).detach().numpy()
        assert stats.ks_2samp(ours[f"1.{name}"].ravel(), theirs.ravel()).pvalue > P_LEAST


def test_orthogonal_is_so_over_all_that_a_map_sees() -> None:
    for weights in of_first(PLAIN, 5, "orthogonal(1.5)"):
        matrix = weights.reshape(MAPS, -1) / 1.5
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(MAPS), atol=1e-14)


def test_maps_that_see_unequally_many_have_fans_and_matrices_of_their_own() -> None:
    table = [[0], [1], [0, 1], [0, 2], [1, 2], [0, 1, 2]]
    network = Network((3, 5, 4), [Conv2d(6, KERNEL, connections=table), Dense(1)])
    runs = {1: slice(0, 2), 2: slice(2, 8), 3: slice(8, 11)}  # kernels, by maps seen
    kernels = of_first(network, 400, "lecun1989").reshape(400, 11, 8)
    for n_seen, run in runs.items():
        limit = 2.4 / (n_seen * 8)
        assert 0.99 * limit < np.abs(kernels[:, run]).max() < limit
    for one in of_first(network, 3, "orthogonal(1.0)"):
        for n_seen, run in runs.items():
            matrix = one[run].reshape(-1, n_seen * 8)
            np.testing.assert_allclose(matrix @ matrix.T, np.eye(len(matrix)), atol=1e-14)


def test_no_number_is_drawn_twice() -> None:
    table = [[0], [0, 1], [1], [0, 1]]
    for kind in (Conv2d, LocallyConnected2d):
        network = Network((2, 4, 4), [kind(4, 3, connections=table), Conv2d(2, 2), Dense(3)])
        weights = initial(network, 3, "uniform(1.0)", "uniform(1.0)")
        assert len(np.unique(weights)) == weights.size


def test_coefficients_go_by_the_size_of_their_window() -> None:
    network = Network((50, 6, 4), [AvgPool2d((3, 2), coefficient=True, bias=True), Dense(1)])
    coefficients = of_first(network, 200, "lecun1989")
    limit = 2.4 / 6
    assert 0.99 * limit < np.abs(coefficients).max() < limit
    glorot = of_first(network, 200, "glorot_uniform")
    limit = math.sqrt(6 / 12)
    assert 0.99 * limit < np.abs(glorot).max() < limit


def test_every_number_is_foretold_by_philox() -> None:
    found = unflatten(PLAIN, initial(PLAIN, 1, "uniform(1.0)", "uniform(1.0)")[0])
    for part, name in enumerate(("1.weight", "1.bias")):
        expected = 2 * philox.uniforms(0, 0, part, found[name].size) - 1
        assert np.array_equal(found[name].ravel(), expected)
    assert np.array_equal(
        flatten(PLAIN, found), initial(PLAIN, 1, "uniform(1.0)", "uniform(1.0)")[0]
    )
