"""Every refusal names its culprit on one line; the shared parser and checks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from amenable.description import ExpressionParameter, Names, Range, did_you_mean, quote
from amenable.errors import DescriptionError
from amenable.network import Dense, Network, mlp, parse_activation
from amenable.training import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    Goal,
    InverseTime,
    Momentum,
    Nesterov,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
    grid,
    parse_goal,
    parse_initializer,
    parse_loss,
)

REGRESSION = ("regression", 0)
TWO = ("classification", 2)
THREE = ("classification", 3)


def fit(training: Training, network: Network, task: tuple[str, int], **more: Any) -> Any:
    return lambda: training.check(network, *task, **more)


def layered(*layers: Any) -> Callable[[], Network]:
    return lambda: Network(2, layers)


def read_network(text: str) -> Callable[[], Network]:
    return lambda: Network.from_json(text)


def read_training(text: str) -> Callable[[], Training]:
    return lambda: Training.from_json(text)


# What is tried, how the message begins, what else it says.
REFUSED: list[tuple[Callable[[], Any], str, str]] = [
    # layers
    (lambda: Dense(0), "Dense.units: ", "an integer >= 1, got 0"),
    (lambda: Dense(-3), "Dense.units: ", "got -3"),
    (lambda: Dense(True), "Dense.units: ", "an integer >= 1, got True"),
    (lambda: Dense(np.True_), "Dense.units: ", "an integer"),
    (lambda: Dense(2.0), "Dense.units: ", "an integer >= 1, got 2.0"),
    (lambda: Dense("10"), "Dense.units: ", "got '10'"),
    (lambda: Dense(None), "Dense.units: ", "got None"),
    (lambda: Dense(2**31), "Dense.units: ", "from 1 to 2147483647"),
    (lambda: Dense(10**5000), "Dense.units: ", "a value of type int"),
    (lambda: Dense(1, "rellu"), "Dense.activation: ", "did you mean 'relu'?"),
    (lambda: Dense(1, "ReLU"), "Dense.activation: ", "did you mean 'relu'?"),
    (lambda: Dense(1, "swish"), "Dense.activation: ", "did you mean 'silu'?"),
    (lambda: Dense(1, "qqqqqq"), "Dense.activation: ", "known are identity, sigmoid"),
    (lambda: Dense(1, "tanh(2)"), "Dense.activation: ", 'use "tanh"'),
    (lambda: Dense(1, "leaky_relu(x)"), "Dense.activation: ", "parameter of leaky_relu"),
    (
        lambda: Dense(1, "leaky_relu(inf)"),
        "Dense.activation: ",
        "a finite number as parameter of leaky_relu, got inf",
    ),
    (lambda: Dense(1, "leaky_relu()"), "Dense.activation: ", "got ''"),
    (
        lambda: Dense(1, "elu(-1)"),
        "Dense.activation: ",
        "a finite number >= 0 as parameter of elu, got -1.0",
    ),
    (lambda: Dense(1, "leaky_relu(0.1"), "Dense.activation: ", '"name(number)"'),
    (lambda: Dense(1, ""), "Dense.activation: ", '"name"'),
    (lambda: Dense(1, "re\nlu"), "Dense.activation: ", "got 're\\nlu'"),
    (lambda: Dense(1, math.tanh), "Dense.activation: ", "a string"),
    (lambda: Dense(1, bias=1), "Dense.bias: ", "True or False, got 1"),
    (lambda: Dense(1, dropout=1.0), "Dense.dropout: ", "in [0, 1), got 1.0"),
    (lambda: Dense(1, dropout=math.nan), "Dense.dropout: ", "got nan"),
    (lambda: Dense(1, dropout=False), "Dense.dropout: ", "got False"),
    (lambda: Dense(1, shortcuts=0), "Dense.shortcuts: ", "write (0,)"),
    (lambda: Dense(1, shortcuts=(0, -1)), "Dense.shortcuts[1]: ", "got -1"),
    (lambda: Dense(1, shortcuts=(0, 0)), "Dense.shortcuts: ", "at most once, got (0, 0)"),
    # networks
    (lambda: Network(0, (Dense(1),)), "Network.inputs: ", "got 0"),
    (lambda: Network(2, ()), "Network.layers: ", "at least the output layer"),
    (lambda: Network(2, Dense(1)), "Network.layers: ", "write (Dense(1),)"),
    (layered(Dense(3), 1), "Network.layers[1]: ", "such as Dense(10), got 1"),
    (layered(Dense(1, shortcuts=(0,))), "Network.layers[0].shortcuts: ", "input already"),
    (layered(Dense(3), Dense(1, shortcuts=(1,))), "Network.layers[1].shortcuts: ", "below 1"),
    (layered(Dense(3), Dense(1, shortcuts=(7,))), "Network.layers[1].shortcuts: ", "got 7"),
    (lambda: mlp(), "mlp.widths: ", "write mlp(2, 10, 1)"),
    (lambda: mlp(3), "mlp.widths: ", "at least inputs and outputs, got (3,)"),
    (lambda: mlp([2]), "mlp.widths: ", "at least inputs and outputs, got [2]"),
    (lambda: mlp(2, 8, 1, hidden=3), "mlp.widths: ", "if hidden is given, got (2, 8, 1)"),
    (lambda: mlp(2, 1, hidden=(3, 0)), "mlp.hidden[1]: ", "an integer >= 1, got 0"),
    (lambda: mlp(2, 0, 1), "mlp.widths[1]: ", "an integer >= 1, got 0"),
    (lambda: mlp(2, 1.5, 1), "mlp.widths[1]: ", "got 1.5"),
    (lambda: mlp(2, 1, activation="tan"), "mlp.activation: ", "did you mean 'tanh'?"),
    (lambda: mlp(2, 1, output="linear"), "mlp.output: ", "did you mean 'identity'?"),
    (lambda: mlp(2, 1, dropout=2), "mlp.dropout: ", "in [0, 1), got 2"),
    (lambda: mlp(2, 1, bias="no"), "mlp.bias: ", "got 'no'"),
    (lambda: mlp(2, 1).fan_in(0), "fan_in.k: ", "counted from 1"),
    (lambda: mlp(2, 1).fan_in(2), "fan_in.k: ", "from 1 to 1, got 2"),
    (lambda: mlp(2, 1, output="step").check_trainable(), "Network.layers[0]: ", "layer 1"),
    # networks from records
    (lambda: Network.from_dict(7), "Network: ", "an object with named fields, got 7"),
    (lambda: Network.from_json(None), "Network: ", "JSON text, got None"),
    (read_network("{"), "Network: ", "expected JSON"),
    (read_network("[" * 100_000), "Network: ", "expected JSON"),
    (read_network("{}"), "Network.version: ", 'add "version": 1'),
    (read_network('{"version": 2}'), "Network.version: ", "upgrade amenable"),
    (read_network('{"version": "1"}'), "Network.version: ", "got '1'"),
    (read_network('{"version": 1, "inputs": 2}'), "Network.layers: missing", ""),
    (read_network('{"version": 1, "input": 2}'), "Network: ", "did you mean 'inputs'?"),
    (read_network('{"inputs": 1, "inputs": 2}'), "Network: ", "'inputs' is given twice"),
    (read_network('{"version": 1, "inputs": 2, "layers": 3}'), "Network.layers: ", "got 3"),
    (
        read_network('{"version": 1, "inputs": 2, "layers": [{"units": 1}, {"units": 0}]}'),
        "Network.layers[1]: Dense.units: ",
        "got 0",
    ),
    (
        read_network('{"version": 1, "inputs": 2, "layers": [{"unit": 1}]}'),
        "Network.layers[0]: Dense: ",
        "did you mean 'units'?",
    ),
    # optimizers
    (lambda: SGD(-0.1), "SGD.lr: ", "a finite number >= 0, got -0.1"),
    (lambda: SGD(math.inf), "SGD.lr: ", "got inf"),
    (lambda: SGD("fast"), "SGD.lr: ", "got 'fast'"),
    (lambda: SGD(momentum=1.0), "SGD.momentum: ", "in [0, 1)"),
    (lambda: SGD(dampening=-1), "SGD.dampening: ", "in [0, 1]"),
    (lambda: SGD(nesterov=True), "SGD.nesterov: ", "use momentum=0.9"),
    (lambda: SGD(nesterov="yes"), "SGD.nesterov: ", "True or False"),
    (lambda: Momentum(momentum=-0.1), "SGD.momentum: ", "got -0.1"),
    (lambda: Nesterov(momentum=0.0), "SGD.nesterov: ", "momentum=0.0"),
    (lambda: RMSprop(alpha=1.5), "RMSprop.alpha: ", "in [0, 1], got 1.5"),
    (lambda: RMSprop(centered=0), "RMSprop.centered: ", "got 0"),
    (lambda: Adam(True), "Adam.lr: ", "got True"),
    (lambda: Adam(10**400), "Adam.lr: ", "a finite number"),
    (lambda: Adam(beta2=1.0), "Adam.beta2: ", "got 1.0"),
    (lambda: Adam(eps=-1e-8), "Adam.eps: ", "got -1e-08"),
    (lambda: AdamW(weight_decay=-1), "AdamW.weight_decay: ", "got -1"),
    (lambda: Rprop(eta_minus=1.0), "Rprop.eta_minus: ", "in (0, 1)"),
    (lambda: Rprop(eta_plus=1.0), "Rprop.eta_plus: ", "> 1"),
    (lambda: Rprop(step_min=5, step_max=1), "Rprop.step_min: ", "step_max=1, got 5"),
    # schedules
    (lambda: StepDecay(0), "StepDecay.every: ", "got 0"),
    (lambda: StepDecay(10, gamma=0), "StepDecay.gamma: ", "in (0, 1], got 0"),
    (lambda: Cosine(steps=0), "Cosine.steps: ", "got 0"),
    (lambda: Cosine(floor=2), "Cosine.floor: ", "in [0, 1], got 2"),
    (lambda: InverseTime(0.0), "InverseTime.tau: ", "> 0"),
    # trainings
    (lambda: Training("adm"), "Training.optimizer: ", "did you mean 'adam'?"),
    (lambda: Training(Adam), "Training.optimizer: ", "call it: Adam()"),
    (lambda: Training(schedule="cosin"), "Training.schedule: ", "did you mean 'cosine'?"),
    (lambda: Training(loss="mse"), "Training.loss: ", "did you mean 'squared'?"),
    (lambda: Training(loss="huber(0)"), "Training.loss: ", "> 0 as parameter of huber, got 0.0"),
    (lambda: Training(loss=None), "Training.loss: ", "a string, got None"),
    (lambda: Training(batch=0), "Training.batch: ", "got 0; use batch=32"),
    (lambda: Training(batch="all"), "Training.batch: ", '"full"'),
    (lambda: Training(batch=32.0), "Training.batch: ", "an integer >= 1, got 32.0"),
    (lambda: Training(batch=True), "Training.batch: ", "got True"),
    (lambda: Training(order="random"), "Training.order: ", '"shuffled" or "sequential"'),
    (lambda: Training(batch="full", order="replacement"), "Training.order: ", "full"),
    (lambda: Training(epochs=0), "Training.epochs: ", "got 0"),
    (lambda: Training(steps=-1), "Training.steps: ", "got -1"),
    (lambda: Training(epochs=1, steps=1), "Training.epochs: ", "epochs=1, steps=1"),
    (lambda: Training(warmup=-1), "Training.warmup: ", "an integer >= 0"),
    (lambda: Training(init="xavier_uniform"), "Training.init: ", "'glorot_uniform'?"),
    (lambda: Training(init="normal(-1)"), "Training.init: ", "parameter of normal"),
    (lambda: Training(bias_init="orthogonal"), "Training.bias_init: ", "matrix"),
    (lambda: Training(l2=-1), "Training.l2: ", "got -1"),
    (lambda: Training(weight_decay=math.nan), "Training.weight_decay: ", "got nan"),
    (lambda: Training(l1="much"), "Training.l1: ", "got 'much'"),
    (lambda: Training(penalize_biases=None), "Training.penalize_biases: ", "got None"),
    (lambda: Training(clip_norm=0), "Training.clip_norm: ", "None clips nothing"),
    (lambda: Training(patience=0), "Training.patience: ", "got 0"),
    (lambda: Training(probe_every=0.5), "Training.probe_every: ", "got 0.5"),
    (lambda: Training(class_weights="even"), "Training.class_weights: ", '"balanced"'),
    (lambda: Training(class_weights=3), "Training.class_weights: ", "got 3"),
    (lambda: Training(class_weights=(1,)), "Training.class_weights: ", "at least two"),
    (lambda: Training(class_weights=(0, 0)), "Training.class_weights: ", "not all zero"),
    (lambda: Training(class_weights=(1, -1)), "Training.class_weights[1]: ", "got -1"),
    (lambda: Training(targets=(1, 1)), "Training.targets: ", "in ascending order"),
    (lambda: Training(targets=(1, -1)), "Training.targets: ", "in ascending order"),
    (lambda: Training(targets=(0, 1, 2)), "Training.targets: ", "two numbers"),
    (lambda: Training(targets=0.5), "Training.targets: ", "such as (-1.0, 1.0)"),
    (lambda: Training(dtype=np.float32), "Training.dtype: ", '"float32" or "float64"'),
    # goals
    (lambda: Training(goal="good"), "Training.goal: ", 'write "accuracy >= 0.95"'),
    (lambda: Training(goal=0.95), "Training.goal: ", "a string like"),
    (lambda: Training(goal="accurracy >= 1"), "Training.goal: ", "'accuracy'?"),
    (lambda: Training(goal="accuracy >= 95%"), "Training.goal: ", "write 0.95"),
    (lambda: Training(goal="accuracy >= 95"), "Training.goal: ", "in [0, 1]"),
    (lambda: Training(goal="accuracy <= 1"), "Training.goal: ", "higher"),
    (lambda: Training(goal="loss > 1"), "Training.goal: ", '"<="'),
    (lambda: Training(goal="loss <= nan"), "Training.goal: ", "got nan"),
    (lambda: parse_goal("r2 >= 1.5"), "goal: ", "<= 1, got 1.5"),
    (lambda: parse_goal("exam loss <= 1"), "goal: ", "got 'exam'"),
    (lambda: Goal(3, ">=", 1), "Goal.metric: ", "one of accuracy, "),
    # trainings from records
    (read_training('{"version": 9}'), "Training.version: ", "upgrade amenable"),
    (read_training('{"version": 1, "lr": 1}'), "Training: ", "'lr'; "),
    (read_training('{"version": 1, "batch_size": 1}'), "Training: ", "did you mean 'batch'?"),
    (read_training('{"version": 1, "batch": NaN}'), "Training.batch: ", "got nan"),
    (read_training('{"version": 1, "optimizer": "adam"}'), "Training.optimizer: ", "object"),
    (
        read_training('{"version": 1, "optimizer": {"lr": 1}}'),
        "Training.optimizer.kind: missing",
        "one of sgd, rmsprop",
    ),
    (
        read_training('{"version": 1, "optimizer": {"kind": "adamm"}}'),
        "Training.optimizer.kind: ",
        "did you mean 'adam'?",
    ),
    (
        read_training('{"version": 1, "optimizer": {"kind": "sgd", "beta1": 1}}'),
        "Training.optimizer: ",
        "known are lr, momentum",
    ),
    (
        read_training('{"version": 1, "optimizer": {"kind": "sgd", "lr": -1}}'),
        "Training.optimizer: SGD.lr: ",
        "got -1",
    ),
    (
        read_training('{"version": 1, "schedule": {"kind": "step_decay"}}'),
        "Training.schedule.every: missing",
        "",
    ),
    # tables
    (lambda: parse_activation("sofplus"), "activation: ", "'softplus'?"),
    (lambda: parse_loss("auto"), "loss: ", "known are squared"),
    (lambda: parse_initializer("kaiming_normal"), "init: ", "did you mean 'he_normal'?"),
    # what does not fit together
    (fit(Training(loss="logistic"), mlp(2, 1), REGRESSION), "Training.loss: ", "squared"),
    (fit(Training(loss="softmax"), mlp(2, 1), REGRESSION), "Training.loss: ", "regression"),
    (fit(Training(loss="hinge"), mlp(2, 1), REGRESSION), "Training.loss: ", "hinge"),
    (fit(Training(loss="squared_hinge"), mlp(2, 1), REGRESSION), "Training.loss: ", "hinge"),
    (fit(Training(loss="exponential"), mlp(2, 1), REGRESSION), "Training.loss: ", "classes"),
    (fit(Training(loss="softmax"), mlp(2, 1), TWO), "Training.loss: ", 'or loss="logistic"'),
    (fit(Training(), mlp(2, 1), THREE), "Training.loss: ", "use 3 outputs"),
    (fit(Training(), mlp(2, 4), THREE), "Network.layers: ", "3 units"),
    (fit(Training(), mlp(2, 2), TWO), "Network.layers: ", "1 unit in the last layer"),
    (
        fit(Training(), mlp(2, 1, output="sigmoid"), TWO),
        "Training.loss: ",
        "already contains the sigmoid: use output='identity'",
    ),
    (
        fit(Training(), mlp(2, 3, output="sigmoid"), THREE),
        "Training.loss: ",
        "already contains the softmax: use output='identity'",
    ),
    (
        fit(Training(), mlp(2, 1), REGRESSION, n_targets=3),
        "Network.layers: ",
        "3 units in the last layer for 3 numbers to predict, got 1",
    ),
    (fit(Training(), mlp(2, 1), ("classification", 1)), "n_classes: ", "nothing to learn"),
    (fit(Training(), mlp(2, 1), ("ranking", 2)), "task: ", '"regression", got'),
    (fit(Training(class_weights="balanced"), mlp(2, 1), REGRESSION), "Training.class_w", "out"),
    (fit(Training(class_weights=(1, 2)), mlp(2, 3), THREE), "Training.class_weights: ", "3"),
    (fit(Training(targets=(0, 1)), mlp(2, 1), REGRESSION), "Training.targets: ", "classes"),
    (fit(Training(targets=(0, 1)), mlp(2, 1), TWO), "Training.targets: ", "logistic"),
    (fit(Training(goal="r2 >= 0.9"), mlp(2, 1), TWO), "Training.goal: ", "accuracy, balanced"),
    (fit(Training(goal="accuracy >= 1"), mlp(2, 1), REGRESSION), "Training.goal: ", "r2"),
    # grids
    (lambda: grid(Adam(), lr=[1]), "grid.training: ", "a Training"),
    (lambda: grid(Training(), lr=0.1), "grid.lr: ", "write lr=[0.1]"),
    (lambda: grid(Training(), lr=[]), "grid.lr: ", "at least one value"),
    (lambda: grid(Training(), learning_rate=[1]), "grid.learning_rate: ", "'lr'?"),
    (lambda: grid(Training(), lr=[0.1, -1]), "grid, lr=-1: Adam.lr: ", "got -1"),
    (lambda: grid(Training(), batch=[8, 0]), "grid, batch=0: Training.batch: ", "got 0"),
    (lambda: grid(Training(), momentum=[0.9]), "grid, momentum=0.9: momentum: ", "of Adam"),
    (lambda: grid(Training(), optimizer=["sdg"]), "grid, optimizer='sdg': ", "'sgd'?"),
    (lambda: grid(Training(), epochs=[1], steps=[1]), "grid, epochs=1, steps=1: ", "both"),
]


@pytest.mark.parametrize(
    ("attempt", "begins", "says"), REFUSED, ids=[f"{i}-{case[1]}" for i, case in enumerate(REFUSED)]
)
def test_refusal_is_one_line_that_names_its_culprit(
    attempt: Callable[[], Any], begins: str, says: str
) -> None:
    with pytest.raises(DescriptionError) as caught:
        attempt()
    message = str(caught.value)
    assert message.startswith(begins)
    assert says in message
    assert len(message.splitlines()) == 1
    assert len(message) < 300


def test_numbers_of_numpy_become_plain() -> None:
    layer = Dense(np.int32(3), dropout=np.float64(0.25), bias=np.True_, shortcuts=np.array([0]))
    assert layer == Dense(3, dropout=0.25, bias=True, shortcuts=(0,))
    assert [type(it) for it in (layer.units, layer.dropout, layer.bias, layer.shortcuts[0])] == [
        int,
        float,
        bool,
        int,
    ]
    training = Training(SGD(np.float32(0.5)), batch=np.int64(8), loss=np.str_("squared"))
    assert repr(training) == repr(Training(SGD(0.5), batch=8, loss="squared"))


def test_minus_zero_is_zero() -> None:
    assert repr(Training(l2=-0.0)) == repr(Training())


def test_expression_is_canonical() -> None:
    written = ["leaky_relu", " leaky_relu ( .010 ) ", "leaky_relu(1e-2)"]
    assert {Dense(1, text).activation for text in written} == {"leaky_relu(0.01)"}


def test_names_say_their_defaults_and_cannot_be_changed() -> None:
    names = Names("colour", {"red": None, "grey": ExpressionParameter(0.5, Range(0.0, 1.0))})
    assert dict(names.defaults) == {"red": None, "grey": 0.5}
    assert names.parse("x", "grey(1)") == ("grey", 1.0)
    with pytest.raises(TypeError):
        names.defaults["red"] = 1.0  # type: ignore[index]


@pytest.mark.parametrize(
    ("low", "high", "low_open", "high_open", "inside", "outside", "words"),
    [
        (-math.inf, math.inf, False, False, -1e308, math.inf, "a finite number"),
        (0, math.inf, False, False, 0.0, -1e-300, "a finite number >= 0"),
        (0, math.inf, True, False, 1e-300, 0.0, "a finite number > 0"),
        (-math.inf, 1, False, False, 1.0, 1.1, "a finite number <= 1"),
        (0, 1, False, True, 0.0, 1.0, "a number in [0, 1)"),
        (0, 1, True, False, 1.0, 0.0, "a number in (0, 1]"),
    ],
)
def test_range(
    low: float,
    high: float,
    low_open: bool,
    high_open: bool,
    inside: float,
    outside: float,
    words: str,
) -> None:
    allowed = Range(low, high, low_open, high_open)
    assert inside in allowed
    assert outside not in allowed
    assert not any(value in allowed for value in (math.nan, math.inf, -math.inf))
    assert str(allowed) == words


def test_shown_is_short_and_on_one_line() -> None:
    assert quote(np.zeros((30, 30))).count("\n") == 0
    assert len(quote("x" * 1000)) == 60
    assert quote(10**5000) == "a value of type int"


def test_did_you_mean() -> None:
    assert did_you_mean("Leaky-ReLU", ["relu", "leaky_relu"]) == "did you mean 'leaky_relu'?"
    assert did_you_mean("mse", ["squared"], {"mse": "squared"}) == "did you mean 'squared'?"
    assert did_you_mean("zzz", ["relu"]) == ""
