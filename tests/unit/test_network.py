"""Networks: what is derived from a description, and reading and writing it."""

import json
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

import amenable as am
from amenable.network import ACTIVATIONS, Dense, Network, mlp, parse_activation

SPAGHETTI = Network(
    3,
    (
        Dense(5, "relu"),
        Dense(4, "tanh", bias=False, shortcuts=(0,)),
        Dense(2, "identity", shortcuts=(1, 0)),
    ),
)


def test_mlp_builds_layers() -> None:
    network = mlp(2, 10, 7, 1, activation="elu", output="sigmoid", bias=False, dropout=0.5)
    assert network == Network(
        2,
        (
            Dense(10, "elu(1.0)", bias=False, dropout=0.5),
            Dense(7, "elu(1.0)", bias=False, dropout=0.5),
            Dense(1, "sigmoid", bias=False),
        ),
    )


def test_mlp_without_hidden_layer() -> None:
    assert mlp(4, 3) == Network(4, (Dense(3, "identity"),))
    assert mlp(4, 3).hidden == ()


def test_derived_properties() -> None:
    assert SPAGHETTI.outputs == 2
    assert SPAGHETTI.hidden == (5, 4)
    assert SPAGHETTI.structure == "3-5-4-2"
    assert SPAGHETTI.activation == "mixed"
    assert SPAGHETTI.output_activation == "identity"
    assert mlp(2, 3, 1, activation="leaky_relu").activation == "leaky_relu(0.01)"
    assert mlp(2, 1).activation == "none"


def test_fan_in_counts_shortcuts() -> None:
    assert [SPAGHETTI.fan_in(k) for k in (1, 2, 3)] == [3, 5 + 3, 4 + 5 + 3]


def test_parameter_shapes_are_in_order() -> None:
    assert SPAGHETTI.parameter_shapes == [
        ("1.weight", (5, 3)),
        ("1.bias", (5,)),
        ("2.weight", (4, 8)),
        ("3.weight", (2, 12)),
        ("3.bias", (2,)),
    ]
    assert SPAGHETTI.n_parameters == 15 + 5 + 32 + 24 + 2


def test_step_is_allowed_but_not_trainable() -> None:
    network = Network(2, (Dense(2, "tanh"), Dense(2, "step"), Dense(1)))
    assert not network.is_trainable
    assert mlp(2, 2, 1).is_trainable
    mlp(2, 2, 1).check_trainable()
    with pytest.raises(ValueError, match=r"^Network\.layers\[1\]: .* in layer 2, got 'step'"):
        network.check_trainable()


def test_lists_become_tuples() -> None:
    network = Network(2, [Dense(3), Dense(1, shortcuts=[0])])  # type: ignore[arg-type]
    assert network == Network(2, (Dense(3), Dense(1, shortcuts=(0,))))
    assert hash(network) == hash(Network(2, (Dense(3), Dense(1, shortcuts=(0,)))))


def test_networks_are_values() -> None:
    assert mlp(2, 3, 1) == mlp(2, 3, 1)
    assert len({mlp(2, 3, 1), mlp(2, 3, 1), mlp(2, 4, 1)}) == 2
    with pytest.raises(FrozenInstanceError):
        mlp(2, 3, 1).inputs = 3  # type: ignore[misc]
    assert replace(mlp(2, 3, 1), inputs=5) == mlp(5, 3, 1)
    assert pickle.loads(pickle.dumps(SPAGHETTI)) == SPAGHETTI


def test_record_is_plain_and_complete() -> None:
    assert mlp(2, 1).to_dict() == {
        "version": 1,
        "inputs": 2,
        "layers": [
            {
                "units": 1,
                "activation": "identity",
                "bias": True,
                "dropout": 0.0,
                "shortcuts": [],
            }
        ],
    }
    assert json.loads(SPAGHETTI.to_json()) == SPAGHETTI.to_dict()


def test_reading_leaves_the_record_alone() -> None:
    record = SPAGHETTI.to_dict()
    Network.from_dict(record)
    assert record == SPAGHETTI.to_dict()


def test_json_of_version_1_is_still_read() -> None:
    text = """{"version": 1, "inputs": 3, "layers": [
        {"units": 5, "activation": "relu", "bias": true, "dropout": 0.0, "shortcuts": []},
        {"units": 4, "activation": "tanh", "bias": false, "dropout": 0.0, "shortcuts": [0]},
        {"units": 2, "activation": "identity", "shortcuts": [1, 0]}]}"""
    assert Network.from_json(text) == SPAGHETTI


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_can_be_used(name: str) -> None:
    default = ACTIVATIONS[name]
    assert parse_activation(name) == (name, default)
    written = name if default is None else f"{name}({default!r})"
    assert Dense(1, name).activation == written


def test_activations_of_the_lecture_and_the_issue() -> None:
    expected = {
        **dict.fromkeys(["identity", "sigmoid", "tanh", "scaled_tanh", "softsign", "relu"]),
        **dict.fromkeys(["gelu", "silu", "softplus", "sine", "gaussian", "step"]),
        "leaky_relu": 0.01,
        "elu": 1.0,
    }
    assert dict(ACTIVATIONS) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mlp(2, 8, 1)",
        "mlp(4, 3)",
        "mlp(2, 3, 3, 1, output='sigmoid', bias=False, activation='relu', dropout=0.2)",
        "Network(2, [Dense(units=3, activation='relu'), Dense(units=1, shortcuts=(0,))])",
        "Training(epochs=5, goal='accuracy >= 1.0')",
    ],
)
def test_descriptions_are_shown_as_one_writes_them(text):
    made = eval(text, {name: getattr(am, name) for name in am.__all__})
    assert repr(made) == text


def test_images_are_shown_as_one_writes_them():
    names = {name: getattr(am, name) for name in am.__all__}
    for network in (am.lenet1989(), am.lenet1(), am.lenet5()):
        assert eval(repr(network), names) == network
