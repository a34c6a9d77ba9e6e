"""The lecture's ReLU beside PyTorch's run of its program; the error of a sigmoid in the bounds."""

import math

import numpy as np
import pytest

from amenable import engine
from amenable.construct import relu_from_sigmoids
from amenable.construct.rounding import SIGMOID_ERROR

torch = pytest.importorskip("torch")

ULP = 2.0**-24  # of outputs of a sigmoid from 1/2 to 1; both sides may be off by 2
X = np.arange(-20, 20)


@pytest.fixture(scope="module")
def steps():
    """x1 to x5 of the program on the slide, and of our network, each (40, U)."""
    make_relu = torch.nn.Sequential(
        torch.nn.Linear(1, 2),
        torch.nn.Sigmoid(),
        torch.nn.Linear(2, 2),
        torch.nn.Sigmoid(),
        torch.nn.Linear(2, 1),
    )
    with torch.no_grad():
        make_relu[0].weight[0][0] = -100000000.0
        make_relu[0].bias[0] = 0.0
        make_relu[0].weight[1][0] = 0.0001
        make_relu[0].bias[1] = 0.0
        make_relu[2].weight[0][0] = -100000000.0
        make_relu[2].weight[0][1] = 1
        make_relu[2].bias[0] = -0.5
        make_relu[2].weight[1][0] = 100000000.0
        make_relu[2].weight[1][1] = 0
        make_relu[2].bias[1] = -1000
        make_relu[4].weight[0][0] = 4 * 40000
        make_relu[4].weight[0][1] = 80000
        make_relu[4].bias.fill_(-0.5 * 4 * 40000)
        theirs = []
        for i in X:
            found = torch.tensor([i]).float()
            each = []
            for layer in make_relu:
                found = layer.forward(found)
                each.append(found.numpy().astype(np.float64))
            theirs.append(each)
    model = relu_from_sigmoids()
    x = X[:, None]
    sums, layers = model.preactivations(x), model.layers(x)
    ours = [sums[0], layers[0], sums[1], layers[1], layers[2]]
    return ours, [np.array([each[k] for each in theirs]) for k in range(5)]


def test_every_step_of_the_program_is_pytorchs(steps):
    """Equal but for what two sigmoids, each within 2 ulp, make of it further on."""
    ours, theirs = steps
    x1 = 0.0  # one product each: the same bits
    x2 = 4 * ULP
    # Detector exactly 0, 1/2 or 1 on both sides; then the sum, near 1e8, is rounded twice
    x3 = np.column_stack([np.where(X > 0, x2, 16.0), np.where(X > 0, 0.0, 16.0)])
    x4 = x2 / 4 + 4 * ULP  # the slope of a sigmoid is at most 1/4
    x5 = 160000 * x4 + 2 * 160000 * ULP  # and the sum of products rounded
    for name, tolerance, one, other in zip(
        ("x1", "x2", "x3", "x4", "x5"), (x1, x2, x3, x4, x5), ours, theirs, strict=True
    ):
        assert one.shape == other.shape
        assert np.all(np.abs(one - other) <= tolerance), name


def test_what_the_sigmoids_decide_is_the_same_to_the_bit(steps):
    ours, theirs = steps
    for k in (1, 3):
        is_decided = np.isin(theirs[k], (0.0, 0.5, 1.0))
        assert is_decided.sum() >= 40
        np.testing.assert_array_equal(ours[k][is_decided], theirs[k][is_decided])
    np.testing.assert_array_equal(ours[4][X <= 0], theirs[4][X <= 0])


def test_both_are_as_far_from_a_relu_as_rounding_makes_them(steps):
    for found in (it[4][:, 0] for it in steps):
        # two sigmoids, the first's error through a slope of 1/4, and the exact curve's 1e-5
        assert np.abs(found - np.maximum(X, 0)).max() <= 160000 * (2 + 2 / 4 + 1) * ULP


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_sigmoids_error_is_below_what_the_bounds_take(dtype):
    mpmath = pytest.importorskip("mpmath")
    rng = np.random.default_rng(0)
    x = np.exp(rng.uniform(math.log(1e-9), math.log(40), 4000)).astype(dtype)
    x = np.concatenate([x, -x])
    with mpmath.workdps(40):
        exact = [1 / (1 + mpmath.exp(-mpmath.mpf(float(it)))) for it in x]
        found = engine.elementary("sigmoid", x)
        off = [abs(float(mpmath.mpf(float(a)) - b)) for a, b in zip(found, exact, strict=True)]
    assert max(off) <= SIGMOID_ERROR[np.dtype(dtype).name]
