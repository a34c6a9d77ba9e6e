"""Each interval that is printed covers the truth as often as it says, each p-value errs as rarely.

Trials are simulated with chances that are known; those that share a configuration, a seed or a
split of the data are correlated, as real ones are. Intervals of counts swing about their level, as
counts are discrete: exact tests and order statistics are never too bold and often too careful.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

import amenable as am
from amenable.answers import comparisons, table_of
from amenable.engine import STATUSES
from amenable.statistics import (
    Interval,
    clustered_difference,
    clustered_fraction,
    factorial,
    kaplan_meier,
    mcnemar,
    quantile_interval,
    threshold_fraction,
    wilson,
)
from amenable.statistics.scores import score_error

Flags = NDArray[np.bool_]
N = 800
LEAST, MOST = 0.93 - 0.012, 0.97 + 0.012  # two standard errors of a share of N times beyond
ERROR = 0.05 + 0.016


def share(times: int, hit: Callable[[np.random.Generator], bool], seed: int = 0) -> float:
    """How often it hits."""
    rng = np.random.default_rng(seed)
    return sum(hit(rng) for _ in range(times)) / times


def within(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def correlated(rng: np.random.Generator, ahead: NDArray[np.float64], n: int, rho: float) -> Flags:
    """Trials (C, n): those of one of the n seeds have a part `rho` of their luck in common."""
    shared, own = rng.normal(size=n), rng.normal(size=(len(ahead), n))
    return np.sqrt(rho) * shared + np.sqrt(1 - rho) * own < ahead[:, None]


@pytest.mark.parametrize("n", [32, 100, 400])
def test_wilson_over_all_fractions(n: int) -> None:
    def hit(rng: np.random.Generator) -> bool:
        p = float(rng.random())
        return within(wilson(int(rng.binomial(n, p)), n), p)

    assert LEAST < share(4 * N, hit) < MOST


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.3), (1, 1), (8, 2), (2, 18), (60, 40)])
@pytest.mark.parametrize(("k", "n"), [(12, 16), (33, 16)])
def test_fractions_over_drawn_configurations(a: float, b: float, k: int, n: int) -> None:
    def hit(rng: np.random.Generator) -> bool:
        solved = rng.random((k, n)) < rng.beta(a, b, k)[:, None]
        return within(clustered_fraction(solved.ravel(), np.repeat(np.arange(k), n)), a / (a + b))

    assert LEAST < share(N, hit) < MOST


@pytest.mark.parametrize("splits", [8, 16])
@pytest.mark.parametrize("middle", [0.0, 1.5])
def test_fractions_over_splits_of_a_table(splits: int, middle: float) -> None:
    """Eight seeds to a split; a lucky split helps all of them."""
    truth = norm.cdf(middle / np.sqrt(2))

    def hit(rng: np.random.Generator) -> bool:
        chance = norm.cdf(rng.normal(middle, 1, splits))
        solved = rng.random((8, splits)) < chance
        return within(clustered_fraction(solved.ravel(), np.tile(np.arange(splits), 8)), truth)

    assert LEAST < share(N, hit) < MOST


@pytest.mark.parametrize("rho", [0.0, 0.3])
@pytest.mark.parametrize("spread", [0.0, 1.5])
def test_fractions_over_listed_configurations(rho: float, spread: float) -> None:
    ahead = np.linspace(-spread, spread, 8)
    truth = float(norm.cdf(ahead).mean())

    def hit(rng: np.random.Generator) -> bool:
        solved = correlated(rng, ahead, 32, rho)
        return within(clustered_fraction(solved.ravel(), np.tile(np.arange(32), 8)), truth)

    assert LEAST < share(N, hit) < MOST


@pytest.mark.parametrize("goal", [0.92, 0.95, 0.97])
@pytest.mark.parametrize("spread", [0.005, 0.02, 0.05])
@pytest.mark.parametrize(("judged", "table"), [(36, 180), (360, 1800), (400, 400)])
def test_fractions_of_networks_that_rows_judge(
    goal: float, spread: float, judged: int, table: int
) -> None:
    """Of 32 networks, each judged on rows of its own split; or, last, all on the same.

    Networks mostly err on the same rows. A fraction of networks that are as good as their goal
    jumps from none to all, so that its interval cannot be exact: here it is never too narrow.
    """
    truth = float(norm.sf(goal, 0.96, spread))
    error = score_error("accuracy", goal, judged, 1, is_class=True)
    shift = error * np.sqrt(judged / table)
    every = np.arange(32)

    def hit(rng: np.random.Generator) -> bool:
        ahead = norm.ppf(np.clip(rng.normal(0.96, spread, 32), 1e-6, 1 - 1e-6))
        hard = rng.normal(size=table)
        rows = np.stack([rng.permutation(table)[:judged] for _ in every])
        own = rng.normal(size=rows.shape)
        right = np.sqrt(0.7) * hard[rows] + np.sqrt(0.3) * own < ahead[:, None]
        scores = right.mean(axis=1)
        return within(threshold_fraction(scores, goal, every, error=error, shift=shift), truth)

    assert share(200, hit) > LEAST - 0.02


@pytest.mark.parametrize("rho", [0.0, 0.3])
@pytest.mark.parametrize("spread", [0.2, 1.0])
def test_fractions_over_drawn_configurations_that_share_seeds(rho: float, spread: float) -> None:
    truth = norm.cdf(0.5 / np.sqrt(1 + spread**2))
    clusters = np.stack(np.divmod(np.arange(33 * 16), 16), axis=1)

    def hit(rng: np.random.Generator) -> bool:
        solved = correlated(rng, rng.normal(0.5, spread, 33), 16, rho)
        return within(clustered_fraction(solved.ravel(), clusters), truth)

    assert LEAST < share(N, hit) < MOST


@pytest.mark.parametrize(("k", "seeds"), [(1, 32), (8, 32), (5, 12)])
@pytest.mark.parametrize("rho", [0.05, 0.3])
@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_differences_of_paired_trials(k: int, seeds: int, rho: float, effect: float) -> None:
    first = np.linspace(-1, 1, k) if k > 1 else np.zeros(1)
    truth = float((norm.cdf(first) - norm.cdf(first - effect)).mean())
    cluster = np.tile(np.arange(seeds), k)
    rejected = 0

    def hit(rng: np.random.Generator) -> bool:
        nonlocal rejected
        sides = correlated(rng, np.concatenate([first, first - effect]), seeds, rho)
        found = clustered_difference(sides[:k].ravel(), sides[k:].ravel(), cluster)
        rejected += found.p_value < 0.05
        return within(found.interval, truth)

    assert LEAST < share(N, hit) < MOST + 0.01
    if not effect:
        assert rejected / N < ERROR
    if not effect and k == 8:  # enough seeds differ for the test not to be too careful
        assert rejected / N > 0.03


@pytest.mark.parametrize(("k", "frailty"), [(None, 0.0), (33, 1.0), (12, 1.0)])
def test_steps_to_solve_and_their_median(k: int | None, frailty: float) -> None:
    """Some never solve it, some not within the budget; in clusters some configurations are slow."""
    n, budget = (100, 3.0) if k is None else (16 * k, 3.0)

    def times(rng: np.random.Generator, of: int, pace: NDArray[np.float64]) -> NDArray[np.float64]:
        ends = rng.exponential(1 / pace, of)
        ends[rng.random(of) < 0.2] = np.inf
        return np.asarray(np.ceil(50 * ends))

    rng = np.random.default_rng(9)
    many = times(rng, 1_000_000, np.exp(frailty * rng.normal(size=1_000_000)))
    median, at = np.quantile(many, 0.5, method="inverted_cdf"), 35.0
    truth = float(np.mean(many <= at))
    inside = 0

    def hit(rng: np.random.Generator) -> bool:
        nonlocal inside
        pace = np.ones(n) if k is None else np.repeat(np.exp(frailty * rng.normal(size=k)), 16)
        ends = times(rng, n, pace)
        cluster = None if k is None else np.repeat(np.arange(k), 16)
        is_solved = ends <= 50 * budget
        curve = kaplan_meier(np.where(is_solved, ends, 50 * budget), is_solved, 0.95, cluster)
        place = int(np.searchsorted(curve.times, at, side="right")) - 1
        inside += bool(curve.low[place] <= truth <= curve.high[place])
        return within(curve.median_interval, float(median))

    assert LEAST < share(N, hit) < MOST
    assert LEAST < inside / N < MOST


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("k", [None, 33])
def test_quantiles_of_final_values(at: float, k: int | None) -> None:
    spread = 0.0 if k is None else 0.7
    truth = float(norm.ppf(at) * np.sqrt(1 + spread**2))

    def hit(rng: np.random.Generator) -> bool:
        if k is None:
            return within(quantile_interval(rng.normal(size=100), at), truth)
        values = rng.normal(rng.normal(0, spread, k)[:, None], 1.0, (k, 16)).ravel()
        return within(quantile_interval(values, at, cluster=np.repeat(np.arange(k), 16)), truth)

    # Order statistics of independent trials cover at least as often as they say.
    assert LEAST < share(N, hit) < (0.995 if k is None else MOST)


@pytest.mark.parametrize("rho", [0.0, 0.3])
def test_effects_of_settings_that_have_none(rho: float) -> None:
    """Intervals of main effects, and the least p-value, which is corrected for their number."""
    codes = np.array([(a, b) for a in range(3) for b in range(3)]).T
    of, seed = np.divmod(np.arange(9 * 32), 32)
    rng, wrong, inside = np.random.default_rng(0), 0, 0.0
    for _ in range(N // 2):
        solved = correlated(rng, np.full(9, 0.3), 32, rho)
        factors = {"width": codes[0], "rate": codes[1]}
        found = factorial(factors, of, seed, solved.ravel(), is_whole=True)
        wrong += min(it.p_value for it in found.main) < 0.05
        inside += float(np.mean([(it.low <= 0) & (it.high >= 0) for it in found.main]))
    assert 0.93 < inside / (N // 2) < 0.97
    assert wrong / (N // 2) < ERROR


def test_real_networks_that_are_alike() -> None:
    """Two draws of seeds for the same 8 structures do not differ; trials of one seed go together.

    A test that takes every pair of trials as independent finds a difference far too often.
    """
    networks = [am.mlp(4, width, 3) for width in range(2, 10)]
    training = am.Training(epochs=40, goal="training accuracy >= 0.95")
    population = am.train(networks, "iris", training, seeds=256, progress=False)
    solved = population.solved.reshape(8, 256)
    cluster, pooled = np.tile(np.arange(32), 8), 0

    def hit(rng: np.random.Generator) -> bool:
        nonlocal pooled
        first, second = rng.permutation(256).reshape(8, 32)[:2]
        a, b = solved[:, first].ravel(), solved[:, second].ravel()
        pooled += mcnemar(int(np.sum(a & ~b)), int(np.sum(b & ~a))) < 0.05
        return clustered_difference(a, b, cluster).p_value < 0.05

    assert share(N, hit) < ERROR
    assert pooled / N > 0.08


def test_all_comparisons_together_err_as_rarely_as_one() -> None:
    """With Holm, any difference beyond chance, where there is none."""
    networks = [am.mlp(2, width, 1, activation=it) for width in (2, 3) for it in ("tanh", "relu")]
    training = am.Training(epochs=1, goal="accuracy >= 0.9")
    table = table_of(am.train(networks, "moons", training, seeds=32, progress=False))

    def hit(rng: np.random.Generator) -> bool:
        solved = correlated(rng, np.zeros(4), 32, 0.2).ravel()
        codes = STATUSES.index("solved"), STATUSES.index("exhausted")
        status = np.where(solved, *codes).astype(np.int8)
        return bool(comparisons(replace(table, status=status)).beyond_chance)

    assert share(N // 2, hit) < ERROR + 0.01
