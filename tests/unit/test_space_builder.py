"""From settings to networks and trainings: everything lands where it belongs, and fits the data."""

import numpy as np
import pytest

import amenable as am
from amenable.datasets import Dataset
from amenable.space import defaults
from amenable.space.builder import candidates


@pytest.fixture(scope="module")
def moons():
    return am.load("moons")


def one(settings, data, training=None, **options):
    (found,) = candidates(settings, data, training, **options)
    return found


def test_settings_land_in_network_training_optimizer_and_schedule(moons):
    it = one(
        {
            "hidden": [8, 4],
            "activation": "relu",
            "bias": False,
            "dropout": 0.1,
            "optimizer": "adam",
            "lr": 0.5,
            "beta1": 0.8,
            "schedule": "cosine",
            "floor": 0.2,
            "schedule.steps": 50,
            "steps": 100,
            "batch": 16,
            "l2": 0.01,
            "class_weights": [1.0, 2.0],
            "goal": "accuracy >= 0.9",
        },
        moons,
    )
    network, training = it.configuration
    assert network == am.mlp(2, 8, 4, 1, activation="relu", bias=False, dropout=0.1)
    assert training.optimizer == am.Adam(0.5, beta1=0.8)
    assert training.schedule == am.Cosine(50, floor=0.2)
    assert (training.steps, training.epochs, training.batch, training.l2) == (100, None, 16, 0.01)
    assert training.class_weights == (1.0, 2.0)
    assert it.settings["schedule.steps"] == 50


def test_defaults_are_the_expert_s_and_do_not_depend_on_how_many(moons):
    (first,) = candidates(am.Space(hidden=4), moons)
    many = candidates(am.Space(hidden=list(range(2, 100))), moons)
    training = first.configuration.training
    assert {it.configuration.training for it in many} == {training}
    assert training.optimizer == am.Adam(defaults.learning_rate("adam", moons))
    assert training.batch == defaults.batch("adam", moons)
    assert training.probe_every == defaults.probe_every(moons, training)
    sgd = one({"optimizer": "sgd"}, moons).configuration.training
    assert sgd.optimizer.lr == defaults.learning_rate("sgd", moons)
    assert one({"optimizer": "adam(lr=0.5)"}, moons).configuration.training.optimizer.lr == 0.5


def test_a_training_gives_what_the_settings_do_not_say(moons):
    base = am.Training(am.Momentum(0.2), epochs=7, l2=0.1, goal="accuracy >= 0.8")
    training = one({"momentum": 0.5, "steps": 30}, moons, base).configuration.training
    assert training.optimizer == am.Momentum(0.2, 0.5)
    assert (training.steps, training.epochs, training.l2) == (30, None, 0.1)
    assert training.goal == base.goal
    assert training.probe_every is None
    assert one({"optimizer": "adam"}, moons, base).configuration.training.optimizer.lr == 0.03


def test_a_goal_for_those_that_have_none(moons):
    goal = "accuracy >= 0.9"
    assert one({"hidden": 2}, moons, goal=goal).configuration.training.goal == goal
    own = "accuracy >= 0.5"
    assert one({"goal": own}, moons, goal=goal).configuration.training.goal == own
    base = am.Training(goal=own)
    assert one({"hidden": 2}, moons, base, goal=goal).configuration.training.goal == own


def test_weight_decay_is_the_optimizer_s_where_it_has_one(moons):
    found = candidates(am.Space(optimizer=["adam", "adamw"], weight_decay=0.5), moons)
    adam, adamw = (it.configuration.training for it in found)
    assert (adam.weight_decay, adam.decoupled_decay) == (0.5, 0.5)
    assert (adamw.weight_decay, adamw.decoupled_decay) == (0.0, 0.5)


def test_inputs_and_outputs_are_those_of_the_data():
    x = np.random.default_rng(0).normal(size=(40, 3))
    data = Dataset.from_arrays(x, x @ np.ones((3, 2)))
    assert one({"hidden": 5}, data).configuration.network.widths == (3, 5, 2)
    assert one({"hidden": 5}, "iris").configuration.network.widths == (4, 5, 3)


