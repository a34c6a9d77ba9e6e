"""What a sweep will train, said before it does: the data, the networks, how they are trained."""

from __future__ import annotations

from typing import Any

from amenable.datasets import Dataset, RepeatedSplits
from amenable.encoding import budget
from amenable.formatting import join, plural
from amenable.population.keys import value_of
from amenable.space.entries import SpaceEntry
from amenable.sweep.plan import Plan
from amenable.training import Training

MOST_NOTES = 6
MOST_VALUES = 4  # of a setting, that are named and not counted
ALWAYS = ("optimizer", "lr", "batch")  # settings that are said in any case
ELSEWHERE = ("hidden", "activation", "network", "goal", "epochs", "steps")  # said in other lines


def data_lines(data: Dataset, splits: Dataset | RepeatedSplits | None = None) -> list[str]:
    """Name, sizes, and what was inferred or done."""
    parts = [f"{len(data.training):,} to train"]
    if len(data.validation):
        parts.append(f"{len(data.validation):,} to validate")
    n_samples, apart = data.n_samples, ""
    if data.has_own_test:
        n_samples, apart = len(data.seen), f" and {len(data.test):,} to test"
    elif len(data.test):
        parts.append(f"{len(data.test):,} to test")
    if data.task == "classification":
        learned = f"{data.n_classes} classes"
    else:
        learned = f"{plural(data.n_outputs(), 'number')} to predict"
    inputs = plural(data.n_inputs, "input")
    head = f"{data.name}: {n_samples:,} samples ({', '.join(parts)}){apart}, {inputs}, {learned}"
    notes = list(data.notes[:MOST_NOTES])
    if isinstance(splits, RepeatedSplits):
        notes.append(f"split anew for each seed: there are {len(splits)} splits, taken in turn")
    n_more = len(data.notes) - MOST_NOTES
    if n_more > 0:
        notes.append(f"… and {n_more} more; am.load(...).notes has them all")
    return [head, *notes]


def plan_lines(plan: Plan) -> list[str]:
    """How many networks, which, and how they are trained."""
    if plan.method == "grid" and plan.n_networks is not None:
        head = f"{plural(plan.n_networks, 'network')}: {_product(plan)}"
        return [head, _training(plan), *plan.remarks]
    drawn = "" if plan.method == "grid" else f", drawn by {plan.method}"
    varying = [_entry_words(it) for it in plan.space.entries if not it.is_fixed]
    among = f": {'; '.join(varying)}" if varying else ""
    head = f"{plural(len(plan.candidates), 'configuration')}{drawn}{among}"
    return [head, plan.policy.describe(), _training(plan), *plan.remarks]


def _product(plan: Plan) -> str:
    """ "(11 structures x 3 activations + 1 linear) x 2 settings x 32 seeds"."""
    hidden = [it for it in plan.networks if it.hidden]
    n_structures = len({it.hidden for it in hidden})
    n_activations = len({it.activation for it in hidden})
    parts = []
    if n_structures * n_activations == len(hidden):
        if hidden:
            structures = plural(n_structures, "structure")
            parts.append(f"{structures} x {plural(n_activations, 'activation')}")
        if len(plan.networks) > len(hidden):
            parts.append("1 linear")
    else:
        parts.append(plural(len(plan.networks), "structure"))
    text = " + ".join(parts)
    if len(parts) > 1:
        text = f"({text})"
    if len(plan.trainings) > 1:
        text += f" x {len(plan.trainings)} settings"
    return f"{text} x {plural(plan.n_seeds or 0, 'seed')}"


def _training(plan: Plan) -> str:
    """Optimizer, learning rate, batch, budget and what else was set, with all values that vary."""
    names = [*ALWAYS, *(it for it in plan.space.names if it not in (*ALWAYS, *ELSEWHERE))]
    parts = []
    for name in names:
        found = [value_of(it.configuration, name, plan.data.task) for it in plan.candidates]
        values = list(dict.fromkeys(it for it in found if it is not None))
        if values:
            prefix = "" if name == "optimizer" else f"{name} "
            parts.append(f"{prefix}{_some(values)}")
    budgets = dict.fromkeys(_budget(it, len(plan.data.training)) for it in plan.trainings)
    return f"{', '.join(parts)}, {join(list(budgets), 'or')}".replace("batch full", "full batch")


def _budget(training: Training, n_samples: int) -> str:
    """ "40 epochs (1,800 steps)"."""
    n_steps = budget(training, n_samples)
    if training.epochs in (None, n_steps):
        return plural(n_steps, "step")
    return f"{plural(training.epochs, 'epoch')} ({plural(n_steps, 'step')})"


def _some(values: list[Any]) -> str:
    """Values, where they are few; numbers that are many as a range."""
    if len(values) <= MOST_VALUES:
        return join([_value(it) for it in values], "or")
    if all(isinstance(it, int | float) for it in values):
        return f"{_value(min(values))} to {_value(max(values))}"
    return plural(len(values), "value")


def _entry_words(entry: SpaceEntry) -> str:
    """ "lr 0.0001 to 1", "hidden 12 values", "activation tanh or relu"."""
    if not isinstance(entry.choices, tuple):
        return f"{entry.name} {entry.choices.low:g} to {entry.choices.high:g}"
    if len(entry.choices) > MOST_VALUES or entry.name == "network":
        return f"{entry.name} {plural(len(entry.choices), 'value')}"
    return f"{entry.name} {join([_value(it) for it in entry.choices], 'or')}"


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
