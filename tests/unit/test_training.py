"""Trainings: what is derived from a description, grids, and reading and writing it."""

import json
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from amenable.errors import DescriptionError
from amenable.network import mlp
from amenable.training import (
    INITIALIZERS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    Goal,
    InverseTime,
    Momentum,
    Nesterov,
    Optimizer,
    RMSprop,
    Rprop,
    StepDecay,
    Training,
    grid,
    parse_goal,
    parse_initializer,
    parse_loss,
)


def test_defaults() -> None:
    training = Training()
    assert training.optimizer == Adam(lr=0.01)
    assert (training.epochs, training.steps) == (100, None)
    assert training == Training(epochs=100)
    assert (Training(steps=7).epochs, Training(steps=7).steps) == (None, 7)


def test_trainings_are_values() -> None:
    assert len({Training(), Training(), Training(batch=1)}) == 2
    assert Training(loss="huber") == Training(loss="huber(1.0)")
    assert Training(Adam(1)) == Training(Adam(1.0))
    assert Training(Adam()) != Training(AdamW())
    with pytest.raises(FrozenInstanceError):
        Training().batch = 3  # type: ignore[misc]
    special = Training(Nesterov(), schedule=Cosine(), class_weights=[1, 2])  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(special)) == special
    assert special.class_weights == (1.0, 2.0)


def test_replace() -> None:
    assert replace(Training(), batch=8) == Training(batch=8)
    assert replace(Training(), epochs=None, steps=500) == Training(steps=500)


@pytest.mark.parametrize(
    ("optimizer", "name"),
    [
        (SGD(), "sgd"),
        (SGD(momentum=0.5), "momentum"),
        (Momentum(), "momentum"),
        (Nesterov(), "nesterov"),
        (RMSprop(), "rmsprop"),
        (Adam(), "adam"),
        (AdamW(), "adamw"),
        (Rprop(), "rprop"),
    ],
)
def test_optimizer_has_its_name(optimizer: Optimizer, name: str) -> None:
    assert optimizer.name == name
    assert name in OPTIMIZERS


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_of_a_name(name: str) -> None:
    optimizer = OPTIMIZERS[name](lr=0.25)
    assert (optimizer.name, optimizer.lr) == (name, 0.25)


def test_decoupled_decay_adds_the_optimizers_own() -> None:
    assert Training(AdamW(), weight_decay=0.5).decoupled_decay == 0.51
    assert Training(Adam(), weight_decay=0.5).decoupled_decay == 0.5


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Constant(), [1, 1, 1, 1, 1]),
        (StepDecay(2, 0.5), [1, 1, 0.5, 0.5, 0.25]),
        (Cosine(), [1, 0.5 + 0.125**0.5, 0.5, 0.5 - 0.125**0.5, 0]),
        (Cosine(steps=2, floor=0.5), [1, 0.75, 0.5, 0.5, 0.5]),
        (InverseTime(2), [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3]),
    ],
)
def test_schedule(schedule: object, expected: list[float]) -> None:
    training = Training(schedule=schedule)  # type: ignore[arg-type]
    assert [training.lr_factor(t, 4) for t in range(5)] == pytest.approx(expected, abs=1e-15)
    assert SCHEDULES[training.schedule.name] is type(schedule)


def test_warmup_is_multiplied_with_the_schedule() -> None:
    training = Training(warmup=1, schedule=StepDecay(1, 0.5))
    assert [training.lr_factor(t, 9) for t in range(3)] == [0.5, 0.5, 0.25]


def test_resolved_loss() -> None:
    assert Training().resolved_loss("classification", 2) == "logistic"
    assert Training().resolved_loss("classification", 3) == "softmax"
    assert Training().resolved_loss("regression") == "squared"
    assert Training(loss="huber").resolved_loss("regression") == "huber(1.0)"


def test_resolved_init() -> None:
    family = ["relu", "leaky_relu(0.1)", "elu(1.0)", "gelu", "silu", "softplus"]
    assert {Training().resolved_init(it) for it in family} == {"he_uniform"}
    assert {Training().resolved_init(it) for it in ("tanh", "identity")} == {"glorot_uniform"}
    assert Training(init="normal").resolved_init("relu") == "normal(0.1)"


def test_resolved_bias_init() -> None:
    assert Training().resolved_bias_init() == "constant(0.0)"
    assert Training(init="pytorch").resolved_bias_init() == "pytorch"
    assert Training(init="pytorch", bias_init="constant(1)").resolved_bias_init() == "constant(1.0)"


