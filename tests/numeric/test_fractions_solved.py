"""How often a structure learns: the same experiment in PyTorch must find the same fraction.

Both draw their own initial weights and orders from PyTorch's default law, so that only the
fractions can be compared: Fisher's exact test, which one right engine in a thousand would fail.
"""

import numpy as np
import problems
import pytest
import trials
from numpy.typing import NDArray
from scipy import stats
from torch_training import train
from torch_twin import Twin, layer_outputs, split_parameters

from amenable.datasets import Dataset, load
from amenable.network import Network, mlp
from amenable.training import SGD, Adam, Training

torch = pytest.importorskip("torch")

OTHER_SEEDS = 10**9  # for the twin's orders


def linear_weights(network: Network, n: int) -> NDArray[np.float64]:
    """Parameters (n, P) as torch.nn.Linear draws them, with PyTorch's own generator."""
    torch.manual_seed(0)
    rows = []
    for _ in range(n):
        layers = [
            torch.nn.Linear(network.fan_in(k), it.units) for k, it in enumerate(network.layers, 1)
        ]
        rows.append(torch.cat([p.detach().flatten() for it in layers for p in it.parameters()]))
    return torch.stack(rows).double().numpy()


def solved_by_torch(
    network: Network, training: Training, data: Dataset, n: int, n_steps: int, every: int
) -> int:
    """How many of n reach the accuracy of the goal at some probe."""
    twin = Twin(network, training, data)
    seeds = range(OTHER_SEEDS, OTHER_SEEDS + n)
    path = train(twin, linear_weights(network, n), seeds, n_steps)[:, every::every]
    goal = float(str(training.goal).split()[-1])
    is_solved = np.zeros(n, dtype=bool)
    truth = twin.y[..., 0] > 0.5
    for flat in np.swapaxes(path, 0, 1):
        parameters = split_parameters(network, torch.tensor(flat, dtype=twin.dtype))
        x = twin.x.expand(n, *twin.x.shape)
        guess = layer_outputs(network, parameters, x)[-1][..., 0] > 0
        is_solved |= (guess == truth).double().mean(-1).numpy() >= goal
    return int(is_solved.sum())


def compare(
    network: Network,
    training: Training,
    data: Dataset,
    n: int,
    n_torch: int,
    n_steps: int,
    every: int,
) -> None:
    outcomes = trials.run(network, training, data, range(n))
    ours = trials.statuses(outcomes).count("solved")
    theirs = solved_by_torch(network, training, data, n_torch, n_steps, every)
    assert 0.1 < ours / n < 0.9, "a fraction near 0 or 1 tells little"
    table = [[ours, n - ours], [theirs, n_torch - theirs]]
    assert stats.fisher_exact(table).pvalue > 1e-3, table


def test_xor_2_2_1() -> None:
    training = Training(
        SGD(0.3, momentum=0.9),
        loss="logistic",
        batch="full",
        steps=120,
        probe_every=10,
        init="pytorch",
        goal="training accuracy >= 1",
    )
    compare(mlp(2, 2, 1), training, load("xor"), 400, 400, 120, 10)


def test_a_small_spiral() -> None:
    """S1 in small: 64 points, half a turn, mini-batches, each network's own order."""
    data = problems.all_for_training(load("spirals", n=64, turns=0.6))
    training = Training(
        Adam(0.03),
        loss="logistic",
        batch=16,
        steps=80,
        probe_every=4,
        init="pytorch",
        goal="training accuracy >= 0.95",
    )
    compare(mlp(2, 8, 8, 1), training, data, 400, 200, 80, 4)


@pytest.mark.slow
def test_s1() -> None:
    """The speed task S1 itself, and thousands of networks here against 300 there."""
    data = problems.all_for_training(load("spirals", n=512))
    training = Training(
        Adam(0.01),
        loss="logistic",
        batch=32,
        steps=1600,
        probe_every=16,
        init="pytorch",
        goal="training accuracy >= 0.95",
    )
    compare(mlp(2, 8, 8, 1), training, data, 4000, 300, 1600, 16)
