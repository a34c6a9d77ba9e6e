"""Confidence sequences: right at every look, which intervals for one look are not."""

import math

import numpy as np
import pytest

from amenable.errors import DataError, DescriptionError
from amenable.statistics import confidence_sequence, wilson
from amenable.statistics.sequences import sequence_limits


def test_limits_are_where_the_mixture_says():
    """By the definition, in logarithms: prior mean of the likelihood over the likelihood."""
    for s, n, level in ((5, 20, 0.95), (0, 7, 0.9), (7, 7, 0.9), (400, 1000, 0.99)):
        low, high = confidence_sequence(s, n, level)

        def evidence(p, s=s, n=n):
            log_beta = math.lgamma(s + 0.5) + math.lgamma(n - s + 0.5) - math.lgamma(n + 1)
            log_beta -= 2 * math.lgamma(0.5) - math.lgamma(1)
            return log_beta - s * math.log(p) - (n - s) * math.log1p(-p)

        bound = -math.log(1 - level)
        if s > 0:
            assert evidence(low) == pytest.approx(bound)
            assert evidence(low * 0.99) > bound
        if s < n:
            assert evidence(high) == pytest.approx(bound)
        inside = (max(low, 1e-9) + min(high, 1 - 1e-9)) / 2
        assert evidence(inside) < bound


@pytest.mark.parametrize(("s", "n"), [(0, 1), (1, 1), (0, 32), (32, 32), (1, 3), (999, 1000)])
def test_limits_hold_the_fraction_and_stay_within_0_and_1(s, n):
    low, high = confidence_sequence(s, n)
    assert 0 <= low <= s / n <= high <= 1
    assert (low == 0) == (s == 0)
    assert (high == 1) == (s == n)
    other = confidence_sequence(n - s, n)
    assert (1 - other.high, 1 - other.low) == pytest.approx((low, high))


def test_limits_are_wider_than_wilson_s_and_narrow_with_trials():
    widths = [np.ptp(confidence_sequence(n // 4, n)) for n in (16, 64, 256, 1024)]
    assert widths == sorted(widths, reverse=True)
    for n in (16, 64, 256, 1024):
        ratio = np.ptp(confidence_sequence(n // 4, n)) / np.ptp(wilson(n // 4, n))
        assert 1.4 < ratio < 2.0
    assert confidence_sequence(8, 32, 0.99).low < confidence_sequence(8, 32, 0.9).low


@pytest.mark.parametrize("chance", [0.5, 0.9, 0.03])
def test_error_rate_holds_under_looks_after_every_trial(chance):
    """2,000 runs of 500 trials, looked at after every one, as nobody should with Wilson's."""
    runs, trials = 2000, 500
    is_solved = np.random.default_rng(5).random((runs, trials)) < chance
    counts = is_solved.cumsum(axis=1)
    table = {n: sequence_limits(np.arange(n + 1), n, 0.05) for n in range(1, trials + 1)}
    is_missed = np.zeros(runs, dtype=bool)
    for n, (low, high) in table.items():
        is_missed |= (low > chance)[counts[:, n - 1]] | (high < chance)[counts[:, n - 1]]
    assert is_missed.mean() <= 0.05
    looks = np.unique(np.geomspace(5, trials, 25).astype(int))
    is_naively_missed = np.zeros(runs, dtype=bool)
    for n in looks.tolist():
        out = np.array([not (it.low <= chance <= it.high) for it in _wilsons(n)])
        is_naively_missed |= out[counts[:, n - 1]]
    assert is_naively_missed.mean() > 0.15


def _wilsons(n):
    return [wilson(s, n) for s in range(n + 1)]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((3, 2), DataError),
        ((0, 0), DataError),
        ((-1, 2), DataError),
        ((1, 2, 1.0), DescriptionError),
        ((1, 2, "0.9"), DescriptionError),
    ],
)
def test_impossible_arguments_are_refused(arguments, error):
    with pytest.raises(error):
        confidence_sequence(*arguments)
