"""`Plan`: what a sweep trains, on what, when a network solves it. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from amenable import engine
from amenable.answers.cost import multiply_adds_per_step
from amenable.baselines import Baseline
from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.catalogue import load_for_sweep
from amenable.description import did_you_mean, quote
from amenable.encoding import budget
from amenable.errors import DescriptionError
from amenable.formatting import plural
from amenable.network import Network
from amenable.population.checks import as_dataset
from amenable.space import Space, candidates, defaults
from amenable.space.candidate import Candidate
from amenable.space.draws import METHODS
from amenable.study.policies import FixedSeeds, Policy, UntilDecided, policy_of
from amenable.training import Training, parse_goal

AUTO = "auto"  # the goal that suits the data
OWNER = "sweep"  # of the arguments, in errors
MOST_NETWORKS = 2_000_000  # about 200 bytes each are kept
MOST_PARAMETERS = 2_000_000  # a register of 16 networks with gradients and moments: half a GB
MOST_STEPS = 10**9
SPLIT_COST = 1.5  # lanes that learn different splits gather their rows: at most so much longer
LONG_S = 40.0  # of training, from which the time is said before it starts
LOPSIDED = 0.9  # share of one class, from which accuracy says little of the others


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep will train.

    Parameters
    ----------
    data : Dataset
        With its splits; the first of them, where a small table is split anew for each seed.
    splits : Dataset or RepeatedSplits
        What is trained on.
    space : Space
        Settings with their values.
    method, draws, draw_seed
        How points of it are drawn, as for `Space.draw`.
    candidates : tuple of Candidate
        What they are for the data.
    policy : Policy
        How many seeds.
    goal : str or None
        When a network solves it; None also where the settings differ in it.
    goal_reason : str
        Why the goal is where it is; empty where it was asked for, or there is none.
    needs_goal : bool
        Whether the goal is left to us, and not yet chosen.
    remarks : tuple of str
        What was left out to keep it short.
    asked : mapping of str to value
        The arguments that it was made from.
    """

    data: Dataset
    splits: Dataset | RepeatedSplits
    space: Space
    method: str
    draws: int | None
    draw_seed: int
    candidates: tuple[Candidate, ...]
    policy: Policy
    goal: str | None = None
    goal_reason: str = ""
    needs_goal: bool = False
    remarks: tuple[str, ...] = ()
    asked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The different networks."""
        return tuple(dict.fromkeys(it.configuration.network for it in self.candidates))

    @property
    def trainings(self) -> tuple[Training, ...]:
        """The different trainings."""
        return tuple(dict.fromkeys(it.configuration.training for it in self.candidates))

    @property
    def n_seeds(self) -> int | None:
        """Seeds of each candidate; None where the policy decides on the way."""
        return len(self.policy.seeds) if isinstance(self.policy, FixedSeeds) else None

    @property
    def n_networks(self) -> int | None:
        """How many will be trained; None where the policy decides on the way."""
        return None if self.n_seeds is None else self.n_seeds * len(self.candidates)

    @property
    def is_on_unseen_rows(self) -> bool:
        """Whether all candidates have a goal on rows that they do not learn from."""
        goals = {it.configuration.training.goal for it in self.candidates}
        return all(
            goal is not None
            and defaults.judged_split(parse_goal(goal).split, self.data) != "training"
            for goal in goals
        )

    def models(self) -> list[Baseline]:
        """Scikit-learn's models on the same data, measured as the goal is."""
        from amenable.baselines import baselines

        metric = None if self.goal is None else parse_goal(self.goal).metric
        if self.needs_goal and _is_lopsided(self.data):
            metric = "balanced_accuracy"
        return baselines(self.splits, metric=None if metric == "loss" else metric)

    def with_default_goal(self, models: Sequence[Baseline]) -> Plan:
        """The plan with the goal that suits the data, where it was left to us."""
        if not self.needs_goal:
            return self
        goal, reason = defaults.goal(self.splits, models)
        if goal is None and isinstance(self.policy, UntilDecided):
            raise _wrong(
                "policy", f"it counts the trials that reach a goal, but there is no goal: {reason}"
            )
        return replace(
            self,
            candidates=tuple(_with_goal(it, goal) for it in self.candidates),
            goal=goal,
            goal_reason=reason,
            needs_goal=False,
        )


