"""Rprop with weight backtracking, which PyTorch lacks, against the paper's rules in plain numpy."""

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray

from amenable import engine
from amenable.network import mlp
from amenable.training import Rprop, Training

DATA = problems.numbers()
NETWORK = mlp(3, 5, 2)
N_STEPS = 200


def riedmiller_and_braun(training: Training, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights (N_STEPS + 1, P) by the rules of Riedmiller and Braun 1993, weight by weight."""
    it = training.optimizer
    assert isinstance(it, Rprop)
    weights, n = [start], len(start)
    sizes, moves, before = [it.lr] * n, [0.0] * n, [0.0] * n
    for _ in range(N_STEPS):
        now = weights[-1].copy()
        gradients = engine.measure(NETWORK, training, now[None], DATA, gradients=True)[1]
        assert gradients is not None
        for i, gradient in enumerate(gradients[0].tolist()):
            if gradient * before[i] > 0:
                sizes[i] = min(sizes[i] * it.eta_plus, it.step_max)
            if gradient * before[i] < 0:
                sizes[i] = max(sizes[i] * it.eta_minus, it.step_min)
                now[i] -= moves[i]
                before[i] = 0.0
                continue
            moves[i] = -np.sign(gradient) * sizes[i]
            now[i] += moves[i]
            before[i] = gradient
        weights.append(now)
    return np.array(weights)


@pytest.mark.parametrize(
    "optimizer",
    [
        Rprop(backtracking=True),
        Rprop(0.05, 0.3, 1.4, 1e-3, 0.2, backtracking=True),
    ],
)
def test_200_steps_are_riedmiller_and_brauns(optimizer: Rprop) -> None:
    training = Training(optimizer, batch="full", steps=N_STEPS, probe_every=1, dtype="float64")
    found = trials.weights_at_probes(NETWORK, training, DATA)[0]
    expected = riedmiller_and_braun(training, found[0])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_a_change_of_sign_takes_the_step_back_only_with_backtracking() -> None:
    """One weight on a parabola: the second step jumps over the bottom."""
    data = problems.dataset(np.array([[1.0], [-1.0]]), np.array([[0.0], [1e-9]]), task="regression")
    line = mlp(1, 1, bias=False)
    paths = {}
    for backtracking in (False, True):
        optimizer = Rprop(0.5, backtracking=backtracking)
        training = Training(optimizer, batch="full", steps=4, probe_every=1, dtype="float64")
        start = np.array([0.7])
        paths[backtracking] = trials.weights_at_probes(line, training, data, start=start)[0, :, 0]
    # Steps 0.5, 0.6, then the sign has changed: the size is 0.3, and the weight rests or goes back
    np.testing.assert_allclose(paths[False], [0.7, 0.2, -0.4, -0.4, -0.1], atol=1e-12)
    np.testing.assert_allclose(paths[True], [0.7, 0.2, -0.4, 0.2, -0.1], atol=1e-12)
