"""Summaries: each number from its definition, and the table."""

import pytest

import amenable as am
from amenable.network import AvgPool2d, Conv2d, Dense, LocallyConnected2d, MaxPool2d, Network

LAYERS = {
    "conv": Conv2d(3, 3, padding=1, connections=[[0], [1], [0, 1]]),
    "conv, unit biases": Conv2d(3, 3, unit_biases=True),
    "conv, no bias": Conv2d(3, 3, bias=False),
    "local": LocallyConnected2d(3, 3),
    "local, shared biases": LocallyConnected2d(3, 3, unit_biases=False),
    "mean": AvgPool2d(2),
    "mean, coefficient": AvgPool2d(2, coefficient=True),
    "mean, both": AvgPool2d(2, coefficient=True, bias=True),
    "max": MaxPool2d(3, 1),
    "dense": Dense(5),
}
# units, parameters, connections, multiply-adds, shared: on images of 2 x 6 x 4
EXPECTED = {
    "conv": (72, 39, 24 * (4 * 9 + 3), 24 * 4 * 9, True),
    "conv, unit biases": (24, 54 + 24, 24 * 19, 24 * 18, True),
    "conv, no bias": (24, 54, 24 * 18, 24 * 18, True),
    "local": (24, 24 * 19, 24 * 19, 24 * 18, False),
    "local, shared biases": (24, 24 * 18 + 3, 24 * 19, 24 * 18, False),
    "mean": (12, 0, 48, 48, False),
    "mean, coefficient": (12, 2, 48, 48, True),
    "mean, both": (12, 4, 60, 48, True),
    "max": (16, 0, 16 * 9, 0, False),
    "dense": (5, 5 * 49, 5 * 49, 5 * 48, False),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer(name):
    row = Network((2, 6, 4), [LAYERS[name]]).summary().rows[1]
    found = (row.units, row.parameters, row.connections, row.multiply_adds, row.is_shared)
    assert found == EXPECTED[name]
    assert row.kind == LAYERS[name].describe()


def test_shortcuts_count():
    network = Network(3, [Dense(4), Dense(2, shortcuts=[0])])
    assert network.summary().rows[2].connections == 2 * (4 + 3 + 1)


def test_memory_is_that_of_the_training():
    network = am.mlp(3, 4, 2)  # 26 parameters, 9 inputs and outputs
    memory = network.summary().memory
    assert (memory.parameters, memory.gradients, memory.optimizer) == (104, 104, None)
    assert memory.outputs == 36
    double = network.summary(am.Training(am.Adam(), dtype="float64")).memory
    assert (double.parameters, double.optimizer, double.outputs) == (208, 416, 72)


@pytest.mark.parametrize(
    ("optimizer", "n"),
    [
        (am.SGD(), 0),
        (am.Momentum(), 1),
        (am.Nesterov(), 1),
        (am.RMSprop(), 1),
        (am.RMSprop(momentum=0.5, centered=True), 3),
        (am.Adam(), 2),
        (am.AdamW(), 2),
        (am.Rprop(), 2),
        (am.Rprop(backtracking=True), 3),
        (am.LevenbergMarquardt(), 3),
    ],
)
def test_every_optimizer_tells_what_it_keeps(optimizer, n):
    assert optimizer.n_states == n
    memory = am.mlp(3, 4, 2).summary(am.Training(optimizer)).memory
    assert memory.optimizer == n * memory.parameters


def test_the_table_is_aligned_and_short():
    summary = am.lenet5().summary(am.Training())
    *lines, memory = str(summary).splitlines()
    assert len(lines) == 1 + 8 + 1
    assert max(map(len, lines)) <= 88
    ends = [line.index("parameters") + len("parameters") for line in lines[:1]]
    assert {line[ends[0] - 1] for line in lines[2:]} <= set("0123456789")
    assert lines[-1].split() == ["all", "9,118", "60,850", "340,918", "332,824"]
    assert memory == (
        "bytes: parameters 243,400, gradients 243,400, optimizer 486,800, outputs 36,472 a sample"
    )
    assert all(line == line.rstrip() for line in lines)
