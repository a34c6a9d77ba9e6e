"""`threshold_fraction` and `score_error`: what rows that were drawn may do to a fraction."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, r2_score

from amenable.errors import DataError
from amenable.statistics import clustered_fraction, threshold_fraction
from amenable.statistics.scores import score_error
from amenable.statistics.thresholds import drawn_together

SCORES = np.array([0.90, 0.92, 0.94, 0.96, 0.98, 0.98, 1.0, 1.0])


def test_without_an_error_it_is_the_interval_of_the_seeds() -> None:
    found = threshold_fraction(SCORES, 0.95, range(8), error=0, shift=0)
    assert found == clustered_fraction(SCORES >= 0.95, range(8))


def test_it_grows_with_the_error_and_stays_around_the_fraction() -> None:
    widths = []
    for error in (0.0, 0.005, 0.02, 0.1):
        low, high = threshold_fraction(SCORES, 0.95, range(8), error=error, shift=error)
        assert 0 <= low <= 5 / 8 <= high <= 1
        widths.append(high - low)
    assert widths == sorted(widths)
    assert widths[0] < widths[-1] == 1


def test_scores_far_from_the_goal_are_not_moved() -> None:
    scores = np.array([0.5] * 16 + [1.0] * 16)
    found = threshold_fraction(scores, 0.75, range(32), error=0.03, shift=0.03)
    assert found == pytest.approx(clustered_fraction(scores >= 0.75, range(32)))


def test_a_network_that_diverged_never_reaches_the_goal() -> None:
    high = threshold_fraction([np.nan] * 8 + [1.0] * 8, 0.9, range(16), error=0.04, shift=0.04).high
    assert high < 1


def test_scores_that_differ_by_chance_alone_are_drawn_to_their_mean() -> None:
    rng = np.random.default_rng(0)
    scores = 0.9 + 0.03 * rng.normal(size=400)
    by_chance, wide = drawn_together(scores, 0.9, 0.05), drawn_together(scores, 0.9, 0.01)
    assert np.ptp(by_chance) < 1e-12
    assert wide.std(ddof=1) == pytest.approx(np.sqrt(scores.var(ddof=1) - 0.01**2), rel=0.02)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(DataError, match=r"at least 0, got -0\.1"):
        threshold_fraction([1.0], 0.5, [0], error=-0.1, shift=0)
    with pytest.raises(DataError, match="cluster"):
        threshold_fraction([1.0, 2.0], 0.5, [0], error=0, shift=0)


def test_the_errors_are_those_of_drawn_rows() -> None:
    """Against scikit-learn's measures on many draws of rows."""
    rng = np.random.default_rng(0)
    right = rng.random((4000, 200)) < 0.9
    seen = np.std([accuracy_score(np.ones(200), it) for it in right])
    assert score_error("accuracy", 0.9, 200, 20, is_class=True) == pytest.approx(seen, rel=0.05)
    y = rng.normal(size=(4000, 200))
    guess = 0.8 * y + 0.48 * rng.normal(size=y.shape)  # a regression's, r2 = 0.64
    r2 = [r2_score(*pair) for pair in zip(y, guess, strict=True)]
    known = score_error("r2", float(np.mean(r2)), 200, 0, is_class=False)
    assert known == pytest.approx(np.std(r2), rel=0.35)
    rmse = np.sqrt(np.mean((y - guess) ** 2, axis=1))
    known = score_error("rmse", float(rmse.mean()), 200, 0, is_class=False)
    assert known == pytest.approx(rmse.std(), rel=0.1)
    assert score_error("max_error", 1.0, 200, 0, is_class=False) == 0
    assert score_error("f1", 0.9, 200, 3, is_class=True) > score_error(
        "f1", 0.9, 200, 100, is_class=True
    )
