"""Settings: one JSON value for each value, and errors that name what is wrong."""

import json
from dataclasses import fields

import numpy as np
import pytest

import amenable as am
from amenable.population.keys import Configuration, every_setting
from amenable.settings import NAMES, canonical, check_name
from amenable.space.builder import candidates
from amenable.training import OPTIMIZERS, SCHEDULES, parts


def test_every_field_can_vary():
    owners = [am.Training, *(type(make()) for make in OPTIMIZERS.values()), *SCHEDULES.values()]
    for owner in owners:
        for one in fields(owner):
            steps = owner is am.Cosine and one.name == "steps"
            assert ("schedule.steps" if steps else one.name) in NAMES
    assert {"hidden", "activation", "output", "bias", "dropout", "network"} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("hidden", 4, [4]),
        ("hidden", (8, 4), [8, 4]),
        ("hidden", np.int64(3), [3]),
        *(("hidden", none, []) for none in ("none", "None", None, (), [])),
        ("activation", "leaky_relu", "leaky_relu(0.01)"),
        ("output", "identity", "identity"),
        ("bias", False, False),
        ("dropout", 0, 0.0),
        ("optimizer", am.Adam(0.01), "adam(lr=0.01)"),
        ("optimizer", am.Adam(), "adam(lr=0.001)"),
        ("optimizer", am.Nesterov(0.1), "nesterov(lr=0.1)"),
        ("optimizer", am.Momentum(0.1, 0.5), "momentum(lr=0.1, momentum=0.5)"),
        ("optimizer", " adam( 0.01 , beta1 = 0.5) ".strip(), "adam(lr=0.01, beta1=0.5)"),
        ("optimizer", "rprop(backtracking=true)", "rprop(backtracking=True)"),
        ("optimizer", "adam()", "adam"),
        ("schedule", am.StepDecay(100), "step_decay(every=100)"),
        ("schedule", am.Constant(), "constant"),
        ("schedule", "step_decay", "step_decay"),
        ("schedule", "cosine(steps=none)", "cosine(steps=None)"),
        ("schedule.steps", 100, 100),
        ("loss", "hinge", "hinge(1.0)"),
        ("batch", "full", "full"),
        ("steps", 5, 5),
        ("epochs", 5, 5),
        ("goal", "accuracy>=0.9", "accuracy >= 0.9"),
        ("goal", "none", None),
        ("clip_norm", None, None),
        ("class_weights", (1, 2), [1.0, 2.0]),
        ("targets", (-1, 1), [-1.0, 1.0]),
        ("nesterov", True, True),
        ("momentum", 0, 0.0),
        ("step_min", 60, 60.0),
        ("step_max", 1e-9, 1e-9),
        ("weight_decay", 1, 1.0),
        ("samples", 7, 7),
        ("every", 3, 3),
    ],
)
def test_one_value_stands_for_all_ways_to_write_it(name, given, kept):
    found = canonical(name, given)
    assert found == kept
    assert type(found) is type(kept)
    assert canonical(name, json.loads(json.dumps(found))) == found