def make_plan(
    data: Any,
    space: Space | None = None,
    *,
    target: str | None = None,
    task: str | None = None,
    validation: float | None = None,
    test: float | None = None,
    splits: int | None = None,
    seeds: int | Iterable[int] | None = None,
    policy: Policy | None = None,
    method: str | None = None,
    draws: int | None = None,
    draw_seed: int = 0,
    goal: str | None = AUTO,
    **settings: Any,
) -> Plan:
    """What `amenable.sweep` is to train; takes its arguments.

    Raises
    ------
    DescriptionError
        Names the setting that cannot be meant.
    """
    given = {
        "target": target,
        "task": task,
        "validation": validation,
        "test": test,
        "splits": splits,
        "seeds": seeds,
        "policy": policy,
        "method": method,
        "draws": draws,
        "draw_seed": draw_seed or None,
    }
    asked = {name: it for name, it in given.items() if it is not None} | settings
    loaded = load_data(
        data, target=target, task=task, validation=validation, test=test, splits=splits
    )
    dataset = loaded[0] if isinstance(loaded, RepeatedSplits) else loaded  # of one shape
    how = checked_method(method, draws)
    needs_goal = goal == AUTO and "goal" not in settings
    wanted = None if goal == AUTO else checked_goal(goal, dataset)
    whole = _space(dataset, space, settings)
    found = _candidates(dataset, whole, how, draws, draw_seed, wanted)
    remarks: list[str] = []
    is_ours = space is None and not {"hidden", "network"} & set(settings)
    if is_ours and how == "grid":
        hidden = _affordable(found, loaded)
        n_left_out = len(defaults.structures(dataset)) - len(hidden)
        if n_left_out:
            whole = _space(dataset, None, {"hidden": hidden, **settings})
            found = _candidates(dataset, whole, how, draws, draw_seed, wanted)
            remarks.append(
                f"without the {plural(n_left_out, 'largest structure')}, which would take minutes"
            )
    chosen = _policy(found, loaded, seeds, policy, remarks)
    remarks += _time_remarks(found, loaded, chosen)
    plan = Plan(
        data=dataset,
        splits=loaded,
        space=whole,
        method=how,
        draws=draws,
        draw_seed=draw_seed,
        candidates=found,
        policy=chosen,
        goal=wanted,
        needs_goal=needs_goal,
        remarks=tuple(remarks),
        asked=asked | ({} if goal == AUTO else {"goal": goal}),
    )
    check_plan(plan)
    return plan


def load_data(
    data: Any, *, target: Any, task: Any, validation: Any, test: Any, splits: int | None = None
) -> Dataset | RepeatedSplits:
    """The data, split as asked for; a small table anew for each seed."""
    given = {"target": target, "task": task, "validation": validation, "test": test}
    options = {name: it for name, it in given.items() if it is not None}
    if isinstance(data, str | Path):
        return load_for_sweep(data, splits=splits, **options)
    if options:
        name = next(iter(options))
        raise _wrong(name, "the data is loaded already; pass it to load, or leave it out")
    return data if isinstance(data, RepeatedSplits) else as_dataset(data)


def checked_method(method: str | None, draws: int | None) -> str:
    """How the settings are drawn; ranges must be."""
    how = method or ("grid" if draws is None else "sobol")
    if how not in METHODS:
        hint = did_you_mean(how, METHODS) or f"known are {', '.join(METHODS)}"
        raise _wrong("method", f"unknown method {quote(how)}; {hint}")
    if how == "grid" and draws is not None:
        raise _wrong("draws", "a grid takes all combinations; leave out draws or method")
    if how != "grid" and draws is None:
        raise _wrong("draws", f"{how} needs the number of draws, such as 100")
    return how


def is_none(text: str) -> bool:
    """Whether "none" was said."""
    return text.strip().lower() == "none"


def checked_goal(typed: str | None, data: Dataset) -> str | None:
    """The goal with its split; None for none."""
    if typed is None or is_none(typed):
        return None
    goal = parse_goal(typed, f"{OWNER}.goal")
    split = defaults.judged_split(goal.split, data)
    if not len(getattr(data, split)):
        raise _wrong(
            "goal",
            f"{quote(typed)} asks for {split} samples, but {data.name} holds out none; say "
            "training instead",
        )
    return str(replace(goal, split=split))


def check_plan(plan: Plan) -> None:
    """Refuse what no machine could train."""
    largest = max(plan.networks, key=lambda it: it.n_parameters)
    if largest.n_parameters > MOST_PARAMETERS:
        raise _wrong(
            "hidden",
            f"{largest.structure} has {largest.n_parameters:,} parameters, more than "
            f"{MOST_PARAMETERS:,}; take narrower layers",
        )
    for training in plan.trainings:
        n_steps = budget(training, len(plan.data.training))
        if n_steps > MOST_STEPS:
            name = "epochs" if training.steps is None else "steps"
            raise _wrong(
                name,
                f"{getattr(training, name):,} are {n_steps:,} steps, more than {MOST_STEPS:,}; "
                "take fewer",
            )
    if (plan.n_networks or 0) > MOST_NETWORKS:
        raise _wrong(
            "seeds",
            f"{plan.n_networks:,} networks are more than the {MOST_NETWORKS:,} of one sweep; take "
            "fewer seeds or fewer values of other settings",
        )


