"""`StudyFile`: what a study file says, ready to be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amenable.datasets import Dataset, RepeatedSplits
from amenable.datasets.catalogue import load_for_sweep
from amenable.errors import AmenableError, DescriptionError
from amenable.space import Space
from amenable.space.builder import candidates
from amenable.space.candidate import Candidate
from amenable.study.files.placing import is_of_setting, placed_setting
from amenable.study.files.positions import Place, line_of
from amenable.study.policies import Policy

if TYPE_CHECKING:
    from amenable.study.status import Run


@dataclass(frozen=True, slots=True)
class StudyFile:
    """What a study file says.

    Parameters
    ----------
    path : Path
        The file.
    source : mapping
        What is to be loaded, as [data] says it.
    space : Space
        Settings with their values.
    method, n, draw_seed
        As for `Space.draw`.
    policy : Policy
        How many seeds.
    study : Path
        Where the trials are kept.
    keep, on, curves, threads
        As for `Study.run`.
    """

    path: Path
    source: Mapping[str, Any]
    space: Space
    method: str
    n: int | None
    draw_seed: int
    policy: Policy
    study: Path
    keep: str = "best"
    on: str | None = None
    curves: bool = False
    threads: int | None = None
    _lines: Mapping[Place, int] = field(default_factory=dict, repr=False)

    @property
    def data(self) -> str:
        """The name or the path of the data."""
        return str(self.source["name"])

    def load(self) -> Dataset | RepeatedSplits:
        """The data; a small table is split anew for each seed, as by `amenable sweep`.

        Raises
        ------
        DataError
            If it cannot be used; names the file and the line.
        """
        keys = ("target", "task", "validation", "test", "seed")
        options = {key: self.source[key] for key in keys if key in self.source}
        with self._placed("data"):
            return load_for_sweep(self.data, **options, **self.source.get("parameters", {}))

    def candidates(
        self, data: Dataset | RepeatedSplits, goal: str | None = None
    ) -> tuple[Candidate, ...]:
        """What is to be trained on the data.

        Parameters
        ----------
        data : Dataset or RepeatedSplits
            As `load` gave it.
        goal : str, optional
            Of trainings for which the file says none.

        Raises
        ------
        DescriptionError
            If settings cannot stand together or do not fit the data; names the line.
        """
        with self._placed("draw"):
            drawn = self.space.draw(self.method, self.n, self.draw_seed)
        with self._placed("space"):
            first = data[0] if isinstance(data, RepeatedSplits) else data  # of one shape
            return candidates(drawn, first, goal=goal)

    def run(self, *, goal: str | None = None, **options: Any) -> Run:
        """Run the study, or what is missing of it; takes the options of `Study.run`.

        `goal` is when a trial is solved, where the space has none; without it nothing can be. (The
        command `amenable sweep` takes one from scikit-learn's models then.)
        """
        from amenable.study.study import Study

        data = self.load()
        own = {"on": self.on, "keep": self.keep, "curves": self.curves, "threads": self.threads}
        chosen = {"policy": self.policy, **own, **options}
        return Study(self.study).run(self.candidates(data, goal), data, **chosen)

    @contextmanager
    def _placed(self, section: str) -> Iterator[None]:
        """Errors name the line of the setting, the section or the key that they are about."""
        try:
            yield
        except AmenableError as error:
            if isinstance(error, DescriptionError) and is_of_setting(error):
                raise placed_setting(self.path, self._lines, error) from None
            keys = (error.field, "name", "file")
            key = next((it for it in keys if (section, it) in self._lines), "")
            line = line_of(self._lines, section, key)
            raise error.at(str(self.path), line=line) from None
