"""Candidates, and outcomes that are made up for them: no network is trained."""

import numpy as np

import amenable as am
from amenable import engine
from amenable.answers.trial_table import TrialTable
from amenable.population import DataSummary
from amenable.space.builder import candidates

EXHAUSTED, SOLVED, DIVERGED = map(engine.STATUSES.index, ("exhausted", "solved", "diverged"))


DATA = DataSummary("made", "classification", ("no", "yes"), 2, 160, 40, "f" * 64)


NUMBERS = DataSummary("made", "regression", (), 1, 32, 0, "f" * 64)


MOONS = am.load("moons")


def made(n, epochs=81, goal="accuracy >= 0.9"):
    """That many candidates."""
    return candidates(am.Space(hidden=list(range(1, n + 1)), goal=goal, epochs=epochs), MOONS)


def results(them, trials):
    """Results of {(number of the candidate, seed): (status, metric, steps)}."""
    order = sorted(trials)
    values = [trials[it] for it in order]
    final = np.full((len(order), 3, 2), np.nan)
    final[:, 1, 1] = [it[1] for it in values]
    return TrialTable(
        data=DATA,
        ids=tuple(range(len(them))),
        settings=tuple(it.settings for it in them),
        configurations=tuple(it.configuration for it in them),
        configuration=np.array([i for i, _ in order], np.int64),
        seed=np.array([seed for _, seed in order], np.int64),
        status=np.array([it[0] for it in values], np.int8),
        steps=np.array([it[2] for it in values], np.int64),
        goal_step=np.array([it[2] if it[0] == SOLVED else -1 for it in values], np.int64),
        final=final,
    )


def seeded(chances):
    """Outcomes by chance, the same for a configuration and a seed whenever they are asked for."""

    def outcome(candidate, seed):
        width, training = (
            candidate.configuration.network.hidden[0],
            candidate.configuration.training,
        )
        rng = np.random.default_rng([width, training.epochs or training.steps, seed])
        is_solved = rng.random() < chances[width - 1]
        return (SOLVED if is_solved else EXHAUSTED, float(rng.random()), 100)

    return outcome


def play(policy, them, outcome, order=None, cut=1.0):
    """Until nothing is asked for; (candidates that were met, trials, rounds).

    With `order`, a generator, trials come in random order and only a part of them before the policy
    is asked again, as after a kill.
    """
    known, trials, rounds = list(them), {}, 0
    numbers = {it.configuration: i for i, it in enumerate(known)}
    while asked := policy.requests(results(known, trials), them):
        rounds += 1
        for it in asked:
            if it.candidate.configuration not in numbers:
                numbers[it.candidate.configuration] = len(known)
                known.append(it.candidate)
        new = [(it.candidate, seed) for it in asked for seed in it.seeds]
        keys = [(numbers[it.configuration], seed) for it, seed in new]
        assert not set(keys) & set(trials)  # never what is there
        assert len(set(keys)) == len(keys)
        assert all(list(it.seeds) == sorted(it.seeds) for it in asked)
        if order is not None:
            order.shuffle(new)
            new = new[: max(1, int(cut * len(new)))]
        for it, seed in new:
            trials[numbers[it.configuration], seed] = outcome(it, seed)
        assert rounds < 10_000
    found = {(known[i].configuration, seed): it for (i, seed), it in trials.items()}
    return known, found, rounds
