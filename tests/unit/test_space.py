"""Spaces: what they take, which points they have, and that draws are the same for ever."""

import json
import warnings

import numpy as np
import pytest

import amenable as am
from amenable.space import draws


def mixed():
    """Lists, ranges and a condition."""
    return am.Space(
        hidden=["none", 4, (8, 8)],
        activation=["tanh", "relu"],
        optimizer=["sgd", "momentum", am.Adam(0.01)],
        lr=am.log_range(1e-4, 1, n=3),
        momentum=am.when([0.5, 0.9], optimizer="momentum"),
        batch=am.integer_range(8, 64, log=True, n=2),
    )


def keys(points):
    return [json.dumps(it) for it in points]


def test_a_list_is_a_choice_and_a_tuple_one_value():
    assert am.Space(hidden=(8, 8)).draw() == ({"hidden": [8, 8]},)
    assert am.Space(hidden=[8, 9]).draw() == ({"hidden": [8]}, {"hidden": [9]})
    assert am.Space(hidden=range(1, 3)).draw() == ({"hidden": [1]}, {"hidden": [2]})
    assert len(am.Space(lr=np.geomspace(0.1, 1, 3)).draw()) == 3


def test_a_grid_has_every_combination_the_last_changing_fastest():
    points = am.Space(lr=[0.1, 0.2], batch=[1, "full"]).draw()
    assert [tuple(it.values()) for it in points] == [
        (0.1, 1),
        (0.1, "full"),
        (0.2, 1),
        (0.2, "full"),
    ]


def test_conditions_leave_out_what_does_not_exist_and_nothing_is_there_twice():
    points = mixed().draw()
    # (linear + 2 structures x 2 activations) x (sgd + adam + momentum x 2) x 3 rates x 2 batches
    assert len(points) == len(set(keys(points))) == 5 * 4 * 3 * 2
    for it in points:
        assert ("momentum" in it) == (it["optimizer"] == "momentum")
        assert ("activation" in it) == (it["hidden"] != [])


def test_conditions_can_be_chained_and_stand_in_any_order():
    space = am.Space(
        gamma=am.when([0.1, 0.5], every=[10, 20]),
        every=am.when([10, 20, 30], schedule="step_decay"),
        schedule=["constant", "step_decay"],
    )
    assert space.names == ("schedule", "every", "gamma")
    # constant; 10 and 20 with two gammas each; 30
    assert len(space.draw()) == 1 + 2 * 2 + 1
    assert all(("gamma" in it) == (it.get("every") in (10, 20)) for it in space.draw())


def test_what_needs_a_hidden_layer_is_looked_at_after_hidden_layers():
    points = am.Space(activation=["tanh", "relu"], dropout=[0.0, 0.5], hidden=["none", 4]).draw()
    assert points[0] == {"hidden": []}
    assert len(points) == 1 + 2 * 2


def test_several_conditions_must_all_hold():
    space = am.Space(
        l1=am.when([1e-3], batch="full", dtype="float64"),
        batch=[1, "full"],
        dtype=["float32", "float64"],
    )
    assert [("l1" in it) for it in space.draw()] == [False, False, False, True]


def test_a_setting_wins_over_a_field_of_an_object():
    space = am.Space(optimizer=["adam", am.Adam(0.3), am.Adam(0.4, beta1=0.5)], lr=[0.1, 0.2])
    assert [tuple(it.values()) for it in space.draw()] == [
        ("adam", 0.1),
        ("adam", 0.2),
        ("adam(beta1=0.5)", 0.1),
        ("adam(beta1=0.5)", 0.2),
    ]
    # steps are those of the training, and leave a schedule's alone
    kept = am.Space(schedule=[am.Cosine(50)], steps=[10]).draw()[0]["schedule"]
    assert kept == "cosine(steps=50)"


@pytest.mark.parametrize("method", ["random", "latin", "sobol"])
def test_draws_are_different_points_of_the_space(method):
    space = mixed()
    points = space.draw(method, 50)
    assert len(set(keys(points))) == len(points) <= 50
    assert method == "latin" or len(points) == 50
    for it in points:
        assert ("momentum" in it) == (it["optimizer"] == "momentum")
        assert 1e-4 <= it["lr"] <= 1
        assert it["batch"] in range(8, 65)
    assert space.draw(method, 50) == points
    assert space.draw(method, 50, seed=1) != points


@pytest.mark.parametrize("method", ["random", "sobol"])
@pytest.mark.parametrize("n", [1, 2, 7, 64])
def test_more_draws_begin_with_the_same(method, n):
    assert mixed().draw(method, 100)[:n] == mixed().draw(method, n)


def test_a_latin_hypercube_has_each_part_of_each_setting_once():
    points = am.Space(lr=am.linear_range(0, 1), l2=am.linear_range(0, 1)).draw("latin", 40)
    for name in ("lr", "l2"):
        for part, value in enumerate(sorted(it[name] for it in points)):
            assert part / 40 - 1e-4 <= value <= (part + 1) / 40 + 1e-4  # rounded to 1e-4


