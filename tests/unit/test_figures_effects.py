"""Main effects and interactions drawn."""

import numpy as np
import pytest

import amenable as am
from amenable.figures.canvas import axes_for, encode
from amenable.figures.effects import MOST_ROWS, draw_effects, effects_data, lines_of
from amenable.figures.interactions import draw_interactions, interactions_data

GRID = [{"activation": a, "lr": lr} for a in ("tanh", "relu") for lr in (0.1, 0.2, 0.3)]


@pytest.fixture(scope="module")
def results(simulated):
    rng = np.random.default_rng(0)
    chance = np.array([0.8 if it["activation"] == "tanh" else 0.2 for it in GRID])
    return simulated(GRID, rng.random((6, 50)) < chance[:, None])


def texts(figure):
    ax = figure.axes[0]
    return [it.get_text() for it in ax.get_yticklabels()]


def test_settings_stand_above_their_levels_the_strongest_first(results):
    found = effects_data(results)
    lines = lines_of(found)
    assert [it.is_heading for it in lines] == [True, False, False, True, False, False, False]
    assert lines[0].label.startswith("activation (")
    assert lines[1].label == "tanh"
    assert lines[1].low < lines[1].effect < lines[1].high
    assert lines[1].effect == pytest.approx(100 * found.found.main[0].effect[0])
    assert lines[1].is_beyond
    assert not lines[4].is_beyond
    assert texts(draw_effects(found))[1:3] == ["tanh", "relu"]


def test_of_a_population_too(population):
    found = effects_data(population)
    assert {it.names[0] for it in found.found.main} == {"structure", "activation", "lr"}
    assert population.plot("effects").axes
    assert population.plot("interactions", rank=2).axes


def test_only_the_levels_that_do_the_most_are_drawn(simulated):
    settings = [
        {"activation": f"leaky_relu(0.{i})", "lr": lr} for i in range(1, 31) for lr in (1, 2)
    ]
    chance = np.repeat(np.linspace(0.1, 0.9, 30), 2)
    lines = lines_of(effects_data(simulated(settings, chance)))
    own = [it for it in lines if it.label.startswith("leaky")]
    assert len(own) == 12
    assert own[0].effect > 0 > own[-1].effect
    assert lines[0].label.endswith(", 12 of 30")


def test_of_many_settings_some_are_left_out(simulated):
    rng = np.random.default_rng(1)
    settings = [{f"s{i}": int(rng.integers(0, 9)) for i in range(6)} for _ in range(110)]
    lines = lines_of(effects_data(simulated(settings, rng.random(110))))
    assert len(lines) <= MOST_ROWS + 1
    assert lines[-1].label.endswith("more")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_the_same_twice(results, theme):
    first, second = (
        encode(draw_effects(effects_data(results), theme=theme), "png", 60) for _ in range(2)
    )
    assert first == second
    encode(draw_interactions(interactions_data(results), theme=theme), "svg")


def test_it_draws_on_the_callers_axes(results):
    ax = axes_for(None)
    assert draw_effects(effects_data(results), ax) is ax.figure
    other = axes_for(None)
    assert draw_interactions(interactions_data(results), other) is other.figure


def test_an_interaction_has_a_cell_for_each_pair(results):
    found = interactions_data(results)
    assert found.names == ("lr", "activation")  # the longer labels are those of rows
    assert found.effect.shape == (3, 2)
    np.testing.assert_allclose(found.effect.sum(axis=1), 0, atol=1e-12)
    assert (found.rows, found.columns) == (("0.1", "0.2", "0.3"), ("tanh", "relu"))
    term = effects_data(results).found.interactions[0]
    np.testing.assert_allclose(found.effect[0, 1], term.effect[3], atol=1e-12)  # relu with 0.1
    assert "is not beyond chance" in found.caption
    written = [it.get_text() for it in draw_interactions(found).axes[0].texts]
    assert len(written) == 6


def test_cells_that_were_never_run_stay_blank(simulated):
    settings = [*GRID, *({"activation": "sine", "lr": lr} for lr in (0.1, 0.2))]
    more = [{**it, "batch": batch} for it in settings for batch in (8, 16, 32, 64)]
    found = interactions_data(simulated(more, np.random.default_rng(2).random(32)))
    assert found.n == 3
    all_pairs = [interactions_data(simulated(more, np.full(32, 0.5)), rank) for rank in (1, 2, 3)]
    pair = next(it for it in all_pairs if set(it.names) == {"activation", "lr"})
    assert np.isnan(pair.effect).sum() == 1
    assert "1 cells were never run" not in pair.caption
    assert "1 cell was never run" in pair.caption
    encode(draw_interactions(pair), "png", 60)


def test_dollar_signs_are_no_formulas(simulated):
    settings = [{"na$me": f"$x{i}$$", "lr$_$": lr} for i in (1, 2) for lr in (1, 2)]
    results = simulated(settings, np.array([0.2, 0.4, 0.6, 0.8]))
    encode(draw_effects(effects_data(results)), "png", 60)
    encode(draw_interactions(interactions_data(results)), "png", 60)


def test_wrong_input_is_named(results, made):
    with pytest.raises(am.DescriptionError, match="trials: expected a Population"):
        effects_data(3)
    with pytest.raises(am.DescriptionError, match=r"found: expected Effects, .*effects_data"):
        draw_effects(results)
    with pytest.raises(am.DescriptionError, match="found: expected an Interaction"):
        draw_interactions(results)
    with pytest.raises(am.DataError, match="rank: expected at most 1"):
        interactions_data(results, rank=2)
    with pytest.raises(am.DataError, match="settings: expected one that varies"):
        effects_data(made(["solved"]))
