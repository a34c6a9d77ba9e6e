"""How final values are spread, and its picture."""

import numpy as np
import pytest

import amenable as am
from amenable.answers import distribution
from amenable.figures.distribution import distribution_data, draw_distribution
from amenable.statistics import quantile_interval

SETTINGS = [{"activation": it, "lr": lr} for it in ("tanh", "relu") for lr in (0.1, 0.2)]


@pytest.fixture(scope="module")
def results(simulated):
    rng = np.random.default_rng(0)
    metric = rng.normal([[0.9], [0.8], [0.5], [0.4]], 0.02, (4, 40))
    metric[0, 0] = np.nan
    return simulated(SETTINGS, np.ones((4, 40)), metric=metric)


def test_groups_have_moments_and_quantiles_of_their_trials(results):
    found = distribution(results, by="activation")
    assert (found.names, found.measure, found.split) == (("activation",), "accuracy", "validation")
    relu, tanh = sorted(found.groups, key=lambda it: it.settings)
    values = results.final[results.configuration < 2, 1, 1]
    known = values[~np.isnan(values)]
    assert (tanh.trials, tanh.missing, relu.missing) == (80, 1, 0)
    assert tanh.mean == pytest.approx(known.mean())
    assert tanh.deviation == pytest.approx(known.std(ddof=1))
    assert tanh.quantile(0.5) == pytest.approx(np.quantile(np.append(known, -np.inf), 0.5))
    low, high = tanh.interval(0.5)
    assert 0.75 < low < tanh.quantile(0.5) < high < 0.95
    frame = found.to_frame()
    assert frame.columns[:5] == ["activation", "trials", "missing", "mean", "deviation"]
    assert frame["q50"].to_list() == [it.quantile(0.5) for it in found.groups]


def test_a_diverged_trial_counts_as_the_worst(results):
    metric = distribution(results, by=["activation", "lr"]).groups
    first = next(it for it in metric if it.missing)
    assert first.values[0] == -np.inf
    assert first.curve()[1, 0] == pytest.approx(2 / 40)  # the lost one and the least
    assert "1 trial diverged and count" not in distribution(results, of="loss").caption


def test_the_curve_ends_at_one_within_its_band(results):
    values, share, low, high = distribution(results, of="loss").groups[0].curve()
    assert (values.tolist(), share.tolist()) == ([0.5], [1.0])
    values, share, low, high = distribution(results).groups[0].curve()
    assert np.all(np.diff(values) > 0)
    assert share[-1] == 1.0
    assert np.all((low <= share) & (share <= high))


def test_of_independent_trials_an_interval_is_two_order_statistics():
    values = np.random.default_rng(1).permutation(100).astype(float)
    assert quantile_interval(values, 0.5, cluster=np.arange(100)) == quantile_interval(values, 0.5)
    assert quantile_interval(values[:5], 0.01)[0] == -np.inf
    wide = quantile_interval(values, 0.5, cluster=np.argsort(np.argsort(values)) // 10)
    plain = quantile_interval(values, 0.5)
    assert wide.high - wide.low > 2 * (plain.high - plain.low)
    with pytest.raises(am.DescriptionError, match="at: expected a number above 0"):
        quantile_interval(values, 1.0)


def test_it_is_drawn_and_says_what_it_shows(results, population):
    found = distribution_data(results, "activation")
    ax = draw_distribution(found).axes[0]
    said = [it.get_text() for it in ax.get_legend().get_texts()]
    assert sorted(said) == ["relu (80)", "tanh (80)"]
    assert ax.get_xlabel() == "Validation accuracy"
    assert "The median of tanh is 0.8" in found.caption
    assert "1 trial diverged" in found.caption
    assert population.plot("distribution", by="activation", of="loss").axes[0].has_data()


def test_what_is_wrong_is_named(results):
    for given, said in (
        ({"of": "speed"}, "of: expected"),
        ({"split": "somewhere"}, "split: expected"),
        ({"by": "colour"}, "by: no setting 'colour'"),
    ):
        with pytest.raises(am.DescriptionError, match=said):
            distribution(results, **given)
    with pytest.raises(am.DataError, match="no trial has a training accuracy"):
        distribution(results, split="training")
