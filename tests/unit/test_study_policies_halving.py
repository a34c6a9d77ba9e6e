"""`SuccessiveHalving`: who is promoted, by what, and with which budget."""

from dataclasses import replace

import numpy as np
import pytest
from policies_made import DIVERGED, EXHAUSTED, MOONS, NUMBERS, made, play, results

import amenable as am
from amenable.space.builder import candidates


def ranked(candidate, seed):
    """The wider, the better; the widest but one diverges."""
    width = candidate.configuration.network.hidden[0]
    return (DIVERGED if width == 26 else EXHAUSTED, width / 100, 10)


def test_halving_gives_the_best_third_three_times_the_budget():
    them = made(27)
    known, trials, rounds = play(am.SuccessiveHalving(seeds=2), them, ranked)
    widths = {}
    for configuration, _ in trials:
        widths.setdefault(configuration.training.epochs, set()).add(configuration.network.hidden[0])
    assert widths == {
        3: set(range(1, 28)),
        9: {27, 25, 24, 23, 22, 21, 20, 19, 18},  # 26 diverged
        27: {27, 25, 24},
        81: {27},
    }
    assert rounds == 4
    assert len(trials) == 2 * (27 + 9 + 3 + 1)
    assert {it.settings["epochs"] for it in known[27:]} == {3, 9, 27}  # 81 was there: the candidate


def test_halving_in_blocks_promotes_the_best_that_it_has_seen():
    them = made(27)
    _, blocks, rounds = play(am.SuccessiveHalving(at_once=9, seeds=1), them, ranked)
    longer = {it.network.hidden[0] for it, _ in blocks if it.training.epochs == 9}
    assert {7, 8, 9} <= longer  # the best of the first block
    assert rounds > 4
    # More candidates behind the others: what was promoted among the first is promoted still.
    _, first, _ = play(am.SuccessiveHalving(at_once=9, seeds=1), them[:18], ranked)
    middle = {it for it in first if it[0].training.epochs == 9}
    assert middle <= set(blocks)


def test_halving_of_few_still_reaches_the_whole_budget():
    for n in (1, 2, 5):
        _, trials, _ = play(am.SuccessiveHalving(seeds=1), made(n), ranked)
        assert {it.training.epochs for it, _ in trials} == {3, 9, 27, 81}
        best = [it.network.hidden[0] for it, _ in trials if it.training.epochs == 81]
        assert best == [n]


def test_halving_ranks_by_the_middle_seed_and_then_by_steps():
    them = made(3)

    def outcome(candidate, seed):
        width = candidate.configuration.network.hidden[0]
        metric = {1: (0.5, 0.5, 0.5), 2: (0.9, 0.1, 0.1), 3: (0.5, 0.5, 0.5)}[width][seed]
        return EXHAUSTED, metric, {1: 20, 2: 1, 3: 10}[width]

    _, trials, _ = play(am.SuccessiveHalving(rungs=2), them, outcome)
    assert {it.network.hidden[0] for it, _ in trials if it.training.epochs == 81} == {3}


def test_halving_ranks_errors_the_other_way_round_and_by_training_where_nothing_is_held_out():
    data = am.Dataset.from_arrays(np.arange(40.0)[:, None], np.arange(40.0))
    them = candidates(am.Space(hidden=[1, 2, 3], goal="rmse <= 0.1", epochs=81), data)
    policy = am.SuccessiveHalving(rungs=2, seeds=1)

    def answers(trials):
        made = results([it.candidate for it in first], trials)
        made.final[:, 0, 1], made.final[:, 1, 1] = made.final[:, 1, 1].copy(), np.nan
        return replace(made, data=NUMBERS)

    first = policy.requests(replace(results([], {}), data=NUMBERS), them)
    errors = {1: 3.0, 2: 1.0, 3: 2.0}
    trials = {(i, 0): (EXHAUSTED, errors[i + 1], 1) for i in range(3)}
    (asked,) = policy.requests(answers(trials), them)
    assert asked.candidate.configuration.network.hidden == (2,)


def test_halving_counts_in_steps_where_epochs_are_few():
    (it,) = made(1, epochs=9)
    first = am.SuccessiveHalving().requests(results([it], {}), [it])[0].candidate
    n_steps = 9 * 5  # of 160 samples in batches of 32
    assert first.configuration.training.steps == round(n_steps / 27)
    assert first.settings["steps"] == first.configuration.training.steps
    assert "epochs" not in first.settings
    (short,) = candidates(am.Space(steps=20, hidden=3), MOONS)
    with pytest.raises(am.DescriptionError, match=r"20 steps is too short for 4 rungs, .* 1/27"):
        am.SuccessiveHalving().requests(results([short], {}), [short])
