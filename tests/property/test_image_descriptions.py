"""Networks with layers of images survive every way of writing them, and are counted right."""

import json
import pickle
from dataclasses import replace
from math import prod

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from image_networks import image_networks

from amenable import network as networks
from amenable.errors import DescriptionError
from amenable.network import Network, flatten, unflatten
from amenable.training import LevenbergMarquardt, Training


@settings(deadline=None)
@given(image_networks(dropout=True))
def test_network_survives(network: Network) -> None:
    ways = [
        Network.from_dict(network.to_dict()),
        Network.from_json(network.to_json()),
        pickle.loads(pickle.dumps(network)),
        replace(network),
        eval(repr(network), dict(vars(networks))),
    ]
    for one in ways:
        assert one == network
        assert hash(one) == hash(network)
        assert repr(one) == repr(network)
        assert one.shapes == network.shapes
        assert one.parameter_shapes == network.parameter_shapes
    assert json.loads(network.to_json()) == network.to_dict()


@settings(deadline=None)
@given(image_networks())
def test_everything_adds_up(network: Network) -> None:
    summary = network.summary(Training())
    assert network.n_parameters == sum(prod(shape) for _, shape in network.parameter_shapes)
    assert summary.parameters == network.n_parameters
    assert summary.units == sum(network.widths) == sum(map(prod, network.shapes))
    assert summary.memory.optimizer == 2 * 4 * network.n_parameters
    for row in summary.rows[1:]:
        assert row.multiply_adds <= row.connections
        assert row.is_shared or row.parameters == 0 or row.connections >= row.multiply_adds
    flat = np.arange(network.n_parameters, dtype=float)
    assert np.array_equal(flatten(network, unflatten(network, flat)), flat)


numbers = st.integers(-3, 40) | st.floats(-2, 9) | st.none() | st.booleans() | st.text(max_size=3)
values = numbers | st.lists(numbers | st.lists(numbers, max_size=3), max_size=4)
fields = st.sampled_from(
    ["kernel", "stride", "padding", "border", "connections", "maps", "bias", "activation", "units"]
)
records = st.fixed_dictionaries(
    {"kind": st.sampled_from(["dense", "conv", "local", "avg_pool", "max_pool"])},
).flatmap(
    lambda it: st.dictionaries(fields, values, max_size=3).map(
        lambda more: (
            {"maps": 2, "kernel": 3, **it, **more}
            if it["kind"] in ("conv", "local")
            else {**it, **more}
        )
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(records, min_size=1, max_size=2))
def test_nonsense_is_refused_on_one_line(layers: list[dict[str, object]]) -> None:
    try:
        network = Network.from_dict({"version": 1, "inputs": [1, 6, 6], "layers": layers})
    except DescriptionError as error:
        assert str(error).startswith("Network")
        assert "\n" not in str(error)
    else:
        assert Network.from_json(network.to_json()) == network


@given(st.floats(0, 1e9), st.floats(1e-12, 1e9), st.integers(1, 10**6))
def test_levenberg_marquardt_survives(lr: float, damping: float, samples: int) -> None:
    training = Training(LevenbergMarquardt(lr, damping, samples))
    for one in (
        Training.from_json(training.to_json()),
        pickle.loads(pickle.dumps(training)),
        replace(training),
    ):
        assert one == training
        assert hash(one) == hash(training)
