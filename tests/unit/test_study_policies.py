"""Policies: a contract that all of them keep, and what each of them decides.

No network is trained: outcomes are made up, and come in any order.
"""

import json
import random

import numpy as np
import pytest
from policies_made import EXHAUSTED, MOONS, SOLVED, made, play, results, seeded

import amenable as am
from amenable.space.builder import candidates
from amenable.statistics import confidence_sequence, wilson
from amenable.study.policies import POLICIES, policy_of, read_policy

CHANCES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)

EVERY = [
    am.FixedSeeds(5),
    am.FixedSeeds([7, 3]),
    am.UntilDecided(width=0.2, most=300),
    am.UntilDecided(width=None, least=10, most=100),
    am.UntilDecided(width=0.3, worse=False),
    am.SuccessiveHalving(at_once=4),
    am.SuccessiveHalving(rungs=2, reduction=2, seeds=1),
]


@pytest.mark.parametrize("policy", EVERY)
def test_the_end_does_not_depend_on_the_order_in_which_trials_come(policy):
    them = made(len(CHANCES))
    _, whole, _ = play(policy, them, seeded(CHANCES))
    for start in range(3):
        known, found, rounds = play(policy, them, seeded(CHANCES), random.Random(start), cut=0.4)
        assert found == whole
        assert rounds > 1
        assert len(known) == len({it.configuration for it in known})


@pytest.mark.parametrize("policy", EVERY)
def test_what_else_the_study_holds_changes_nothing(policy):
    them = made(len(CHANCES))
    others = candidates(am.Space(hidden=[3, 4], activation="relu", goal="accuracy >= 0.9"), MOONS)
    _, whole, _ = play(policy, them, seeded(CHANCES))
    trials = {(len(them) + i, seed): (SOLVED, 1.0, 1) for i in range(2) for seed in range(2000)}
    trials |= {(0, 5000): (SOLVED, 1.0, 1)}  # of the first, a seed that nobody asks for
    known = [*them, *others]
    numbers = {it.configuration: i for i, it in enumerate(known)}
    while asked := policy.requests(results(known, trials), them):
        for it in asked:
            if it.candidate.configuration not in numbers:
                numbers[it.candidate.configuration] = len(known)
                known.append(it.candidate)
            for seed in it.seeds:
                trials[numbers[it.candidate.configuration], seed] = seeded(CHANCES)(
                    it.candidate, seed
                )
    found = {(known[i].configuration, seed) for i, seed in trials}
    assert found >= set(whole)
    assert len(found) == len(whole) + 4001


@pytest.mark.parametrize("policy", EVERY)
def test_a_policy_survives_json_and_says_what_it_does(policy):
    record = json.loads(json.dumps(policy.to_dict()))
    assert read_policy(record) == policy == policy_of(policy) == policy_of(record)
    assert POLICIES[record["kind"]] is type(policy)
    assert "seed" in policy.describe()


def test_no_candidates_want_nothing():
    for policy in EVERY:
        assert policy.requests(results([], {}), []) == ()


def test_fixed_seeds_ask_for_what_is_missing():
    them = made(2)
    there = {(0, 1): (SOLVED, 1.0, 5), (1, 0): (SOLVED, 1.0, 5), (1, 1): (SOLVED, 1.0, 5)}
    first, second = am.FixedSeeds(4).requests(results(them, there), them)
    assert (list(first.seeds), list(second.seeds)) == ([0, 2, 3], [2, 3])
    fresh = am.FixedSeeds(4).requests(results(them, {}), them)
    assert fresh[0].seeds is fresh[1].seeds  # one object, however many candidates
    assert am.FixedSeeds(range(5, 8)).describe() == "3 seeds each"


def test_until_decided_stops_what_is_known_and_what_is_clearly_worse():
    them = made(len(CHANCES))
    policy = am.UntilDecided(width=0.15, most=1000)
    known, trials, _ = play(policy, them, seeded(CHANCES))
    found = results(known, {(known_index(known, it), seed): v for (it, seed), v in trials.items()})
    decisions = policy.decisions(found, them)
    reasons = [it.reason for it in decisions]
    assert reasons[-1] == "known"
    assert set(reasons[:4]) == {"worse"}
    seeds = [it.seeds for it in decisions]
    assert max(seeds[:4]) <= 48  # what is hopeless costs little
    assert seeds.index(max(seeds)) in (5, 6, 7)  # what is near the best costs most
    for it, chance in zip(decisions, CHANCES, strict=True):
        assert it.interval.low <= chance <= it.interval.high
        if it.reason == "known":
            assert it.interval.high - it.interval.low <= 0.15
    assert sum(seeds) == len(trials)


def known_index(known, configuration):
    return next(i for i, it in enumerate(known) if it.configuration == configuration)


def test_until_decided_ends_at_the_most_seeds():
    them = made(1)
    policy = am.UntilDecided(width=0.01, least=10, most=33)
    _, trials, rounds = play(policy, them, seeded((0.5,)))
    assert (len(trials), rounds) == (33, 4)  # 10, 15, 23, 33
    done = results(them, {(0, seed): it for (_, seed), it in trials.items()})
    assert policy.decisions(done, them)[0].reason == "most"
    assert policy.decisions(results(them, {}), them)[0].reason == "open"
    assert policy.decisions(results(them, {}), them)[0].seeds == 0


