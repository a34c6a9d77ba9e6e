"""From options to networks and trainings, and what is refused on the way."""

from dataclasses import replace

import pytest

from amenable.cli import request
from amenable.cli.plan import data_of, plan_of
from amenable.datasets import load
from amenable.errors import AmenableError, DescriptionError


def Request(data, *, validation=None, task=None, target=None, seeds=None, **settings):  # noqa: N802
    """What was typed: settings as texts, or several of them."""
    typed = {
        name: tuple(map(str, it)) if isinstance(it, tuple) else (str(it),)
        for name, it in settings.items()
    }
    own = {"validation": validation, "task": task, "target": target, "seeds": seeds}
    return request.Request(data, settings=typed, **own)


XOR = load("xor")
IRIS = load("iris")


def test_structures_and_activations_are_crossed_but_linear_networks_come_once():
    asked = Request("xor", hidden=("none", "2", "3,3"), activation=("tanh", "relu"))
    networks = plan_of(asked, XOR).networks
    assert [it.structure for it in networks] == ["2-1", *["2-2-1"] * 2, *["2-3-3-1"] * 2]
    assert [it.activation for it in networks] == ["none", "tanh", "relu", "tanh", "relu"]


def test_the_same_option_twice_is_trained_once():
    asked = Request("xor", hidden=("2", "2"), activation=("tanh", "tanh"), lr=("0.1", "0.1"))
    plan = plan_of(asked, XOR)
    assert (len(plan.networks), len(plan.trainings)) == (1, 1)


def test_settings_are_crossed():
    asked = Request(
        "iris",
        optimizer=("sgd", "adam"),
        lr=("0.1", "0.01"),
        batch=("8", "full"),
        init=("pytorch",),
        l2=("0.0", "0.1"),
        steps=10,
    )
    trainings = plan_of(asked, IRIS).trainings
    assert len(trainings) == 2 * 2 * 2 * 2
    assert {it.steps for it in trainings} == {10}
    assert {it.batch for it in trainings} == {8, "full"}
    assert {it.init for it in trainings} == {"pytorch"}


def test_more_seeds_never_mean_a_shorter_training():
    plans = [plan_of(Request("iris", seeds=n), IRIS) for n in (100, 1_000, 20_000)]
    assert {it.epochs for plan in plans for it in plan.trainings} == {500}
    assert {len(plan.networks) for plan in plans} == {34}


def test_optimizers_bring_their_own_learning_rates():
    plan = plan_of(Request("iris", optimizer=("sgd", "adam")), IRIS)
    assert len(plan.trainings) == 2
    assert plan.trainings[0].optimizer.lr > plan.trainings[1].optimizer.lr


def test_a_goal_names_its_split():
    assert plan_of(Request("iris", goal="accuracy >= 0.9"), IRIS).goal == ("test accuracy >= 0.9")
    assert plan_of(Request("xor", goal="accuracy >= 1"), XOR).goal == ("training accuracy >= 1.0")
    assert plan_of(Request("xor", goal="none"), XOR).goal is None


BAD = [
    ({"hidden": ("0",)}, "--hidden"),
    ({"hidden": ("-3",)}, "--hidden"),
    ({"hidden": ("3,,4",)}, "--hidden"),
    ({"hidden": ("3x4",)}, "--hidden"),
    ({"hidden": ("",)}, "--hidden"),
    ({"hidden": ("3.5",)}, "--hidden"),
    ({"hidden": ("900000",)}, "--hidden"),
    ({"activation": ("rleu",)}, "--activation"),
    ({"activation": ("step",)}, "--activation"),
    ({"activation": ("",)}, "--activation"),
    ({"optimizer": ("adm",)}, "--optimizer"),
    ({"lr": (-1.0,)}, "--lr"),
    ({"lr": (float("nan"),)}, "--lr"),
    ({"lr": (float("inf"),)}, "--lr"),
    ({"batch": ("0",)}, "--batch"),
    ({"batch": ("-1",)}, "--batch"),
    ({"batch": ("half",)}, "--batch"),
    ({"batch": ("99999999999",)}, "--batch"),
    ({"epochs": 0}, "--epochs"),
    ({"epochs": 10**12}, "--epochs"),
    ({"epochs": 5, "steps": 5}, "--epochs and --steps"),
    ({"steps": -1}, "--steps"),
    ({"steps": 10**20}, "--steps"),
    ({"init": ("foo",)}, "--init"),
    ({"l2": (-1.0,)}, "--l2"),
    ({"seeds": 0}, "--seeds"),
    ({"seeds": 10**9}, "--seeds"),
    ({"goal": ""}, "--goal"),
    ({"goal": "accuracy > 0.9"}, "--goal"),
    ({"goal": "accuracy >= 95"}, "--goal"),
    ({"goal": "acc >= 0.9"}, "--goal"),
    ({"goal": "r2 >= 0.9"}, "--goal"),
]


@pytest.mark.parametrize(("options", "culprit"), BAD, ids=[str(options) for options, _ in BAD])
def test_a_wrong_option_is_named_in_one_line(options, culprit):
    with pytest.raises(DescriptionError) as caught:
        plan_of(Request("iris", **options), IRIS)
    message = str(caught.value)
    assert culprit in message
    assert "\n" not in message


def test_a_truth_table_has_no_validation_samples_to_ask_for():
    with pytest.raises(DescriptionError, match=r"--goal: .* holds out none"):
        plan_of(Request("xor", goal="validation accuracy >= 1"), XOR)


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        ({"validation": 1.0}, "--validation"),
        ({"validation": float("nan")}, "--validation"),
        ({"task": "classify"}, "--task"),
        ({"target": "x"}, "target"),
        ({"data": "no-such-data"}, "no-such-data"),
        ({"data": "/no/such/file.csv"}, "/no/such/file.csv"),
    ],
)
def test_wrong_data_is_refused(options, culprit):
    with pytest.raises(AmenableError, match=culprit):
        data_of(replace(Request("iris"), **options))


def test_the_split_is_the_users():
    assert len(data_of(Request("iris", validation=0.4)).validation) == 60
    assert len(data_of(Request("iris", validation=0.0)).validation) == 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"validation": 0.5, "test": 0.6}, "--validation and --test: 0.5 and 0.6 leave nothing"),
        ({"validation": 1.5}, "use --validation 0.2 for a fifth or --validation 0 for none"),
        ({"validation": 29}, "t.csv: --validation and --test: 30 samples are too few"),
        ({"validation": 29}, "set --validation 0 and --test 0"),
        ({"task": "classification"}, "or --task regression if they are quantities"),
        ({"task": "regresion"}, "--task: expected 'classification' or 'regression', got 'regresi"),
    ],
)
def test_advice_about_data_names_options(asked, said, tmp_path):
    rows = "".join(f"{i},{i * i / 7}\n" for i in range(30))
    (tmp_path / "t.csv").write_text(f"a,b\n{rows}")
    with pytest.raises(AmenableError) as raised:
        data_of(request.Request(str(tmp_path / "t.csv"), **asked))
    assert said in str(raised.value)
