"""What will run, said before it runs: the data, the networks, how they are trained, the goal."""

from __future__ import annotations

from amenable.cli.findings import SETTINGS
from amenable.cli.plan import Plan
from amenable.datasets import Dataset
from amenable.encoding import budget
from amenable.phrases import counted, goal, joined
from amenable.training import Training

MOST_NOTES = 6


def data_lines(data: Dataset) -> list[str]:
    """Name, sizes, and what was inferred or done."""
    parts = [f"{len(data.training):,} to train"]
    if len(data.validation):
        parts.append(f"{len(data.validation):,} to validate")
    if len(data.test):
        parts.append(f"{len(data.test):,} to test, left alone")
    if data.task == "classification":
        learned = f"{data.n_classes} classes"
    else:
        learned = f"{counted(data.n_outputs(), 'number')} to predict"
    inputs = counted(data.n_inputs, "input")
    head = f"{data.name}: {data.n_samples:,} samples ({', '.join(parts)}), {inputs}, {learned}"
    notes = list(data.notes[:MOST_NOTES])
    n_more = len(data.notes) - MOST_NOTES
    if n_more > 0:
        notes.append(f"… and {n_more} more; am.load(...).notes has them all")
    return [head, *notes]


def plan_lines(plan: Plan) -> list[str]:
    """How many networks, which, and how they are trained."""
    return [f"{counted(plan.n_networks, 'network')}: {_product(plan)}", _settings(plan)]


def goal_line(plan: Plan) -> str:
    """When a network is solved, and why then."""
    if plan.goal is None:
        return "no goal: every network trains to the end"
    reason = f": {plan.goal_reason}" if plan.goal_reason else ""
    return f"solved at {goal(plan.goal)}{reason}"


def _product(plan: Plan) -> str:
    """ "(11 structures x 3 activations + 1 linear) x 2 settings x 32 seeds"."""
    hidden = [it for it in plan.networks if it.hidden]
    n_structures = len({it.hidden for it in hidden})
    n_activations = len({it.activation for it in hidden})
    parts = []
    if n_structures:
        parts.append(
            f"{counted(n_structures, 'structure')} x {counted(n_activations, 'activation')}"
        )
    if len(plan.networks) > len(hidden):
        parts.append("1 linear")
    text = " + ".join(parts)
    if len(parts) > 1:
        text = f"({text})"
    if len(plan.trainings) > 1:
        text += f" x {len(plan.trainings)} settings"
    return f"{text} x {counted(plan.n_seeds, 'seed')}"


def _settings(plan: Plan) -> str:
    """Optimizer, learning rate, batch and budget, with all values where they vary."""
    parts = []
    for name, value in SETTINGS.items():
        values = list(dict.fromkeys(value(it) for it in plan.trainings))
        if values in (["auto"], [0.0]):
            continue
        words = [f"{it:g}" if isinstance(it, float) else str(it) for it in values]
        prefix = "" if name == "optimizer" else f"{name} "
        parts.append(f"{prefix}{joined(words, 'or')}")
    budgets = dict.fromkeys(_budget(it, len(plan.data.training)) for it in plan.trainings)
    settings = ", ".join(parts).replace("batch full", "full batch")
    return f"{settings}, at most {joined(list(budgets), 'or')}"


def _budget(training: Training, n_samples: int) -> str:
    """ "40 epochs (1,800 steps)"."""
    n_steps = budget(training, n_samples)
    if training.epochs in (None, n_steps):
        return counted(n_steps, "step")
    return f"{counted(training.epochs, 'epoch')} ({counted(n_steps, 'step')})"