def test_until_decided_looks_when_a_round_is_complete_and_no_earlier():
    them = made(2)
    policy = am.UntilDecided(least=32, most=64)
    trials = {(0, seed): (SOLVED, 1.0, 1) for seed in range(64)}
    trials |= {(1, seed): (EXHAUSTED, 0.0, 1) for seed in range(31)}
    trials |= {(1, 5000): (EXHAUSTED, 0.0, 1)}  # a seed that nobody asked for fills no gap
    (asked,) = policy.requests(results(them, trials), them)
    assert asked.candidate is them[1]
    assert list(asked.seeds) == [31]
    trials[1, 31] = (EXHAUSTED, 0.0, 1)
    assert [it.reason for it in policy.decisions(results(them, trials), them)] == ["known", "worse"]


def test_until_decided_seldom_stops_the_best_as_worse_and_a_naive_rule_does_not_hold():
    """Ten equally good candidates, 120 times: whoever is stopped as worse was stopped wrongly."""
    them, n, most = made(10), 120, 512
    policy = am.UntilDecided(width=None, least=8, most=most)
    wrong = naive = 0
    for start in range(n):
        is_solved = np.random.default_rng(start).random((10, most)) < 0.5
        trials = (
            {
                (i, seed): (SOLVED if is_solved[i, seed] else EXHAUSTED, 0.0, 1)
                for i in range(10)
                for seed in range(most)
            }
            if start < 20
            else None
        )
        if trials:  # the policy itself, on some: slow to make up
            reasons = {it.reason for it in policy.decisions(results(them, trials), them)}
            assert ("worse" in reasons) == _is_stopped(is_solved, policy)
        wrong += _is_stopped(is_solved, policy)
        naive += _is_stopped_naively(is_solved)
    assert wrong / n <= 0.05
    assert naive / n > 0.3  # intervals made for one look, looked at again and again


def test_each_of_many_candidates_takes_its_share_of_the_error():
    """The best solves all of 32: what is clearly worse is where intervals of 1 - 0.05 / 10 part."""
    them, n = made(10), 32

    def parts(solved, level):
        return confidence_sequence(solved, n, level).high < confidence_sequence(n, n, level).low

    most = max(it for it in range(n) if parts(it, 1 - 0.05 / 10))
    assert parts(most + 1, 1 - 0.05)  # alone it would be worse
    solved = [most, most + 1, *[n] * 8]
    trials = {
        (i, seed): (SOLVED if seed < solved[i] else EXHAUSTED, 0.0, 1)
        for i in range(10)
        for seed in range(n)
    }
    policy = am.UntilDecided(width=None, most=64)
    reasons = [it.reason for it in policy.decisions(results(them, trials), them)]
    assert reasons == ["worse", *["open"] * 9]


LOOKS = (8, 12, 18, 27, 41, 62, 93, 140, 210, 315, 473, 512)


def _is_stopped(is_solved, policy):
    """Whether the rule stops any candidate as worse, over all looks at all of them."""
    from amenable.statistics.sequences import sequence_limits

    counts = is_solved.cumsum(axis=1)
    error = (1 - policy.level) / len(is_solved)
    for n in LOOKS:
        low, high = sequence_limits(counts[:, n - 1], n, error)
        if (high < low.max()).any():
            return True
    return False


def _is_stopped_naively(is_solved):
    counts = is_solved.cumsum(axis=1)
    for n in LOOKS:
        limits = [wilson(int(it), n) for it in counts[:, n - 1]]
        if min(it.high for it in limits) < max(it.low for it in limits):
            return True
    return False


def test_until_decided_needs_a_goal():
    them = made(2, goal="none")
    with pytest.raises(am.DescriptionError, match=r"no goal; add one, such as goal="):
        am.UntilDecided().requests(results(them, {}), them)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: am.FixedSeeds(0), "seeds: expected at least one, got 0"),
        (lambda: am.FixedSeeds([1, 1]), "seeds[1]: 1 is there already"),
        (lambda: am.FixedSeeds([2**63]), "integers from 0 to 2**63 - 1"),
        (lambda: am.FixedSeeds(10**9), "expected at most 10,000,000 integers"),
        (
            lambda: am.UntilDecided(width=0),
            "UntilDecided.width: expected a number in (0, 1), got 0",
        ),
        (lambda: am.UntilDecided(least=0), "UntilDecided.least: expected an integer >= 1"),
        (lambda: am.UntilDecided(least=9, most=8), "UntilDecided.least: expected at most most=8"),
        (lambda: am.UntilDecided(level=1), "UntilDecided.level: expected a number in (0, 1)"),
        (lambda: am.UntilDecided(worse=1), "UntilDecided.worse: expected True or False"),
        (lambda: am.UntilDecided(width=None, worse=False), "nothing would ever be decided"),
        (
            lambda: am.SuccessiveHalving(rungs=1),
            "SuccessiveHalving.rungs: expected an integer >= 2",
        ),
        (lambda: am.SuccessiveHalving(reduction=1), "SuccessiveHalving.reduction"),
        (lambda: am.SuccessiveHalving(at_once=2), "SuccessiveHalving.at_once: expected an integer"),
        (lambda: policy_of("until_decide"), "did you mean 'until_decided'?"),
        (lambda: policy_of(am.UntilDecided), "call it: UntilDecided()"),
        (lambda: policy_of({"kind": "halving"}), "policy.kind: expected one of fixed_seeds"),
        (lambda: read_policy({"kind": "until_decided", "widht": 1}), "did you mean 'width'?"),
        (lambda: policy_of(1.5), "seeds: expected a number of seeds or a list of them, got 1.5"),
    ],
)
def test_policies_that_cannot_be_are_refused(make, said):
    with pytest.raises(am.DescriptionError) as error:
        make()
    assert said in str(error.value)
