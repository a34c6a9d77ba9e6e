"""The same numbers as scipy, where scipy has them and they are defined."""

import warnings

import numpy as np
import pytest
from scipy import stats

from amenable.statistics import holm, kaplan_meier, log_rank, quantiles, wilson


def censored(steps: np.ndarray, solved: np.ndarray) -> stats.CensoredData:
    return stats.CensoredData(uncensored=steps[solved], right=steps[~solved])


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("trials", [1, 2, 7, 32, 1000])
def test_wilson(trials: int, level: float) -> None:
    for successes in {0, 1, trials // 3, trials // 2, trials - 1, trials}:
        expected = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
        low, high = wilson(successes, trials, level)
        assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-14)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_kaplan_meier(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 200))
    steps = rng.integers(1, rng.choice([5, 50, 5000]), n).astype(float)
    solved = rng.random(n) < rng.random()
    curve = kaplan_meier(steps, solved, level)
    expected = stats.ecdf(censored(steps, solved)).sf
    assert curve.times.tolist() == expected.quantiles.tolist()
    np.testing.assert_allclose(1 - curve.fraction, expected.probabilities, rtol=0, atol=1e-14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where its band is not defined
        band = expected.confidence_interval(level, method="log-log")
    defined = ~np.isnan(band.low.probabilities) & (expected.probabilities > 0)
    np.testing.assert_allclose(
        1 - curve.high[defined], band.low.probabilities[defined], rtol=0, atol=1e-12
    )
    np.testing.assert_allclose(
        1 - curve.low[defined], band.high.probabilities[defined], rtol=0, atol=1e-12
    )
    assert not np.isnan(np.stack([curve.low, curve.high])).any()


@pytest.mark.parametrize("seed", range(8))
def test_log_rank(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = []
    for _ in range(2):
        n = int(rng.integers(5, 300))
        steps = rng.geometric(rng.uniform(0.02, 0.2), n).astype(float)
        groups += [np.minimum(steps, 40), steps < 40]
    expected = stats.logrank(censored(*groups[:2]), censored(*groups[2:]))
    assert log_rank(*groups) == pytest.approx(expected.pvalue, rel=1e-9)


def test_holm_controls_at_least_what_benjamini_hochberg_does() -> None:
    p_values = np.random.default_rng(0).random(50) ** 3
    assert (holm(p_values) >= stats.false_discovery_control(p_values) - 1e-15).all()


def test_quantiles() -> None:
    sample = np.random.default_rng(0).normal(size=101)
    at = np.linspace(0, 1, 37)
    np.testing.assert_allclose(
        quantiles(sample, at), stats.mstats.mquantiles(sample, at, 1, 1), rtol=1e-12
    )
