"""A training in a few words, for tables and progress bars."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from amenable.description import short
from amenable.formatting import plural
from amenable.training.optimizers import OPTIMIZERS, Optimizer
from amenable.training.schedules import Schedule

if TYPE_CHECKING:
    from amenable.training.training import Training

SAID_FIRST = ("optimizer", "batch", "epochs", "steps")


def describe(training: Training) -> str:
    """Optimizer, batch and budget, and what differs from the defaults."""
    usual = type(training)()
    others = [one.name for one in fields(training) if one.name not in SAID_FIRST]
    special = [name for name in others if getattr(training, name) != getattr(usual, name)]
    return ", ".join(
        [
            _optimizer(training.optimizer),
            "full batch" if training.is_full_batch else f"batch {training.batch}",
            _budget(training),
            *(_field(name, getattr(training, name)) for name in special),
        ]
    )


def _budget(training: Training) -> str:
    if training.steps is not None:
        return plural(training.steps, "step")
    return plural(training.epochs or 0, "epoch")  # a training without steps has epochs


def _optimizer(optimizer: Optimizer) -> str:
    usual = OPTIMIZERS[optimizer.name](lr=optimizer.lr)
    names = [one.name for one in fields(optimizer)]
    special = [name for name in names if getattr(optimizer, name) != getattr(usual, name)]
    words = (_field(name, getattr(optimizer, name)) for name in ("lr", *special))
    return " ".join([optimizer.name, *words])


def _field(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if value is True:
        return words
    if isinstance(value, Schedule):
        given = (one for one in fields(value) if getattr(value, one.name) != one.default)
        return " ".join([value.name, *(_field(it.name, getattr(value, it.name)) for it in given)])
    values = value if isinstance(value, tuple) else (value,)
    return f"{words} {'/'.join(it if isinstance(it, str) else short(it) for it in values)}"