def test_networks_by_object_by_record_and_by_name():
    record = canonical("network", am.mlp(2, 3, 1))
    assert canonical("network", record) == record
    assert canonical("network", {"inputs": 2, "layers": record["layers"]}) == record
    assert canonical("network", "lenet5") == am.lenet5().to_dict()


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("hidden", 0, "hidden: expected a width or several, each an integer >= 1, got 0"),
        ("hidden", "wide", "hidden: expected a width or several"),
        ("hidden", [[2]], "hidden: expected a width"),
        ("activation", "rleu", "unknown activation 'rleu'; did you mean 'relu'?"),
        ("activation", "step", "expected an activation with a gradient"),
        ("output", "step", "expected an activation with a gradient"),
        ("optimizer", "adm", "optimizer: unknown optimizer 'adm'; did you mean 'adam'?"),
        ("optimizer", "adam(lr=-1)", "Adam.lr: expected a finite number >= 0, got -1"),
        ("optimizer", "adam(rate=1)", "optimizer: adam has no 'rate'; "),
        ("optimizer", "adam(0.1, lr=0.1)", "optimizer: expected lr once"),
        ("optimizer", "adam(lr=0.1", 'such as "adam" or "adam(lr=0.01)"'),
        ("optimizer", "adam(1)(2)", 'such as "adam"'),
        ("optimizer", "adam(__import__('os'))", 'such as "adam"'),
        ("optimizer", "sgd(0.1, 0.2, 0.3, True, 5)", "at most 4 values in sgd(…)"),
        ("optimizer", am.Adam, "call it: Adam()"),
        ("optimizer", 3, "expected the name of one, or one such as Adam(0.01), got 3"),
        ("schedule", "cosin", "did you mean 'cosine'?"),
        ("schedule", am.Adam(), "expected the name of one, or one such as Cosine()"),
        ("schedule", "step_decay(0)", "StepDecay.every: expected an integer >= 1, got 0"),
        ("lr", -1, "expected a finite number >= 0, got -1"),
        ("momentum", 1.0, "expected a number in [0, 1), got 1.0"),
        ("epochs", None, "epochs: expected an integer >= 1, got None"),
        ("batch", 2.5, "Training.batch: expected an integer >= 1, got 2.5"),
        ("goal", "acc > 1", "Training.goal"),
        ("network", "lenet4", "did you mean 'lenet"),
        ("network", 3, "network: expected a Network"),
        ("network", am.mlp(2, 2, 1, activation="step"), "expected an activation with a gradient"),
    ],
)
def test_values_that_cannot_be_are_refused(name, given, said):
    with pytest.raises(am.DescriptionError) as error:
        canonical(name, given)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("lr", "lr"),
        ("optimizer.lr", "lr"),
        ("training.batch", "batch"),
        ("schedule.gamma", "gamma"),
        ("schedule.steps", "schedule.steps"),
        ("steps", "steps"),
    ],
)
def test_names_with_their_owner(name, kept):
    assert check_name(name) == kept


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("activaton", "activation"),
        ("learning_rate", "lr"),
        ("widths", "hidden"),
        ("batchsize", "batch"),
    ],
)
def test_names_that_are_none_suggest_one(name, meant):
    with pytest.raises(am.DescriptionError, match=f"did you mean '{meant}'"):
        check_name(name)


def test_a_part_is_made_of_what_is_said_then_of_others_then_of_defaults():
    part = parts.read("optimizer", "momentum(momentum=0.5)")
    made = parts.make("optimizer", part, {"lr": 0.2, "momentum": 0.7, "every": 3})
    assert made == am.Momentum(0.2, 0.5)
    with pytest.raises(am.DescriptionError, match="step_decay needs every; write"):
        parts.make("schedule", parts.read("schedule", "step_decay"), {})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", ["constant", "step_decay(3)", "cosine", "inverse_time(9)"])
def test_a_configuration_is_made_again_from_every_setting(optimizer, schedule):
    training = am.Training(
        optimizer,
        steps=9,
        loss="squared",
        schedule=schedule,
        goal="r2 >= 0.5",
    )
    for network in (am.mlp(1, 8, 4, 1, activation="relu"), am.mlp(1, 1, bias=False)):
        it = Configuration(network, training)
        found = every_setting(it)
        assert json.loads(json.dumps(found)) == found
        assert ("activation" in found) == bool(network.hidden)
        assert found.pop("epochs") is None
        (again,) = candidates(am.Space(**{name: [one] for name, one in found.items()}), "sine")
        assert again.configuration == it


def test_networks_of_other_kinds_have_no_settings_of_mlp():
    training = am.Training(steps=9)
    found = every_setting(Configuration(am.lenet5(), training))
    assert found == every_setting(Configuration(am.lenet1(), training))
    assert not {"hidden", "activation", "bias"} & set(found)
