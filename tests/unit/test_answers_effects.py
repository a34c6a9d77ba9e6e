"""Main effects and interactions of a study's settings."""

from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.answers import effects
from amenable.answers.eligibility import is_whole
from amenable.answers.factors import factors

GRID = [
    {"hidden": [h], "activation": a, "lr": lr}
    for h in (2, 4, 8)
    for a in ("tanh", "relu")
    for lr in (0.1, 0.2)
]


def chance_of(settings):
    by_width = {2: -0.25, 4: 0.0, 8: 0.25}
    return np.array([0.5 + by_width[it["hidden"][0]] for it in settings])


def test_known_effects_come_first_and_are_said(simulated):
    rng = np.random.default_rng(0)
    found = effects(simulated(GRID, rng.random((12, 64)) < chance_of(GRID)[:, None]))
    first = found.found.main[0]
    assert first.names == ("hidden",)
    assert found.labels(first) == ("2", "4", "8")
    truth = np.array([-0.25, 0, 0.25])
    assert np.all((first.low <= truth) & (truth <= first.high))
    assert first.share > 0.8
    assert found.found.is_whole
    assert found.sentences[0].startswith("hidden: networks solve the problem most often with 8 (+")
    assert "% of the differences between configurations (p < 0.001)" in found.sentences[0]
    assert all("no effect beyond chance" in it for it in found.sentences[1:])
    assert len(found.found.interactions) == 3
    assert "all combinations" in found.model
    assert "Beyond chance are those of hidden" in found.caption


def test_an_interaction_is_said(simulated):
    rng = np.random.default_rng(1)
    chance = np.array(
        [0.9 if it["activation"] == "relu" and it["lr"] == 0.2 else 0.3 for it in GRID]
    )
    found = effects(simulated(GRID, rng.random((12, 60)) < chance[:, None]))
    strongest = found.found.interactions[0]
    assert strongest.names == ("activation", "lr")
    said = found.said(strongest)
    assert said.startswith("activation with lr: ")
    assert "points more often" in said or "points less often" in said
    assert "than the two effects add up to" in said


def test_what_was_drawn_from_ranges_is_cut_into_bins(simulated):
    rng = np.random.default_rng(2)
    settings = [
        {
            "lr": float(10 ** rng.uniform(-4, 0)),
            "hidden": [int(it) for it in rng.integers(2, 33, 2)],
        }
        for _ in range(80)
    ]
    chance = np.array([0.8 if it["lr"] > 0.01 else 0.2 for it in settings])
    found = effects(simulated(settings, rng.random((80, 4)) < chance[:, None]))
    assert not found.found.is_whole
    assert "a sample of many" in found.model
    assert len(found.factors["lr"].labels) == 5
    assert found.found.main[0].names == ("lr",)
    assert "hidden (sum)" in found.factors
    assert len(effects(simulated(settings, chance), bins=2).factors["lr"].labels) == 2
    few = effects(simulated(settings[:12], chance[:12]))
    assert len(few.factors["lr"].labels) == 3  # so few configurations bear no more


def test_texts_that_hardly_occur_again_take_no_part(simulated):
    settings = [{"note": f"n{i}", "lr": 0.1 + 0.1 * (i % 2)} for i in range(40)]
    found = effects(simulated(settings, np.full(40, 0.5)))
    assert found.skipped == {"note": "has 40 values in 40 configurations"}
    assert [it.names for it in found.found.main] == [("lr",)]


def test_only_the_first_rung_of_successive_halving_counts(simulated):
    widths = (2, 4, 8, 16, 32, 64)
    first = [{"hidden": [h], "lr": lr, "steps": 10} for h in widths for lr in (0.1, 0.2)]
    later = [{**it, "steps": 30} for it in first if it["lr"] == 0.2]
    found = effects(simulated([*first, *later], np.full(18, 0.5)))
    assert found.n_configurations == 12
    assert found.remarks == (
        "Only trials with 10 steps count: configurations were chosen for longer training by how "
        "they had done.",
    )
    assert "steps" not in found.factors
    both = [{**it, "steps": steps} for it in first for steps in (10, 30)]
    assert "steps" in effects(simulated(both, np.full(24, 0.5))).factors


def test_whole_grids_are_recognized(simulated):
    def whole(settings):
        return is_whole(factors(simulated(settings, np.ones((len(settings), 2)))))

    assert whole(GRID)
    assert not whole(GRID[:-1])
    nested = [
        {"optimizer": "sgd", "momentum": m, "lr": lr} for m in (0, 0.9) for lr in (0.1, 0.2)
    ] + [{"optimizer": "adam", "lr": lr} for lr in (0.1, 0.2)]
    assert whole(nested)
    assert not whole(nested[1:])
    assert not whole([{"lr": float(it)} for it in np.linspace(0, 1, 30)])


def test_settings_that_go_together_are_named(simulated):
    settings = [
        {"optimizer": o, "lr": lr, "hidden": [h]}
        for o, lr in (("sgd", 0.1), ("adam", 0.01))
        for h in (2, 4, 8, 16)
    ]
    found = effects(simulated(settings, np.full(8, 0.5)))
    assert found.skipped == {"lr": "goes with optimizer"}


def test_what_cannot_be_asked_is_named(simulated):
    with pytest.raises(am.DataError, match="settings: expected one that varies, got none"):
        effects(simulated([{"lr": 0.1}], np.ones((1, 3))))
    with pytest.raises(am.DescriptionError, match="effects: no training has a goal"):
        effects(simulated(GRID, chance_of(GRID), goal=None))
    with pytest.raises(am.DescriptionError, match="bins: expected an integer >= 2"):
        effects(simulated(GRID, chance_of(GRID)), bins=1)
    few = [{"lr": 0.1 * i, "batch": 2**i, "hidden": [i]} for i in range(1, 4)]
    with pytest.raises(am.DataError, match="configurations: expected at least"):
        effects(simulated(few, np.full(3, 0.5)))


def test_an_interval_on_both_sides_of_zero_is_said_as_such(simulated):
    rng = np.random.default_rng(2)
    found = effects(simulated(GRID, rng.random((12, 64)) < chance_of(GRID)[:, None]))
    term = found.found.interactions[0]
    effect = np.zeros(len(term.effect))
    for sign, verb in ((1, "more"), (-1, "less")):
        effect[0] = 0.02 * sign
        low, high = sorted((-0.01 * sign, 0.05 * sign))
        turned = replace(
            term, effect=effect, low=effect * 0 + low, high=effect * 0 + high, p_value=0.001
        )
        assert f"solve the problem 2.0 points {verb} often (-1.0 to 5.0)" in found.said(turned)