def test_what_makes_the_same_is_there_once(moons):
    found = candidates(
        [{"hidden": []}, {"hidden": [], "activation": "relu"}, {"hidden": [3]}], moons
    )
    assert [it.settings for it in found] == [{"hidden": []}, {"hidden": [3]}]


def test_whole_networks_get_names_that_tell_them_apart(moons):
    networks = [
        am.mlp(2, 4, 1),
        am.mlp(2, 4, 1, bias=False),
        am.mlp(2, 1),
        am.mlp(2, 1, bias=False),
    ]
    found = candidates(am.Space(network=networks), moons)
    names = [it.settings["network"] for it in found]
    assert [it.configuration.network for it in found] == networks
    assert names[::2] == ["2-4-1 tanh", "2-1"]
    assert len(set(names)) == 4
    assert all(" #" in it for it in names[1::2])


def test_what_draw_gives_and_what_is_written_by_hand_is_the_same(moons):
    space = am.Space(hidden=[4, (8, 8)], lr=am.log_range(0.01, 1), optimizer=["sgd", am.Adam()])
    drawn = candidates(space.draw("sobol", 9), moons)
    written = candidates(
        [{**it, "hidden": tuple(it["hidden"])} for it in space.draw("sobol", 9)], moons
    )
    assert [it.configuration for it in drawn] == [it.configuration for it in written]
    assert [it.settings for it in drawn] == [it.settings for it in written]


def test_candidates_train(moons):
    found = candidates(am.Space(hidden=[2, 4], optimizer=["sgd", "rprop"], steps=20), moons)
    for it in found:
        population = am.train(it.configuration.network, moons, it.configuration.training, seeds=2)
        assert set(population.status) == {"exhausted"}


@pytest.mark.parametrize(
    ("settings", "data", "said"),
    [
        ({"goal": "r2 >= 0.5"}, "moons", "Space.goal: r2 does not exist for classification"),
        (
            {"optimizer": "sgd", "nesterov": True},
            "moons",
            "Space(optimizer='sgd').nesterov: expected momentum > 0 and dampening 0 with "
            "nesterov=True, got momentum=0.0, dampening=0.0; use momentum=0.9",
        ),
        ({"epochs": 3, "steps": 4}, "moons", "Space(steps=4).epochs: expected epochs or steps"),
        ({"momentum": 0.5}, "moons", "Space.momentum: adam has no momentum, only sgd, rmsprop"),
        ({"gamma": 0.5}, "moons", "Space.gamma: constant has no gamma, only step_decay; say which"),
        ({"schedule": "step_decay"}, "moons", "Space.schedule: step_decay needs every"),
        (
            {"network": am.mlp(3, 1)},
            "moons",
            "Space.network: 3-1 has 3 inputs, data 'moons' 2; give",
        ),
        ({"network": am.mlp(2, 5)}, "moons", "expected 1 unit in the last layer for 2 classes"),
        ({"network": am.mlp(2, 1), "bias": True}, "moons", "Space.network: leaves nothing to bias"),
        ({"patience": 3}, "xor", "Space.patience: needs validation samples, but 'xor' has none"),
        ({"goal": "validation accuracy >= 1"}, "xor", "Space.goal: needs validation samples"),
        ({"order": "replacement", "batch": "full"}, "xor", "Space(batch='full').order: expected"),
        ({"lr": -1}, "xor", "Space.lr: expected a finite number >= 0, got -1"),
        ({"lr": -1.0}, "xor", "Space.lr: expected a finite number >= 0, got -1.0"),
        ({"hiden": 4}, "xor", "Space.hiden: unknown setting; did you mean 'hidden'?"),
        ({"output": "sigmoid"}, "moons", "Training.loss: logistic with a sigmoid output layer"),
        (3, "xor", "candidates.space: expected a Space or what its draw() gives, got 3"),
        ([3], "xor", "candidates.space: expected settings by name, got 3"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_setting(settings, data, said):
    with pytest.raises(am.DescriptionError) as error:
        candidates(settings, data)
    assert said in str(error.value)


def test_the_training_must_be_one(moons):
    with pytest.raises(am.DescriptionError, match=r"candidates.training: expected a Training"):
        candidates({"hidden": 3}, moons, 3)