@pytest.mark.parametrize(
    ("training", "widths", "output", "n_classes"),
    [
        (Training(), (2, 1), "identity", 2),
        (Training(), (2, 3), "identity", 3),
        (Training(loss="softmax"), (2, 2), "identity", 2),
        (Training(loss="logistic", class_weights=(1, 2, 3)), (2, 3), "identity", 3),
        (Training(loss="squared", targets=(-1, 1)), (2, 1), "sigmoid", 2),
        (Training(loss="hinge", goal="accuracy >= 1"), (2, 1), "tanh", 2),
    ],
)
def test_what_fits_classes(
    training: Training, widths: tuple[int, ...], output: str, n_classes: int
) -> None:
    training.check(mlp(*widths, output=output), "classification", n_classes)


@pytest.mark.parametrize("loss", ["auto", "squared", "absolute", "huber(2)"])
def test_what_fits_numbers(loss: str) -> None:
    training = Training(loss=loss, goal="validation rmse <= 0.1")
    training.check(mlp(2, 3), "regression")
    training.check(mlp(2, 3, output="sigmoid"), "regression", n_targets=3)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_can_be_used(name: str) -> None:
    assert parse_loss(name) == (name, LOSSES[name])
    assert parse_loss(Training(loss=name).loss) == (name, LOSSES[name])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_initializer_can_be_used(name: str) -> None:
    assert parse_initializer(name) == (name, INITIALIZERS[name])
    assert parse_initializer(Training(init=name).init) == (name, INITIALIZERS[name])


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("accuracy >= 0.95", Goal("accuracy", ">=", 0.95)),
        ("accuracy>=.95", Goal("accuracy", ">=", 0.95)),
        ("  training   accuracy >= 1 ", Goal("accuracy", ">=", 1.0, "training")),
        ("validation loss <= 1e-2", Goal("loss", "<=", 0.01, "validation")),
        ("r2 >= -1", Goal("r2", ">=", -1.0)),
        ("max_error <= 0.1", Goal("max_error", "<=", 0.1)),
    ],
)
def test_goal(text: str, goal: Goal) -> None:
    assert parse_goal(text) == goal
    assert parse_goal(str(goal)) == goal
    assert Training(goal=text).goal == str(goal)


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_a_goal(metric: str) -> None:
    comparison = METRICS[metric][0]
    assert Training(goal=f"{metric} {comparison} 0.5").goal == f"{metric} {comparison} 0.5"


@pytest.mark.parametrize(
    ("training", "words"),
    [
        (Training(), "adam lr 0.01, batch 32, 100 epochs"),
        (Training(Momentum(1), batch="full", steps=1), "momentum lr 1, full batch, 1 step"),
        (Training(Momentum(momentum=0.5)), "momentum lr 0.01 momentum 0.5, batch 32, 100 epochs"),
        (
            Training(RMSprop(centered=True), schedule=Cosine(floor=0.1), l2=1e-4, epochs=1),
            "rmsprop lr 0.01 centered, batch 32, 1 epoch, cosine floor 0.1, l2 0.0001",
        ),
        (
            Training(
                schedule=StepDecay(50), class_weights=(1, 2), penalize_biases=True, loss="hinge"
            ),
            "adam lr 0.01, batch 32, 100 epochs, loss hinge(1.0), step_decay every 50, penalize "
            + "biases, class weights 1/2",
        ),
    ],
)
def test_describe(training: Training, words: str) -> None:
    assert training.describe() == words


def test_record_is_plain_and_complete() -> None:
    training = Training(SGD(0.5), schedule=StepDecay(10), class_weights=(1, 2))
    record = training.to_dict()
    assert record["version"] == 2
    assert set(record) == {"version", *(one.name for one in fields(Training))}
    assert record["optimizer"] == {
        "kind": "sgd",
        "lr": 0.5,
        "momentum": 0.0,
        "dampening": 0.0,
        "nesterov": False,
    }
    assert record["schedule"] == {"kind": "step_decay", "every": 10, "gamma": 0.1}
    assert record["class_weights"] == [1.0, 2.0]
    assert json.loads(training.to_json()) == record


def test_reading_leaves_the_record_alone() -> None:
    record = Training().to_dict()
    Training.from_dict(record)
    assert record == Training().to_dict()


def test_json_of_version_1_is_still_read() -> None:
    text = """{"version": 1, "optimizer": {"kind": "rprop", "backtracking": true}, "steps": 9,
        "batch": "full", "schedule": {"kind": "cosine"}, "goal": "accuracy >= 1"}"""
    expected = Training(
        Rprop(backtracking=True),
        steps=9,
        batch="full",
        schedule=Cosine(),
        goal="accuracy >= 1",
        judge="first_touch",
    )
    assert Training.from_json(text) == expected
    assert Training.from_json('{"version": 1, "patience": 5}').restore == "last"
    assert Training.from_json('{"version": 1}') == Training()


