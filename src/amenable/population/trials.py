"""`Trials`: what was recorded, as arrays, and how some trials are chosen among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import index
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amenable import encoding, engine
from amenable.description import quote
from amenable.errors import DataError, DescriptionError
from amenable.network import Network
from amenable.population.keys import Configuration, check_key, value_of
from amenable.population.records import Records
from amenable.population.source import SPLITS, WATCHED, DataSummary
from amenable.population.trained import TrainedNetwork
from amenable.training import Training


@dataclass(frozen=True, slots=True)
class Curves:
    """What the probes measured; see `Population.curves`.

    Parameters
    ----------
    steps : array (T, K)
        Steps of the probes.
    loss, metric : mapping of str to array (T, K)
        By "training" and "validation", NaN after the end of a trial.
    """

    steps: NDArray[np.float64]
    loss: Mapping[str, NDArray[np.float64]]
    metric: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Trials:
    """Arrays of T trials, configuration by configuration; the fields of `Population`."""

    data: DataSummary
    configurations: tuple[Configuration, ...]
    seed: NDArray[np.uint64]
    status: NDArray[np.str_]
    steps: NDArray[np.int64]
    goal_step: NDArray[np.int64]
    final: NDArray[np.float64]
    records: Records
    version: str

    def __post_init__(self) -> None:
        for array in (self.seed, self.status, self.steps, self.goal_step, self.final):
            array.setflags(write=False)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The different networks, in order."""
        return tuple(dict.fromkeys(it.network for it in self.configurations))

    @property
    def trainings(self) -> tuple[Training, ...]:
        """The different trainings, in order."""
        return tuple(dict.fromkeys(it.training for it in self.configurations))

    @property
    def seeds(self) -> tuple[int, ...]:
        """The different seeds, in order."""
        return tuple(dict.fromkeys(self.seed.tolist()))

    @property
    def configuration(self) -> NDArray[np.int64]:
        """Number (T,) of each trial's entry in `configurations`."""
        return self.records.configuration

    @property
    def split(self) -> NDArray[np.int64]:
        """Which of repeated splits (T,) each trial learned; 0 where the data was split once."""
        return (self.seed % np.uint64(self.data.n_splits)).astype(np.int64)

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Whether the goal was met (T,)."""
        return np.asarray(self.status == "solved")

    @property
    def is_cancelled(self) -> bool:
        """Whether some trials were cut short or never begun."""
        return bool(np.any(self.status == "cancelled"))

    @property
    def is_counted(self) -> NDArray[np.bool_]:
        """Whether a trial counts in fractions (T,): all do, but for what Ctrl-C cut.

        After Ctrl-C these are each configuration's trials up to the first that had not ended. Of
        trials that run at the same time, those that solve the problem end first, so that counting
        whatever had ended would flatter every structure.
        """
        is_cut = self.status == "cancelled"
        if not is_cut.any():
            return np.asarray(~is_cut)
        order = np.argsort(self.configuration, kind="stable")
        cut, of = is_cut[order], self.configuration[order]
        before = np.cumsum(cut)  # cancelled so far, itself included
        first = np.searchsorted(of, of)  # trial of the configuration
        counted = np.empty(len(cut), dtype=np.bool_)
        counted[order] = before == before[first] - cut[first]
        return counted

    @property
    def judged_on(self) -> str:
        """The split that networks are compared on: "validation", or "training" without one."""
        return self.data.judged_on

    @property
    def loss(self) -> Mapping[str, NDArray[np.float64]]:
        """Loss at the end (T,) by split, without penalties; NaN where it was not measured.

        It was not where the data has no such samples, and where a step was not finite or a trial
        was cancelled.
        """
        return {split: self.final[:, i, 0] for i, split in enumerate(SPLITS)}

    @property
    def metric(self) -> Mapping[str, NDArray[np.float64]]:
        """Metric at the end (T,) by split, NaN where `loss` is: see `metric_name`."""
        return {split: self.final[:, i, 1] for i, split in enumerate(SPLITS)}

    @property
    def metric_name(self) -> str:
        """What `metric` is: "accuracy", "r2" or what the goal names; "mixed" where goals differ."""
        names = {encoding.metric(it, self.data.task) for it in self.trainings}
        return names.pop() if len(names) == 1 else "mixed"

    @property
    def curves(self) -> Curves:
        """Loss and metric at the probes, each (T, K); recorded with ``curves=True``.

        Step 0, before any update, is the first; K is the largest number of probes, others are
        filled up with NaN.
        """
        steps, padded = self.records.padded_probes(), self.records.padded("curves")
        return Curves(
            steps,
            {split: padded[:, :, i, 0] for i, split in enumerate(WATCHED)},
            {split: padded[:, :, i, 1] for i, split in enumerate(WATCHED)},
        )

    @property
    def budget(self) -> NDArray[np.int64]:
        """Steps (T,) after which a trial that is not solved is exhausted."""
        return self.records.budgets()

    @property
    def probes(self) -> NDArray[np.float64]:
        """Steps (T, K) at which networks were looked at, filled up with NaN."""
        return self.records.padded_probes()

    @property
    def signals(self) -> Mapping[str, NDArray[np.float64]]:
        """Signals at the probes by name, each (T, K, L); recorded with ``signals=True``.

        Names are gradient_norm, weight_norm, update_ratio, saturated and dead. NaN after the end
        of a trial and beyond its last layer.
        """
        padded = self.records.padded("signals")
        return {name: padded[:, :, :, i] for i, name in enumerate(engine.SIGNALS)}

    @property
    def weights(self) -> NDArray[np.float64]:
        """All parameters at the end (T, P), in the order of `Network.parameter_shapes`.

        Only where all networks have the same; NaN where a trial was never begun.
        """
        return self._alike("weights")

    @property
    def snapshots(self) -> NDArray[np.float64]:
        """All parameters at the probes (T, K, P); recorded with ``snapshots=True``."""
        return self._alike("snapshots")

    def where(self, mask: ArrayLike | None = None, /, **values: object) -> Self:
        """The trials that fit.

        Parameters
        ----------
        mask : array of bool (T,), optional
            True for the trials to keep.
        **values
            A key of `by` and the value it must have, or a list of such values.

        Returns
        -------
        Population
            Possibly of no trials; recorded arrays are shared, not copied.

        Raises
        ------
        DescriptionError
            If there is no such key, or no trial has such a value.
        """
        keep = np.ones(len(self), dtype=np.bool_) if mask is None else self._check_mask(mask)
        for key, wanted in values.items():
            found = self.values(check_key("where", key))
            options = wanted if isinstance(wanted, list) else [wanted]
            if not any(value in options for value in found):
                present = ", ".join(quote(value) for value in dict.fromkeys(found))
                raise DescriptionError(
                    f"where: no trial has {key}={quote(wanted)}; there is {present or 'no trial'}"
                )
            keep &= np.array([value in options for value in found])
        return self.take(np.flatnonzero(keep))

    def by(self, *keys: str) -> dict[Any, Self]:
        """The trials in groups that agree in one key or several.

        Parameters
        ----------
        *keys : str
            "structure", "activation", "optimizer" (its name), "network", "training",
            "configuration", "seed", "status", or any field of `Training` or of its optimizer,
            such as "lr" or "batch".

        Returns
        -------
        dict
            Value, or tuple of values for several keys, to a population, in order of appearance.

        Raises
        ------
        DescriptionError
            If there is no such key.
        """
        if not keys:
            raise DescriptionError('by: expected at least one key, got none; use by("activation")')
        columns = [self.values(check_key("by", key)) for key in keys]
        groups: dict[Any, list[int]] = {}
        for trial, values in enumerate(zip(*columns, strict=True)):
            groups.setdefault(values if len(keys) > 1 else values[0], []).append(trial)
        return {value: self.take(np.array(trials)) for value, trials in groups.items()}

    def values(self, key: str) -> list[Any]:
        """Each trial's value of a key that `by` takes."""
        if check_key("values", key) == "seed":
            return list(self.seed.tolist())
        if key == "status":
            return list(self.status.tolist())
        known = [value_of(it, key, self.data.task) for it in self.configurations]
        return [known[c] for c in self.configuration.tolist()]

    def take(self, trials: ArrayLike) -> Self:
        """The trials with these numbers, in this order; recorded arrays are shared."""
        chosen = np.asarray(trials, dtype=np.int64)
        present = np.unique(self.configuration[chosen])
        return replace(
            self,
            configurations=tuple(self.configurations[c] for c in present),
            seed=self.seed[chosen],
            status=self.status[chosen],
            steps=self.steps[chosen],
            goal_step=self.goal_step[chosen],
            final=self.final[chosen],
            records=self.records.select(chosen, present),
        )

    def __len__(self) -> int:
        return len(self.status)

    def __iter__(self) -> Iterator[TrainedNetwork]:
        return (self[i] for i in range(len(self)))

    @overload
    def __getitem__(self, i: int) -> TrainedNetwork: ...
    @overload
    def __getitem__(self, i: slice) -> Self: ...
    def __getitem__(self, i: int | slice) -> TrainedNetwork | Self:
        if isinstance(i, slice):
            return self.take(np.arange(len(self))[i])
        try:
            trial = index(i)
        except TypeError:
            raise DescriptionError(
                f"trial: expected a number or a slice, got {quote(i)}; use where(mask) for a mask"
            ) from None
        if not -len(self) <= trial < len(self):
            raise IndexError(f"trial {trial} of {len(self)}; they are numbered from 0")
        return self._trained(trial % len(self))

    def _trained(self, trial: int) -> TrainedNetwork:
        it = self.configurations[self.configuration[trial]]
        return TrainedNetwork(
            network=it.network,
            training=it.training,
            flat=self.records.of_trial("weights", trial),
            seed=int(self.seed[trial]),
            status=str(self.status[trial]),
            steps=int(self.steps[trial]),
            goal_step=int(self.goal_step[trial]),
            final=self.final[trial],
            data=self.data,
        )

    def _alike(self, name: str) -> NDArray[np.float64]:
        self.records.get(name)
        if len({tuple(it.parameter_shapes) for it in self.networks}) > 1:
            raise DescriptionError(
                f'{name}: networks differ in shape; take those of one, as in by("network")'
            )
        return self.records.padded(name)

    def _check_mask(self, mask: ArrayLike) -> NDArray[np.bool_]:
        array = np.array(mask)
        if array.dtype != np.bool_ or array.shape != (len(self),):
            raise DataError(
                f"mask: expected {len(self)} booleans, one for each trial, got {array.dtype} of "
                f"shape {array.shape}"
            )
        return array
