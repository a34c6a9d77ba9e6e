"""What is remembered of the data: to recognize it, to prepare new rows alike; no samples."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.images import check_pixels
from amenable.datasets.preparation import Preparation
from amenable.datasets.target import TASKS
from amenable.description import Record, check_keys, choice, fail, integer, items, number
from amenable.description.fields import FRACTION
from amenable.errors import DataError
from amenable.population.keys import Configuration
from amenable.population.pixels import Pixels
from amenable.training import Training, parse_goal

SPLITS = ("training", "validation", "test")  # in the order of the engine's results
WATCHED = SPLITS[:2]  # those that are looked at while networks train


@dataclass(frozen=True, slots=True)
class DataSummary:
    """The data that networks were trained on, without its samples.

    Parameters
    ----------
    name, task, classes, n_inputs
        As in `Dataset`.
    n_training, n_validation : int
        Samples in these splits.
    fingerprint : str
        SHA-256 of what training saw, as `Dataset.fingerprint`.
    n_test : int
        Samples that are looked at once, at the end; 0 in files of before there were any.
    n_splits : int
        How often the data was split: a trial with seed s learned split ``s % n_splits``.
    rarest : float
        Share of the rarest class among the rows; 0 for regression, and where it is not known.
    preparations : tuple of Preparation
        What was done to the columns: once for each split where they differ, else once; empty where
        that is not known. What is equal in all else is equal.
    pixels : Pixels or None
        Of training images; None where they are none, or not known to be, and of files that were
        saved before this was kept.

    Examples
    --------
    >>> from amenable.datasets import load
    >>> summary = DataSummary.of(load("moons"))
    >>> summary.name, summary.n_training, summary.n_validation, summary.n_test
    ('moons', 160, 40, 2000)
    """

    name: str
    task: str
    classes: tuple[str, ...]
    n_inputs: int
    n_training: int
    n_validation: int
    fingerprint: str
    pixels: Pixels | None = None
    n_test: int = 0
    n_splits: int = 1
    rarest: float = 0.0
    preparations: tuple[Preparation, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, data: Dataset | RepeatedSplits) -> DataSummary:
        """The summary of a dataset; of repeated splits, what they share."""
        if isinstance(data, RepeatedSplits):
            found = tuple(it.preparation for it in data if it.preparation is not None)
            return replace(
                cls.of(data[0]),
                fingerprint=data.fingerprint,
                n_splits=len(data),
                preparations=found[:1] if all(it == found[0] for it in found) else found,
            )
        return cls(
            name=data.name,
            task=data.task,
            classes=data.classes,
            n_inputs=data.n_inputs,
            n_training=len(data.training),
            n_validation=len(data.validation),
            n_test=len(data.test),
            fingerprint=data.fingerprint,
            pixels=Pixels.of(data),
            rarest=_rarest(data),
            preparations=() if data.preparation is None else (data.preparation,),
        )

    def preparation_of(self, seed: int) -> Preparation | None:
        """What was done to the columns of the split that a trial with this seed learned."""
        return self.preparations[seed % len(self.preparations)] if self.preparations else None

    def of_seed(self, seed: int) -> DataSummary:
        """The same with the one preparation that a trial with this seed needs."""
        own = self.preparation_of(seed)
        return replace(self, preparations=() if own is None else (own,))

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.classes)

    @property
    def chosen_on(self) -> str:
        """The split that the best network is chosen on: "validation", or "training" without one."""
        return "validation" if self.n_validation else "training"

    @property
    def judged_on(self) -> str:
        """The split that networks are compared on: "validation" where there is one."""
        return "validation" if self.n_validation else "training"

    def goal_split(self, training: Training) -> str:
        """The split that a training's goal is judged on."""
        return training.goal_split(self.n_validation > 0, self.n_test > 0)

    def meaning(self, it: Configuration) -> Configuration:
        """The configuration with what is "auto" resolved: those that mean the same are equal."""
        training = _meaning(it.training, self.n_validation > 0, self.n_test > 0)
        return Configuration(it.network, training)

    def check_like(self, data: Dataset) -> None:
        """Refuse data of another kind: other inputs, task or classes."""
        if not isinstance(data, Dataset):
            raise DataError(f"data: expected a Dataset, got {type(data).__name__}; use load(...)")
        for what, expected, got in (
            ("inputs", self.n_inputs, data.n_inputs),
            ("task", self.task, data.task),
            ("classes", self.classes, data.classes),
        ):
            if expected != got:
                raise DataError(
                    f"data: expected {what} {expected!r} as in '{self.name}', which the network "
                    f"learned, got {got!r} in '{data.name}'"
                )

    def prepared(self, data: Dataset) -> Dataset:
        """Images brought to the size and values of those that were learned; other data as it is.

        Raises
        ------
        DataError
            If they have other channels.
        """
        mine = self.pixels
        if mine is None or Pixels.of(data) is None:
            return data
        if data.image != mine.shape:
            data = data.fitted_to(mine.shape)
        its = Pixels.of(data)
        if its is None or (its.paper, its.ink) == (mine.paper, mine.ink):
            return data
        ends = (mine.paper, mine.ink)
        return data.fitted_to(mine.shape, scale=ends[::-1] if its.is_dark else ends)

    def to_dict(self) -> Record:
        """The fields by name, as JSON knows them."""
        found: Record = {one.name: getattr(self, one.name) for one in fields(self)}
        return found | {
            "classes": list(self.classes),
            "pixels": None if self.pixels is None else self.pixels.to_dict(),
            "preparations": [it.to_dict() for it in self.preparations],
        }

    @classmethod
    def from_dict(cls, record: object) -> DataSummary:
        """The summary that `to_dict` recorded; older records say less."""
        entries: dict[str, Any] = check_keys(cls, record)
        for name in ("name", "fingerprint"):
            if not isinstance(entries[name], str):
                fail(f"DataSummary.{name}", "a text", entries[name])
        for name in (it.name for it in fields(cls) if it.name.startswith("n_")):
            if name in entries:
                least = 1 if name in ("n_inputs", "n_training") else 0
                entries[name] = integer(f"DataSummary.{name}", entries[name], least)
        if "rarest" in entries:
            entries["rarest"] = number("DataSummary.rarest", entries["rarest"], FRACTION)
        choice("DataSummary.task", entries["task"], TASKS)
        classes = entries["classes"] = items("DataSummary.classes", entries["classes"], "texts")
        is_class = entries["task"] == "classification"
        if not all(isinstance(it, str) for it in classes) or (len(classes) > 1) != is_class:
            fail("DataSummary.classes", "two or more texts, or none for a regression", classes)
        if entries.get("pixels") is not None:
            entries["pixels"] = Pixels.from_dict(entries["pixels"])
            check_pixels(entries["pixels"].shape, entries["n_inputs"], "DataSummary.pixels")
        given = items("DataSummary.preparations", entries.get("preparations", ()), "a list")
        entries["preparations"] = tuple(Preparation.from_dict(it) for it in given)
        if len(given) not in (0, 1, entries.get("n_splits", 1)):
            fail("DataSummary.preparations", "one, or one for each split", len(given))
        return cls(**{**entries, "classes": tuple(classes)})


def _rarest(data: Dataset) -> float:
    if data.task == "regression":
        return 0.0
    return float(np.bincount(data.y, minlength=data.n_classes).min() / data.n_samples)


@lru_cache(4096)  # the different trainings of a study, of which there are far fewer than trials
def _meaning(training: Training, has_validation: bool, has_test: bool) -> Training:
    restore = "best" if training.restores_best else "last"
    if training.goal is None:
        return replace(training, restore=restore, judge="auto")
    split = training.goal_split(has_validation, has_test)
    judge = "end" if training.judges_at_end(split) else "first_touch"
    goal = str(replace(parse_goal(training.goal), split=split))
    return replace(training, restore=restore, judge=judge, goal=goal)