@pytest.mark.parametrize(
    ("goal", "judge", "split", "at_end"),
    [
        ("accuracy >= 0.9", "auto", "test", True),
        ("accuracy >= 0.9", "end", "test", True),
        ("accuracy >= 0.9", "first_touch", "validation", False),
        ("training accuracy >= 0.9", "auto", "training", False),
        ("training accuracy >= 0.9", "end", "training", True),
        ("validation accuracy >= 0.9", "auto", "validation", True),
    ],
)
def test_when_a_goal_is_judged_and_on_which_rows(
    goal: str, judge: str, split: str, at_end: bool
) -> None:
    training = Training(goal=goal, judge=judge)
    assert training.goal_split(has_validation=True, has_test=True) == split
    assert training.judges_at_end(split) == at_end


def test_where_there_are_no_such_rows_a_goal_is_judged_on_others() -> None:
    training = Training(goal="accuracy >= 0.9")
    assert training.goal_split(has_validation=True, has_test=False) == "validation"
    assert training.goal_split(has_validation=False, has_test=False) == "training"


def test_test_rows_end_nothing() -> None:
    with pytest.raises(DescriptionError, match="test rows must not end a training"):
        Training(goal="test accuracy >= 0.9", judge="first_touch")


def test_whose_weights_are_kept() -> None:
    assert [Training(patience=it).restores_best for it in (None, 5)] == [False, True]
    assert [Training(restore=it).restores_best for it in ("best", "last")] == [True, False]
    assert Training(judge="end", restore="best").describe().endswith("judge end, restore best")


def test_grid_is_every_combination_in_order() -> None:
    assert grid(Training(), lr=[0.1, 0.01], batch=[1, "full"]) == (
        Training(Adam(0.1), batch=1),
        Training(Adam(0.1), batch="full"),
        Training(Adam(0.01), batch=1),
        Training(Adam(0.01), batch="full"),
    )
    assert grid(Training()) == (Training(),)


def test_grid_over_optimizers_changes_each() -> None:
    assert grid(Training(), optimizer=[Momentum(), Adam()], lr=np.array([0.5, 0.25])) == (
        Training(Momentum(0.5)),
        Training(Momentum(0.25)),
        Training(Adam(0.5)),
        Training(Adam(0.25)),
    )


def test_grid_keeps_the_rest_of_the_optimizer() -> None:
    assert grid(Training(Adam(beta1=0.5)), lr=[0.1]) == (Training(Adam(0.1, beta1=0.5)),)


def test_grid_weight_decay_is_the_optimizers_where_it_has_one() -> None:
    assert grid(Training(AdamW()), weight_decay=[0.5]) == (Training(AdamW(weight_decay=0.5)),)
    assert grid(Training(), weight_decay=[0.5]) == (Training(weight_decay=0.5),)


def test_grid_replaces_the_budget() -> None:
    assert grid(Training(), steps=[10, 20]) == (Training(steps=10), Training(steps=20))
    assert grid(Training(steps=10), epochs=[3]) == (Training(epochs=3),)


@pytest.mark.parametrize("metric", ["log_loss", "brier"])
@pytest.mark.parametrize(
    ("loss", "n_classes", "fits"),
    [
        ("auto", 2, True),
        ("auto", 3, True),
        ("softmax", 2, True),
        ("hinge", 2, False),
        ("squared", 3, False),
        ("logistic", 3, False),
    ],
)
def test_goals_on_probabilities_need_them(metric, loss, n_classes, fits) -> None:
    training = Training(loss=loss, goal=f"{metric} <= 0.2")
    network = mlp(4, 1 if n_classes == 2 and loss != "softmax" else n_classes)
    if fits:
        training.check(network, "classification", n_classes)
        return
    message = f"^Training.goal: {metric} needs probabilities, which {loss} loss does not give"
    with pytest.raises(DescriptionError, match=message):
        training.check(network, "classification", n_classes)


def test_optimizers_and_schedules_are_objects_or_texts():
    assert Training("adam(lr=0.5)", schedule="cosine") == Training(Adam(0.5), schedule=Cosine())
    texts = grid(Training(), optimizer=["sgd", "momentum(lr=0.1)"], l2=[0.0])
    assert texts == grid(Training(), optimizer=[SGD(), Momentum(0.1)], l2=[0.0])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lr", "unknown field 'lr'; it belongs to the optimizer: optimizer=\"sgd(lr=…)\""),
        ("learning_rate", 'it belongs to the optimizer: optimizer="sgd(lr=…)"'),
        ("floor", 'it belongs to the schedule: schedule="cosine(floor=…)"'),
        ("epoch", "did you mean 'epochs'?"),
        ("batch_size", "did you mean 'batch'?"),
    ],
)
def test_an_unknown_field_says_where_it_belongs(name: str, said: str) -> None:
    with pytest.raises(DescriptionError) as error:
        Training(**{name: 1})
    assert said in str(error.value)
