"""Networks of the literature: every count that their papers give."""

import pytest

import amenable as am
from amenable.network.presets import (
    LENET1_CONNECTIONS,
    LENET5_CONNECTIONS,
    LENET1989_CONNECTIONS,
)


def column(summary, field):
    return [getattr(row, field) for row in summary.rows[1:]]


def test_lenet1989_has_the_counts_of_its_paper():
    """Section 3.3 of the paper: layer by layer, and in all."""
    summary = am.lenet1989().summary()
    assert summary.units == 1256
    assert summary.connections == 64_660
    assert summary.parameters == 9_760
    assert column(summary, "units") == [768, 192, 30, 10]
    assert column(summary, "connections") == [19_968, 38_592, 5_790, 310]
    assert column(summary, "parameters") == [1_068, 2_592, 5_790, 310]
    assert column(summary, "is_shared") == [True, True, False, False]


def test_lenet1989_sees_8_of_12_maps_in_a_balanced_way():
    assert all(len(seen) == 8 for seen in LENET1989_CONNECTIONS)
    uses = [sum(i in seen for seen in LENET1989_CONNECTIONS) for i in range(12)]
    assert uses == [8] * 12


def test_lenet1_has_the_counts_of_its_paper():
    summary = am.lenet1().summary()
    assert summary.connections == 98_442
    assert summary.parameters == 2_578
    assert summary.units == 4_634, "the paper has one more, 4,635"
    assert column(summary, "parameters") == [104, 8, 512, 24, 1_930]
    assert column(summary, "connections") == [59_904, 2_880, 32_768, 960, 1_930]


def test_lenet1_table():
    """Two halves alike; of six maps two see one map, four see two."""
    first, second = LENET1_CONNECTIONS[:6], LENET1_CONNECTIONS[6:]
    assert tuple(tuple(i + 2 for i in seen) for seen in first) == second
    assert sorted(map(len, first)) == [1, 1, 2, 2, 2, 2]
    assert {i for seen in first for i in seen} == {0, 1}


def test_lenet5_has_the_counts_of_its_paper():
    """Section II.B: C1, S2, C3, S4, C5, F6. The output layer had no parameters to train."""
    summary = am.lenet5().summary()
    assert column(summary, "parameters")[:6] == [156, 12, 1_516, 32, 48_120, 10_164]
    assert sum(column(summary, "parameters")[:6]) == 60_000
    assert column(summary, "connections")[:6] == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164]
    # Ten biases that radial basis functions do not have
    assert summary.rows[-1].connections == 840 + 10
    assert summary.connections == 340_908 + 10
    assert not summary.rows[5].is_shared, "C5 covers its whole input: a dense layer"


def test_lenet5_table():
    assert [len(seen) for seen in LENET5_CONNECTIONS] == [3] * 6 + [4] * 9 + [6]
    uses = [sum(i in seen for seen in LENET5_CONNECTIONS) for i in range(6)]
    assert uses == [10] * 6


def test_lenet5_takes_other_images():
    same = am.lenet5((1, 28, 28))
    assert same.shapes[1:] == am.lenet5().shapes[1:]
    assert same.n_parameters == am.lenet5().n_parameters
    assert same.layers[0].padding == 2
    assert am.lenet5((3, 16, 32)).layers[0].padding == (8, 0)
    assert am.lenet5((1, 40, 40)).shapes[5] == (120, 3, 3)
    with pytest.raises(am.DescriptionError, match=r"^lenet5\.inputs: expected even height and"):
        am.lenet5((1, 27, 28))
    with pytest.raises(am.DescriptionError, match=r"^lenet5\.inputs: expected an integer, or \("):
        am.lenet5(784)


def test_activations_of_presets():
    for make in (am.lenet1989, am.lenet1, am.lenet5):
        network = make(activation="relu", output="identity")
        assert network.activation == "relu"
        assert network.output_activation == "identity"
        assert make().activation == "scaled_tanh"


@pytest.mark.parametrize("make", [am.lenet1989, am.lenet1, am.lenet5])
def test_presets_come_back_from_json(make):
    network = make()
    assert am.Network.from_json(network.to_json()) == network