def test_a_sobol_sequence_fills_the_space_more_evenly_than_chance():
    from scipy.stats import qmc

    space = am.Space(lr=am.linear_range(0, 1), l2=am.linear_range(0, 1), l1=am.linear_range(0, 1))

    def discrepancy(method):
        found = [
            qmc.discrepancy(np.array([list(it.values()) for it in space.draw(method, 256, seed)]))
            for seed in range(5)
        ]
        return max(found) if method == "sobol" else min(found)

    assert discrepancy("sobol") < discrepancy("random") / 5


def test_sobol_draws_do_not_warn_of_numbers_that_are_no_power_of_two():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(mixed().draw("sobol", 13)) == 13


def test_lists_have_their_share_of_the_draws():
    points = am.Space(activation=["tanh", "relu"], lr=am.linear_range(0, 1)).draw("sobol", 128)
    assert [it["activation"] for it in points].count("tanh") == 64


def test_a_random_draw_does_not_depend_on_other_settings():
    alone = am.Space(lr=am.log_range(1e-4, 1)).draw("random", 20)
    beside = am.Space(l2=am.linear_range(0, 1), lr=am.log_range(1e-4, 1)).draw("random", 20)
    assert [it["lr"] for it in alone] == [it["lr"] for it in beside]


def test_draws_are_the_same_for_ever():
    """Found once, on whatever machine; a change makes studies that cannot be extended."""
    space = am.Space(hidden=[2, 4, (8, 8)], lr=am.log_range(1e-4, 1), batch=am.integer_range(1, 99))
    found = {
        method: [tuple(it.values()) for it in space.draw(method, 3, seed=7)]
        for method in ("random", "latin", "sobol")
    }
    assert found == GOLDEN


def test_all_points_of_a_small_space_are_found_and_no_more_asked_for():
    space = am.Space(hidden=["none", 2, 4], activation=["tanh", "relu"])
    for method in ("random", "sobol"):
        points = space.draw(method, 5)
        assert set(keys(points)) == set(keys(space.draw()))
        with pytest.raises(am.DescriptionError, match=r"draw.n: expected at most 5, .* got 6"):
            space.draw(method, 6)


def test_a_search_for_points_that_are_hard_to_find_ends(monkeypatch):
    monkeypatch.setattr(draws, "MOST_DRAWN", 2**10)
    space = am.Space(
        optimizer=["sgd", "adam"],
        batch=list(range(1, 40)),
        lr=am.when(am.linear_range(0, 1), batch=1, optimizer="adam"),
    )
    with pytest.raises(am.DescriptionError, match=r"draw.n: found only"):
        space.draw("random", 500)


def test_spaces_survive_json():
    for space in (
        mixed(),
        am.Space(network=[am.mlp(2, 3, 1), am.lenet1()]),
        am.Space(
            targets=(-1, 1), clip_norm=[None, 1.0], **{"schedule.steps": 3, "schedule": "cosine"}
        ),
    ):
        again = am.Space.from_json(space.to_json())
        assert again == space
        assert hash(again) == hash(space)
        assert again.to_dict() == space.to_dict()
        assert repr(again) == repr(space)
    assert mixed() != am.Space(lr=1)
    assert mixed().draw("sobol", 9) == am.Space.from_dict(mixed().to_dict()).draw("sobol", 9)