def _space(data: Dataset, space: Space | None, settings: Mapping[str, Any]) -> Space:
    """The space, or the one of the settings with structures and activations that suit the data."""
    if space is not None:
        if settings:
            name = next(iter(settings))
            raise _wrong(name, "the space has it already; leave one of them out")
        return space
    if "network" in settings:
        return Space(**settings)
    ours: dict[str, Any] = {
        "hidden": [_widths(it) for it in defaults.structures(data)],
        "activation": list(defaults.ACTIVATIONS),
    }
    return Space(**{**ours, **settings})


def _widths(typed: str) -> tuple[int, ...]:
    return () if typed == "none" else tuple(int(it) for it in typed.split(","))


def _candidates(
    data: Dataset, space: Space, method: str, draws: int | None, seed: int, goal: str | None
) -> tuple[Candidate, ...]:
    if method == "grid":
        for entry in space.entries:
            if not isinstance(entry.choices, tuple) and not entry.choices.grid():
                raise _wrong(entry.name, "a range must be drawn from; add draws, such as 100")
    return candidates(space.draw(method, draws, seed), data, goal=goal)


def _affordable(
    found: Sequence[Candidate], data: Dataset | RepeatedSplits
) -> list[tuple[int, ...]]:
    """Hidden layers without the largest, where they would take minutes; in their order."""
    each: dict[tuple[int, ...], float] = {}
    for it in found:
        hidden = it.configuration.network.hidden
        each[hidden] = each.get(hidden, 0.0) + work((it,), data)
    cheapest = sorted(each, key=lambda hidden: each[hidden])
    kept = cheapest[: defaults.affordable([each[hidden] for hidden in cheapest])]
    return [hidden for hidden in each if hidden in kept]


def work(found: Iterable[Candidate], data: Dataset | RepeatedSplits) -> float:
    """Multiply-adds of one seed of each, as many as take the time where each seed has its split."""
    is_repeated = isinstance(data, RepeatedSplits)
    n = len(data[0].training) if isinstance(data, RepeatedSplits) else len(data.training)
    pairs = [it.configuration for it in found]
    total = sum(
        multiply_adds_per_step(it, n)
        * budget(it.training, n)
        * (defaults.LARGE_COST if it.network.n_parameters > defaults.LARGE else 1)
        for it in pairs
    )
    return float(total * (SPLIT_COST if is_repeated else 1))


def _time_remarks(
    found: Sequence[Candidate], data: Dataset | RepeatedSplits, policy: Policy
) -> list[str]:
    """How long it will take, where that is longer than one waits without being told."""
    if not isinstance(policy, FixedSeeds):
        return []
    cores = engine.available_cores()
    expected = defaults.seconds(work(found, data) * len(policy.seeds), cores)
    if expected < LONG_S:
        return []
    time = plural(round(expected / 60), "minute") if expected >= 90 else f"{expected:.0f} seconds"
    return [f"it will take about {time} on {plural(cores, 'core')} of this machine"]


def _policy(
    found: Sequence[Candidate],
    data: Dataset | RepeatedSplits,
    seeds: int | Iterable[int] | None,
    policy: Policy | None,
    remarks: list[str],
) -> Policy:
    if policy is not None:
        if seeds is not None:
            raise _wrong("seeds", "the policy chooses the number of seeds; leave one of them out")
        return policy_of(policy)
    if isinstance(seeds, int) and seeds < 1:
        raise _wrong("seeds", f"expected how many to take, at least 1, got {seeds}; use 32")
    if seeds is None:
        seeds = defaults.seeds(work(found, data))
        if seeds < defaults.SEEDS[0]:
            remarks.append(f"{seeds} seeds each, since {defaults.SEEDS[0]} would take minutes")
    return FixedSeeds(seeds)


def _is_lopsided(data: Dataset) -> bool:
    """Whether one class is so frequent that to guess it is nearly always right."""
    if data.task != "classification":
        return False
    counts = np.bincount(data.y[data.training])
    return bool(counts.max() > LOPSIDED * counts.sum())


def _with_goal(it: Candidate, goal: str | None) -> Candidate:
    configuration = it.configuration
    training = replace(configuration.training, goal=goal)
    return replace(it, configuration=configuration._replace(training=training))


def _wrong(name: str, problem: str) -> DescriptionError:
    """An error about an argument."""
    return DescriptionError(problem, where=(OWNER, name))
