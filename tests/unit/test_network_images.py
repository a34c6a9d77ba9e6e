"""Layers of images: shapes, counts, records, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.network import AvgPool2d, Conv2d, Dense, LocallyConnected2d, MaxPool2d, Network, mlp

SMALL = Network(
    (2, 8, 6),
    [
        Conv2d(3, 3, padding=1, border=-1.0, connections=[[0], [1], [0, 1]], activation="relu"),
        AvgPool2d(2, coefficient=True, bias=True),
        LocallyConnected2d(2, (2, 1), activation="tanh"),
        MaxPool2d((3, 1), 1),
        Dense(4),
    ],
)


def refused(match: str):
    return pytest.raises(am.DescriptionError, match=match)


def test_inputs_are_a_number_or_an_image():
    assert (SMALL.inputs, SMALL.input_shape) == (96, (2, 8, 6))
    assert mlp(96, 4).input_shape is None
    assert Network([1, 2, 3], [Dense(1)]) == Network((1, 2, 3), (Dense(1),))
    assert Network((1, 2, 3), [Dense(1)]) != Network(6, [Dense(1)]), "an image is more than six"
    assert Network(np.array([1, 2, 3]).tolist(), [Dense(1)]).widths == (6, 1)


def test_shapes_follow_from_each_other():
    assert SMALL.shapes == ((2, 8, 6), (3, 8, 6), (3, 4, 3), (2, 3, 3), (2, 1, 3), (4,))
    assert SMALL.widths == (96, 144, 36, 18, 6, 4)
    assert SMALL.structure == "2@8x6-3@8x6-3@4x3-2@3x3-2@1x3-4"
    assert SMALL.hidden == (144, 36, 18, 6)
    assert SMALL.seen_shape(1) == (2, 8, 6)
    assert SMALL.seen_shape(5) == (2, 1, 3)
    assert SMALL.windows[0].connections == ((0,), (1,), (0, 1))
    assert SMALL.windows[4] is None


def test_parameters_have_pytorchs_layout():
    assert SMALL.parameter_shapes == [
        ("1.weight", (4, 3, 3)),  # kernels: maps see 1, 1 and 2
        ("1.bias", (3,)),
        ("2.weight", (3,)),
        ("2.bias", (3,)),
        ("3.weight", (2, 3, 3, 3, 2, 1)),
        ("3.bias", (2, 3, 3)),
        ("5.weight", (4, 6)),
        ("5.bias", (4,)),
    ]
    assert SMALL.n_parameters == 36 + 3 + 3 + 3 + 108 + 18 + 24 + 4
    assert [SMALL.fan_in(k) for k in range(1, 6)] == [18, 4, 6, 3, 6]
    with pytest.raises(TypeError):
        SMALL.parameter_shapes[0][1][0] = 5
    SMALL.parameter_shapes.clear()
    assert len(SMALL.parameter_shapes) == 8, "a copy"


def test_a_dense_layer_flattens_and_may_look_back_at_images():
    network = Network((1, 4, 4), [Conv2d(2, 3), Dense(3, shortcuts=[0])])
    assert network.seen_shape(2) == (8 + 16,)
    assert network.n_parameters == 20 + 3 * 24 + 3


def test_what_is_left_over_is_not_seen():
    layer = Conv2d(1, 3, stride=2)
    assert [layer.output_shape((1, n, n))[1] for n in (3, 4, 5, 6, 7)] == [1, 1, 2, 2, 3]
    assert AvgPool2d(2).output_shape((3, 5, 7)) == (3, 2, 3)
    assert MaxPool2d(3, 2).output_shape((3, 7, 7)) == (3, 3, 3)
    assert MaxPool2d(2, stride=5).output_shape((1, 7, 7)) == (1, 2, 2), "steps may skip"


def test_sizes_are_one_number_where_both_are_equal():
    assert Conv2d(2, (3, 3), stride=[2, 2]) == Conv2d(2, 3, stride=2)
    assert Conv2d(2, [3, 5]).kernel == (3, 5)
    assert AvgPool2d(2) == AvgPool2d(2, 2) == AvgPool2d((2, 2), stride=None)
    assert AvgPool2d((2, 3)).stride == (2, 3)
    assert hash(Conv2d(2, [3, 3], connections=[[0], [1]])) == hash(
        Conv2d(2, 3, connections=((0,), (1,)))
    )
    assert Conv2d(2, 3, border=0) == Conv2d(2, 3, border=-0.0)


def test_layers_are_told_apart():
    layers = [Conv2d(2, 3), LocallyConnected2d(2, 3), LocallyConnected2d(2, 3, unit_biases=False)]
    layers += [Conv2d(2, 3, unit_biases=True), AvgPool2d(2), MaxPool2d(2)]
    assert len(set(layers)) == 6
    assert Conv2d(2, 3) != LocallyConnected2d(2, 3, unit_biases=False)
    for layer in layers:
        assert isinstance(layer, am.Layer)
        assert layer.shortcuts == ()


def test_words():
    described = [layer.describe() for layer in SMALL.layers]
    assert described == ["conv 3x3", "mean 2x2", "local 2x1", "max 3x1 / 1", "dense"]
    assert Conv2d(1, 5, stride=(2, 1)).describe() == "conv 5x5 / 2x1"


def test_records_are_plain_and_come_back():
    record = SMALL.to_dict()
    assert record["inputs"] == [2, 8, 6]
    assert [it.get("kind") for it in record["layers"]] == [
        "conv",
        "avg_pool",
        "local",
        "max_pool",
        None,
    ]
    assert record["layers"][0]["connections"] == [[0], [1], [0, 1]]
    assert json.loads(SMALL.to_json()) == record
    assert Network.from_dict(record) == SMALL
    assert Network.from_json(SMALL.to_json()).shapes == SMALL.shapes


def test_a_short_record_has_the_defaults():
    text = """{"version": 1, "inputs": [1, 5, 5], "layers": [
        {"kind": "conv", "maps": 2, "kernel": 3}, {"kind": "dense", "units": 1}]}"""
    assert Network.from_json(text) == Network((1, 5, 5), [Conv2d(2, 3), Dense(1)])


def test_parts_are_replaced():
    assert replace(SMALL, layers=(Dense(3),)).shapes == ((2, 8, 6), (3,))
    assert replace(SMALL, inputs=(2, 9, 7)).shapes[1] == (3, 9, 7)
    assert replace(SMALL, inputs=5, input_shape=None, layers=[Dense(1)]) == mlp(5, 1, output="tanh")
    with refused(r"^Network.inputs: expected 96, because input_shape is \(2, 8, 6\), got 5; write"):
        replace(SMALL, inputs=5)


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        (0, r"^Network\.inputs: expected an integer >= 1, got 0; or \(channels, height, width\)"),
        ((8, 8), r"^Network\.inputs: expected an integer, or \(channels, height, width\), got"),
        ((1, 8, 0), r"^Network\.inputs\[2\]: expected an integer >= 1, got 0"),
        ((1, 8.0, 8), r"^Network\.inputs\[1\]: expected an integer >= 1, got 8\.0"),
        ("1x8x8", r"^Network\.inputs: expected an integer >= 1, got '1x8x8'"),
        ((2, 2**20, 2**20), r"^Network\.inputs: expected an integer from 1 to"),
    ],
)
def test_inputs_that_are_refused(inputs, match):
    with refused(match):
        Network(inputs, [Dense(1)])


CONV, POOL = Conv2d(2, 3), AvgPool2d(2)


@pytest.mark.parametrize(
    ("layers", "match"),
    [
        ([Conv2d(2, 9)], r"layers\[0\]: Conv2d\.kernel: expected at most 8, the rows of its input"),
        ([Conv2d(2, (3, 7))], r"Conv2d\.kernel: expected at most 6, the columns of its input, got"),
        ([Conv2d(2, 11, padding=1)], r"at most 10, the rows of its input with its padding, got 11"),
        ([AvgPool2d(7)], r"layers\[0\]: AvgPool2d\.kernel: expected at most 6, the columns"),
        ([CONV, CONV, CONV], r"layers\[2\]: Conv2d\.kernel: expected at most 2, the columns"),
        ([Dense(9), CONV], r"layers\[1\]: Conv2d: expected inputs of \(maps, height, width\), got"),
        ([Dense(9), POOL], r"layers\[1\]: AvgPool2d: expected inputs of \(maps, height, width\)"),
        (
            [Conv2d(2, 3, connections=[[0], [0, 2]])],
            r"layers\[0\]: Conv2d\.connections\[1\]: expected maps up to 1, because the input",
        ),
        (
            [LocallyConnected2d(1, 3, padding=(8, 7), border="circular")],
            r"LocallyConnected2d\.padding: expected at most the image, \(8, 6\)",
        ),
        ([Conv2d(2**16, 1, padding=90)], r"layers\[0\]: \(65536, 188, 186\) are too many units; "),
        ([CONV, 3], r"Network\.layers\[1\]: expected a layer such as Dense\(10\), got 3"),
    ],
)
def test_layers_that_do_not_fit_are_refused(layers, match):
    with refused(match) as caught:
        Network((2, 8, 6), layers)
    assert str(caught.value).startswith("Network.layers[")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Conv2d(0, 3), r"^Conv2d\.maps: expected an integer >= 1, got 0"),
        (lambda: Conv2d(2**30, 3), r"^Conv2d\.maps: expected an integer from 1 to 65536, got"),
        (lambda: Conv2d(2.0, 3), r"^Conv2d\.maps: expected an integer >= 1, got 2\.0"),
        (lambda: Conv2d(2, 3.0), r"^Conv2d\.kernel: .* got 3\.0; or give a pair, \(height, width"),
        (lambda: Conv2d(2, (3, 3, 3)), r"^Conv2d\.kernel: expected an integer >= 1, got \(3, 3, 3"),
        (lambda: Conv2d(2, (3, 0)), r"^Conv2d\.kernel\[1\]: expected an integer >= 1, got 0"),
        (lambda: Conv2d(2, 3, stride=0), r"^Conv2d\.stride: expected an integer >= 1, got 0"),
        (lambda: Conv2d(2, 3, stride=None), r"^Conv2d\.stride: expected an integer >= 1, got None"),
        (lambda: Conv2d(2, 3, padding=-1), r"^Conv2d\.padding: expected an integer >= 0, got -1"),
        (lambda: Conv2d(2, 3, padding="same"), r"^Conv2d\.padding: .* got 'same'"),
        (lambda: Conv2d(2, 3, border="reflect"), r"^Conv2d\.border: .*or write \"circular\""),
        (lambda: Conv2d(2, 3, border=float("nan")), r"^Conv2d\.border: expected a finite number"),
        (lambda: Conv2d(2, 3, connections=[[0]]), r"^Conv2d\.connections: expected 2 lists, one"),
        (lambda: Conv2d(2, 3, connections=[[0], []]), r"^Conv2d\.connections\[1\]: expected at le"),
        (lambda: Conv2d(1, 3, connections=[[1, 0]]), r"^Conv2d\.connections\[0\]: .*ascending"),
        (
            lambda: Conv2d(1, 3, connections=[[0, 0]]),
            r"^Conv2d\.connections\[0\]: .*without repeats",
        ),
        (lambda: Conv2d(1, 3, connections=[[-1]]), r"^Conv2d\.connections\[0\]\[0\]: expected an"),
        (lambda: Conv2d(1, 3, connections=[0]), r"^Conv2d\.connections\[0\]: expected a list of"),
        (lambda: Conv2d(1, 3, connections=3), r"^Conv2d\.connections: expected for each map"),
        (lambda: Conv2d(1, 3, activation="rely"), r"^Conv2d\.activation: .* did you mean 'relu'"),
        (lambda: Conv2d(1, 3, bias=1), r"^Conv2d\.bias: expected True or False, got 1"),
        (lambda: Conv2d(1, 3, unit_biases="no"), r"^Conv2d\.unit_biases: expected True or False"),
        (lambda: Conv2d(1, 3, dropout=1.0), r"^Conv2d\.dropout: expected a number in \[0, 1\)"),
        (lambda: LocallyConnected2d(0, 3), r"^LocallyConnected2d\.maps: expected an integer"),
        (lambda: AvgPool2d(0), r"^AvgPool2d\.kernel: expected an integer >= 1, got 0"),
        (lambda: AvgPool2d(2, coefficient=2), r"^AvgPool2d\.coefficient: expected True or False"),
        (lambda: MaxPool2d(2, stride=0.5), r"^MaxPool2d\.stride: expected an integer >= 1, got 0"),
    ],
)
def test_fields_that_are_refused(make, match):
    with refused(match) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kind": "convolution"}, r"^Network\.layers\[0\]: kind: expected one of dense, conv, loc"),
        ({"kind": "avgpool"}, r"^Network\.layers\[0\]: kind: .*did you mean 'avg_pool'\?"),
        ({"kind": 3}, r"^Network\.layers\[0\]: kind: expected one of .*, got 3"),
        ({"kind": "dense"}, r"^Network\.layers\[0\]: Dense: unknown field 'maps'"),
        ({"kernels": 3}, r"^Network\.layers\[0\]: Conv2d: unknown field 'kernels'; did you"),
        ({"kernel": 9}, r"^Network\.layers\[0\]: Conv2d\.kernel: expected at most 5"),
    ],
)
def test_records_that_are_refused(change, match):
    layer = {"kind": "conv", "maps": 2, "kernel": 3} | change
    with refused(match):
        Network.from_dict({"version": 1, "inputs": [1, 5, 5], "layers": [layer]})


def test_a_record_has_no_fields_that_are_worked_out():
    for name in ("shapes", "n_parameters", "_arrays"):
        with refused(rf"^Network: unknown field '{name}'"):
            Network.from_dict({"version": 1, "inputs": 3, "layers": [{"units": 1}], name: 3})
    with refused(r"^Network.layers\[0\]: expected the record of a layer, got 7"):
        Network.from_dict({"version": 1, "inputs": 3, "layers": [7]})


def test_layers_are_exported():
    names = ("Conv2d", "LocallyConnected2d", "AvgPool2d", "MaxPool2d", "Dense", "Layer")
    for name in (*names, "lenet1989", "lenet1", "lenet5", "LevenbergMarquardt"):
        assert name in am.__all__
        assert hasattr(am, name)


@pytest.fixture(scope="module")
def population():
    """A convolution and local receptive fields of one structure, and a dense network."""
    kinds = (Conv2d, LocallyConnected2d)
    networks = [
        Network((1, 8, 8), [it(4, 3, 2, activation="relu"), Dense(10, "identity")]) for it in kinds
    ]
    training = am.Training(am.LevenbergMarquardt(), epochs=3)
    return am.train([*networks, mlp(64, 10, 10)], "digits", training, seeds=3, signals=True)


def test_populations_tell_kinds_of_layers_apart(population):
    groups = population.by("layers")
    assert set(groups) == {"conv 3x3 / 2, dense", "local 3x3 / 2, dense", "dense"}
    assert "layers" in population.summary().names
    assert set(population.by("shortcuts")) == {"none"}
    assert set(population.by("samples")) == {500}


def test_trained_networks_with_images_are_used_like_others(population, tmp_path):
    data = am.load("digits")
    trained = population[0]
    x = data.x[:5]
    assert trained.decision(x).shape == (5, 10)
    assert [it.shape for it in trained.layers(x)] == [(5, 36), (5, 10)]
    assert np.all(trained.preactivations(x)[0].min() < 0)
    assert np.array_equal(np.maximum(trained.preactivations(x)[0], 0), trained.layers(x)[0])
    assert trained.weights["1.weight"].shape == (4, 1, 3, 3)
    assert population[3].weights["1.weight"].shape == (4, 3, 3, 1, 3, 3)
    trained.save(tmp_path / "one")
    again = am.TrainedNetwork.load(tmp_path / "one")
    assert again.network == trained.network
    assert np.array_equal(again.decision(x), trained.decision(x))
    population.save(tmp_path / "all")
    assert am.Population.load(tmp_path / "all").networks == population.networks


def test_a_network_starts_from_named_arrays_and_keeps_frozen_ones():
    network = Network((1, 8, 8), [Conv2d(2, 3, 2), Dense(10, "identity")])
    kernels = np.random.default_rng(0).normal(size=(2, 1, 3, 3)).astype(np.float32)
    model = am.Model(network, np.zeros(network.n_parameters)).weights
    trained = am.train(
        network,
        "digits",
        am.Training(epochs=1),
        seeds=1,
        start=model | {"1.weight": kernels},
        frozen={"1.weight": True},
    )[0]
    assert np.array_equal(trained.weights["1.weight"], kernels)
    assert np.all(trained.weights["2.bias"] != 0)


def test_a_network_without_parameters_is_not_trained_but_used():
    network = Network((1, 4, 4), [MaxPool2d(2)])
    assert network.n_parameters == 0
    model = am.Model(network, [])
    assert model.weights == {}
    assert model.decision(np.arange(16.0)[None]).tolist() == [[5.0, 7.0, 13.0, 15.0]]
    with refused(r"^Network\.layers: expected some with weights or biases, got '4x4-1@2x2'"):
        network.check_trainable()


def test_unshared_windows_are_the_same_with_weights_of_their_own():
    found = SMALL.unshared()
    assert [it.kind for it in found.layers] == ["local", *(it.kind for it in SMALL.layers[1:])]
    first, was = found.layers[0], SMALL.layers[0]
    assert (first.connections, first.border) == (was.connections, was.border)
    assert first.unit_biases
    assert found.summary().connections == SMALL.summary().connections
    assert found.unshared() == found
