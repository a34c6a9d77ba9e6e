"""Many trainings from one: every combination of some options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import product
from typing import Any

from amenable.description import did_you_mean, fail, items, quote, within
from amenable.errors import DescriptionError
from amenable.training.checks import ELSEWHERE
from amenable.training.optimizers import KINDS
from amenable.training.parts import resolve
from amenable.training.training import Training

TRAINING_FIELDS = tuple(one.name for one in fields(Training))
OTHER_BUDGET = {"epochs": "steps", "steps": "epochs"}


def grid(training: Training, /, **options: Iterable[Any]) -> tuple[Training, ...]:
    """Every combination of options, the last option changing fastest.

    Parameters
    ----------
    training : Training
        Gives all fields that no option changes.
    **options : list
        Fields of `Training` or of its optimizer, each with a list of values. A name that both have
        (weight_decay, with AdamW) means the optimizer's. Steps replace epochs, and the reverse.

    Returns
    -------
    tuple of Training

    Raises
    ------
    DescriptionError
        If there is no such field, a value is out of range, or a list is empty.

    Examples
    --------
    >>> for one in grid(Training(), lr=[0.1, 0.01], batch=[1, 32]):
    ...     print(one.describe())
    adam lr 0.1, batch 1, 100 epochs
    adam lr 0.1, batch 32, 100 epochs
    adam lr 0.01, batch 1, 100 epochs
    adam lr 0.01, batch 32, 100 epochs
    """
    if not isinstance(training, Training):
        fail("grid.training", "a Training", training, "write Training()")
    values = {name: _values(name, given) for name, given in options.items()}
    combinations = (dict(zip(values, one, strict=True)) for one in product(*values.values()))
    return tuple(_changed(training, one) for one in combinations)


def _values(name: str, given: object) -> tuple[object, ...]:
    known = [one.name for owner in (Training, *KINDS.values()) for one in fields(owner)]
    if name not in known:
        suggestion = did_you_mean(name, known, ELSEWHERE) or "give fields of Training"
        raise DescriptionError("unknown field", where=f"grid.{name}", hint=suggestion)
    found = items(f"grid.{name}", given, "a list of values", f"write {name}=[{quote(given)}]")
    if not found:
        fail(f"grid.{name}", "at least one value", given)
    return found


def _changed(training: Training, changes: dict[str, Any]) -> Training:
    """The training with changed fields of its own or of its optimizer."""
    written = ", ".join(f"{name}={quote(value)}" for name, value in changes.items())
    with within(f"grid, {written}" if changes else "grid"):
        optimizer: Any = resolve("optimizer", changes.get("optimizer", training.optimizer))
        own = [one.name for one in fields(optimizer)]
        inner = {name: value for name, value in changes.items() if name in own}
        outer = {name: value for name, value in changes.items() if name not in own}
        for name in outer:
            if name not in TRAINING_FIELDS:
                fail(name, f"a field of {type(optimizer).__name__} ({', '.join(own)})", name)
        for name, other in OTHER_BUDGET.items():
            if outer.get(name) is not None:
                outer.setdefault(other, None)
        return replace(training, **outer | {"optimizer": replace(optimizer, **inner)})
