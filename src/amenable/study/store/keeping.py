"""Which arrays are kept of a block: of no trial, of the best of each configuration, or of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from amenable import encoding
from amenable.answers.ranking import in_order, sort_keys
from amenable.answers.trial_table import TrialTable
from amenable.population.source import DataSummary
from amenable.study.blocks import BlockResult

RULES = ("none", "best", "all")

SortKey = tuple[float, float, float, int]  # of one trial, as `answers.ranking` orders them


class Chosen(NamedTuple):
    """Arrays of a configuration to keep: rows and their type, of one seed or of all (None)."""

    configuration: int
    seed: int | None
    arrays: Mapping[str, tuple[NDArray[np.float64], str]]


@dataclass(slots=True)
class Keeper:
    """The rule, and what it has to remember: the best trial of each configuration so far.

    The best is that of `answers.ranking`; of equal ones it is the one with the smallest seed, so
    that the order in which blocks come in does not matter.
    """

    rule: str
    data: DataSummary
    best: dict[int, SortKey] = field(default_factory=dict)

    def remember(self, results: TrialTable) -> None:
        """Learn what is in the store already."""
        if self.rule != "best":
            return
        starts = np.searchsorted(results.configuration, np.arange(len(results.ids) + 1))
        for c, (it, id_) in enumerate(zip(results.configurations, results.ids, strict=True)):
            rows = slice(starts[c], starts[c + 1])
            if rows.start < rows.stop:
                metric = encoding.metric(it.training, self.data.task)
                found = self._best(
                    metric, results.status[rows], results.final[rows], results.seed[rows]
                )
                self.best[id_] = found[1]

    def choose(self, result: BlockResult) -> Iterator[Chosen]:
        """What to keep of a block."""
        arrays = {name: it for name, it in result.arrays.items() if name != "probes"}
        if self.rule == "none" or not arrays:
            return
        block = result.block
        best = self._best_of(result) if self.rule == "best" else [None] * len(block.ids)
        for c, (id_, it, found) in enumerate(
            zip(block.ids, block.configurations, best, strict=True)
        ):
            types = {"weights": it.training.dtype, "curves": "float64"}
            if found is None:
                yield Chosen(id_, None, {k: (v[c], types[k]) for k, v in arrays.items()})
                continue
            row, key = found
            if id_ not in self.best or key < self.best[id_]:
                self.best[id_] = key
                kept = {k: (_row(v[c], row), types[k]) for k, v in arrays.items()}
                yield Chosen(id_, key[-1], kept)

    def without_losers(self, result: BlockResult) -> BlockResult:
        """Only the best trial of each configuration, which is all that `choose` can keep.

        A remote machine sends no more than that.
        """
        rows = [row for row, _ in self._best_of(result)]
        arrays = {
            name: it
            if name == "probes"
            else tuple(_row(array, row) for array, row in zip(it, rows, strict=True))
            for name, it in result.arrays.items()
        }
        return replace(result, arrays=arrays)

    def _best_of(self, result: BlockResult) -> list[tuple[int, SortKey]]:
        """Row and sort key of the best trial of each configuration of a block."""
        block, n = result.block, len(result.block.seeds)
        seeds = np.array(block.seeds, dtype=np.int64)
        found = []
        for c, it in enumerate(block.configurations):
            rows = slice(c * n, (c + 1) * n)
            metric = encoding.metric(it.training, self.data.task)
            found.append(self._best(metric, result.status[rows], result.final[rows], seeds))
        return found

    def _best(
        self,
        metric: str,
        status: NDArray[np.int8],
        final: NDArray[np.float64],
        seeds: NDArray[np.int64],
    ) -> tuple[int, SortKey]:
        """Row and sort key of the best of some trials."""
        keys = sort_keys(status, final, seeds, metric, self.data.chosen_on)
        row = int(in_order(keys)[0])
        late, cost, loss, seed = (it[row].item() for it in keys)
        return row, (late, cost, loss, seed)


def _row(array: NDArray[np.float64], row: int) -> NDArray[np.float64]:
    """One row (1, …) of an array; of an array that `without_losers` has cut, its only row."""
    return array if len(array) == 1 else array[row : row + 1]