def test_the_name_of_the_owner_may_be_said():
    assert am.Space(**{"optimizer.lr": [1.0, 2.0]}).names == ("lr",)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "Space: expected a setting; write Space(hidden=[4, 8])"),
        ({"activaton": ["tanh"]}, "Space.activaton: unknown setting; did you mean 'activa"),
        ({"lr": []}, "Space.lr: expected at least one value, got an empty list"),
        ({"lr": [0.1, -1]}, "Space.lr[1]: expected a finite number >= 0, got -1"),
        ({"lr": [1, 1.0]}, "Space.lr[1]: the same as lr[0]; leave one out"),
        ({"hidden": [4, (4,)]}, "Space.hidden[1]: the same as hidden[0]"),
        ({"lr": {0.1, 0.2}}, "Space.lr: expected a list, which has an order"),
        ({"lr": iter([0.1])}, "Space.lr: expected a list, which has an order"),
        ({"batch": am.log_range(1, 64)}, "Space.batch: expected an integer >= 1, got 1.0"),
        ({"dropout": am.linear_range(0, 1)}, "Space.dropout: expected a number in [0, 1), got 1.0"),
        ({"lr": 1, "optimizer.lr": 2}, "Space.optimizer.lr: the same setting as lr"),
        ({"network": am.mlp(2, 1), "bias": True}, "Space.bias: network has whole networks"),
        (
            {"optimizer": ["sgd", "adam"], "momentum": [0.5]},
            "Space.momentum: adam has no momentum, only sgd, rmsprop, momentum, nesterov; let it "
            'exist when optimizer is one of these: when(…, optimizer="sgd")',
        ),
        ({"schedule": "cosine", "gamma": 0.1}, "Space.gamma: cosine has no gamma, only step_decay"),
        (
            {"optimizer": ["sgd"], "momentum": am.when([0.5], optimizer="adam")},
            "Space.momentum.when.optimizer: optimizer is never 'adam'; it takes 'sgd'",
        ),
        (
            {"optimizer": ["sgd"], "momentum": am.when([0.5], optimizer="adm")},
            "Space.momentum.when.optimizer: unknown optimizer 'adm'; did you mean 'adam'?",
        ),
        (
            {"momentum": am.when([0.5], optimizer="sgd")},
            "Space.momentum.when.optimizer: 'optimizer' is no setting of this space; add it",
        ),
        ({"l1": am.when(0.1, l1=0.1)}, "Space.l1.when.l1: depends on itself"),
        (
            {"l1": am.when([0], l2=0), "l2": am.when([0], l1=0)},
            "Space.l1.when: the conditions of l1, l2 depend on each other",
        ),
        (
            {"lr": am.log_range(1, 2), "l2": am.when(0.1, lr=1.5)},
            "lr is never 1.5; it takes any number of a log_range, and a condition needs values of",
        ),
        ({"l2": am.when(0.1, lr=[]), "lr": 1}, "Space.l2.when.lr: expected at least one value"),
        ({"lr": {"log_range": [1, 2], "m": 3}}, "Space.lr: unknown key 'm'"),
        ({"lr": {"log_range": [1, 2], "values": [3]}}, "Space.lr: expected one of values, linear_"),
        ({"lr": {"log_range": 3}}, "Space.lr: expected log_range = [low, high], got 3"),
        ({"lr": {"log_range": [1, 2], "log": True}}, "log_range takes no log; integer_range does"),
        ({"lr": {"log_range": ["a", 2]}}, "Space.lr.log_range.low: expected a finite number > 0"),
        ({"lr": {"values": [1], "n": 2}}, "Space.lr: n and log are for ranges"),
        (
            {"lr": {"values": [1], "when": 3}},
            'Space.lr: expected when = {optimizer = "sgd"}, got 3',
        ),
    ],
)
def test_errors_name_setting_and_value(settings, said):
    with pytest.raises(am.DescriptionError) as error:
        am.Space(**settings)
    assert said in str(error.value)


def test_a_condition_on_the_chain_decides_which_optimizers_can_be():
    am.Space(
        optimizer=["momentum", "adam"],
        momentum=am.when([0.5, 0.9], optimizer="momentum"),
        dampening=am.when([0.1], momentum=0.5),
    )
    with pytest.raises(am.DescriptionError, match=r"Space.dampening: adam has no dampening"):
        am.Space(optimizer=["momentum", "adam"], dampening=am.when([0.1], l2=1), l2=[0, 1])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: am.when([1]),
            'when: expected a condition; write when([0.9], optimizer="momentum")',
        ),
        (lambda: am.when(am.when([1], a=1), b=1), "when: expected values, got conditions"),
        (lambda: am.Space(lr=1).draw("grd"), "did you mean 'grid'?"),
        (lambda: am.Space(lr=1).draw("grid", 3), "draw.n: a grid takes all points, got n=3"),
        (
            lambda: am.Space(lr=1).draw("random"),
            "draw.n: expected how many points to draw, got none",
        ),
        (lambda: am.Space(lr=1).draw("sobol", 0), "draw.n: expected an integer >= 1, got 0"),
        (lambda: am.Space(lr=1).draw(seed=-1), "draw.seed: expected an integer >= 0, got -1"),
        (lambda: am.Space(lr=am.log_range(1, 2)).draw(), "Space.lr: a grid must know how many val"),
        (
            lambda: am.Space(lr=am.linear_range(0, 1, 1500), l2=am.linear_range(0, 1, 1500)).draw(),
            "draw: the grid has more than 1,000,000 points",
        ),
        (lambda: am.Space.from_dict({"version": 9}), "was written by a newer amenable"),
        (lambda: am.Space.from_dict({"version": 1, "setting": {}}), 'expected "version" and "set'),
        (lambda: am.Space.from_json("["), "Space: expected JSON"),
    ],
)
def test_what_cannot_be_drawn_or_read_is_refused(make, said, monkeypatch):
    if "more than" in said:
        monkeypatch.setattr(draws, "MOST", 10_000)
        said = "draw: the grid has more than 10,000 points"
    with pytest.raises(am.DescriptionError) as error:
        make()
    assert said in str(error.value)


GOLDEN = {
    "random": [([8, 8], 0.1443, 47), ([4], 0.003086, 58), ([2], 0.1095, 73)],
    "latin": [([4], 0.9521, 46), ([8, 8], 0.0001909, 97), ([2], 0.03961, 31)],
    "sobol": [([8, 8], 0.0006456, 99), ([4], 0.06456, 50), ([2], 0.006456, 74)],
}
