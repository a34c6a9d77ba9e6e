"""`sweep` and `Sweep`: many networks trained on some data, and what became of them."""

from __future__ import annotations

import csv
import io
import json
import math
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from amenable import answers, engine
from amenable.answers import Comparisons, Smallest, Summary, SummaryRow, TrialTable
from amenable.answers.summary import NUMBERS
from amenable.baselines import Baseline
from amenable.errors import DescriptionError
from amenable.population import (
    Configuration,
    Ensemble,
    Fraction,
    Population,
    TrainedNetwork,
    train,
)
from amenable.population.source import SPLITS, DataSummary
from amenable.space import Space, defaults
from amenable.statistics import wilson
from amenable.study.policies import Policy
from amenable.study.study import Study
from amenable.sweep import layout, words
from amenable.sweep.header import data_lines, plan_lines
from amenable.sweep.plan import AUTO, Plan, make_plan
from amenable.sweep.running import train_plan
from amenable.sweep.suggestion import Suggestion, suggestion
from amenable.version import package_version
from amenable.writing import check_writable, write_whole

if TYPE_CHECKING:
    from amenable.progress import Progress

FORMAT, VERSION = "amenable sweep", 2  # a change that an older reader misreads adds one
MOST_ROWS = 25  # of a table that is not asked for whole


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """What became of many networks that were trained on some data.

    Parameters
    ----------
    trials : TrialTable
        All of them.
    baselines : tuple of Baseline
        Scikit-learn's models on the same data.
    control : Fraction or None
        How many networks reached the goal on shuffled targets; None where that was not tried.
    plan : Plan or None
        What was to be trained; None of a study that was only read.
    population : Population or None
        The same trials, with the weights of the best of each configuration.
    goal_reason : str
        Why the goal is where it is, or why there is none.
    goal_remarks : tuple of str
        What is to be known of it, such as that no model reaches it.
    is_interrupted : bool
        Whether Ctrl-C ended it.
    n_trained : int
        Networks that this call trained, without those of the control: others were there already.
    seconds : float
        Of training them.
    by : tuple of str or None
        Settings whose values are rows of the table; None for a row for each configuration.

    Examples
    --------
    >>> import amenable as am
    >>> found = am.sweep("xor", hidden=[1, 8], activation="tanh", seeds=100, progress=False)
    >>> found.sentences[0]  # doctest: +ELLIPSIS
    'The smallest structure that is reliable (at least 95 % of its networks solve it) is 2-8-1...'
    """

    trials: TrialTable
    baselines: tuple[Baseline, ...] = ()
    control: Fraction | None = None
    plan: Plan | None = None
    population: Population | None = None
    goal_reason: str = ""
    goal_remarks: tuple[str, ...] = ()
    is_interrupted: bool = False
    n_trained: int = 0
    seconds: float = 0.0
    by: tuple[str, ...] | None = None

    @property
    def data(self) -> DataSummary:
        """What they were trained on."""
        return self.trials.data

    @property
    def goal(self) -> str | None:
        """When a network solves it; None without one, "several" where they differ."""
        return self.table.goal

    @property
    def n_seeds(self) -> int:
        """Seeds of the configuration that has the most."""
        return max((row.trials for row in self.table.rows), default=0)

    @property
    def has_one_budget(self) -> bool:
        """Whether all were trained as long."""
        trainings = [it.training for it in self.trials.configurations]
        return len({(it.epochs, it.steps) for it in trainings}) == 1

    @cached_property
    def table(self) -> Summary:
        """A row for each configuration, best first."""
        return answers.summary(self.trials, self.by)

    @cached_property
    def comparisons(self) -> Comparisons | None:
        """All pairs of values of all settings, depth and width among them; None without a goal."""
        if self.goal is None or not self.table.rows:
            return None
        return answers.comparisons(self.trials)

    @cached_property
    def smallest(self) -> Smallest | None:
        """The smallest structure that is reliable; None without a goal."""
        if self.goal is None or not self.table.rows:
            return None
        return answers.smallest(self.trials, control=self.control)

    @cached_property
    def best(self) -> tuple[SummaryRow, int, float] | None:
        """Row, seed and metric of the network that did best; None where metrics differ."""
        if not len(self.trials) or self.table.metric == "mixed":
            return None
        i = answers.best(self.trials)
        id_ = self.trials.ids[int(self.trials.configuration[i])]
        value = float(self.trials.final[i, SPLITS.index(self.table.split), 1])
        row = next((row for row in self.table.rows if id_ in row.configurations), None)
        if row is None or not math.isfinite(value):
            return None
        return row, int(self.trials.seed[i]), value

    @cached_property
    def recommended(self) -> Configuration | None:
        """What to use on new rows: the smallest structure that is reliable, else that may be so.

        Where there is no goal, or none may be reliable, the first row of the table; None without
        trials. Of several configurations of a row, that of the best network.
        """
        smallest = self.smallest
        row = smallest and (smallest.sure or smallest.likely)
        rows = [row] if row else list(self.table.rows[:1])
        if not rows:
            return None
        places = [self.trials.ids.index(it) for it in rows[0].configurations]
        if len(places) > 1:
            mine = np.flatnonzero(np.isin(self.trials.configuration, places))
            ranked = answers.ranking(self.trials)
            places = [int(self.trials.configuration[ranked[np.isin(ranked, mine)][0]])]
        return self.trials.configurations[places[0]]

    def train_recommended(
        self, *, ensemble: bool = False, threads: int | None = None, progress: Progress = None
    ) -> TrainedNetwork | Ensemble:
        """Train the recommended networks again, with the same seeds and so to the same bits.

        Parameters
        ----------
        ensemble : bool
            Whether those that solved the problem predict together; all of them where none did.
        threads, progress
            As for `train`.

        Returns
        -------
        TrainedNetwork or Ensemble
            The best of them, chosen as `Population.best`, or all.

        Raises
        ------
        DescriptionError
            Of a study that was only read, whose data is not there; or without trials.

        Examples
        --------
        >>> import amenable as am
        >>> found = am.sweep("iris", hidden=[4], activation="tanh", seeds=4, progress=False)
        >>> found.train_recommended(progress=False).network.structure
        '4-4-3'
        """
        chosen = self.recommended
        if self.plan is None or chosen is None:
            raise DescriptionError("train_recommended: expected a sweep with trials and its data")
        of_chosen = self.trials.configurations.index(chosen)
        seeds = self.trials.seed[self.trials.configuration == of_chosen].tolist()
        found = train(
            chosen.network,
            self.plan.splits,
            chosen.training,
            seeds=seeds,
            threads=threads,
            progress=progress,
        )
        if not ensemble:
            return found.best
        is_usable = found.solved if found.solved.any() else found.status != "diverged"
        return Ensemble(found.where(is_usable))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to say, the most important first."""
        return words.sentences(self)

    @property
    def suggestion(self) -> Suggestion | None:
        """What to try next."""
        return suggestion(self)

    @property
    def next_call(self) -> str:
        """The suggestion as Python; empty without one."""
        following = self.suggestion
        if following is None or self.plan is None:
            return ""
        asked = {**self.plan.asked, **following.changes}
        if {"epochs", "steps"} <= set(asked):  # one of them was asked for, the other is pinned
            asked.pop(next(it for it in ("epochs", "steps") if it not in following.changes))
        given = "".join(f", {name}={it!r}" for name, it in asked.items() if it is not None)
        return f"am.sweep({self.data.name!r}{given})"

    def to_dict(self) -> dict[str, Any]:
        """Everything that was found, as JSON knows it, with what is needed to run it again."""
        following = self.suggestion
        return {
            "format": FORMAT,
            "version": VERSION,
            "versions": _versions(),
            "instruction_set": engine.instruction_sets()[0],
            "seconds": round(self.seconds, 3),
            "is_complete": not self.is_interrupted,
            "data": _data_record(self),
            "goal": self.goal,
            "goal_reason": self.goal_reason,
            "reliable_fraction": answers.RELIABLE,
            "metric": self.table.metric,
            "split": self.table.split,
            "settings": list(self.table.names),
            "configurations": [self._record(row) for row in self.table.rows],
            "comparisons": [asdict(it) for it in self.comparisons.all] if self.comparisons else [],
            "baselines": [asdict(it) for it in self.baselines],
            "control": None if self.control is None else asdict(self.control),
            "sentences": list(self.sentences),
            "next": None if following is None else asdict(following),
        }

    def _record(self, row: SummaryRow) -> dict[str, Any]:
        each = [self.trials.ids.index(it) for it in row.configurations]
        one = self.trials.configurations[each[0]] if len(each) == 1 else None
        described = {
            "network": None if one is None else one.network.to_dict(),
            "training": None if one is None else one.training.to_dict(),
        }
        return self._flat(row) | described

    def _flat(self, row: SummaryRow) -> dict[str, Any]:
        """A row in numbers and texts."""
        settings = dict(zip(self.table.names, row.settings, strict=True))
        own = {"structure": row.network.structure, "activation": row.network.activation}
        numbers = {name: of(row) for name, of in NUMBERS.items()}
        more = {"goal": self.goal, "metric": self.table.metric, "split": self.table.split}
        return {**(own if self.by is None else {}), **settings, **numbers, **more}

    def save(self, path: str | Path) -> None:
        """Write everything as JSON, or the table as CSV, as the name ends.

        Raises
        ------
        DescriptionError, FileError
            If the name ends otherwise, or the file cannot be written.
        """
        target = check_writable(Path(path), "path")
        if target.suffix == ".json":
            text = json.dumps(plain(self.to_dict()), indent=2, ensure_ascii=False, allow_nan=False)
        elif target.suffix == ".csv":
            text = self.to_csv()
        else:
            raise DescriptionError(
                f"path: expected a name that ends in .json or .csv, got {target.name}"
            )
        write_whole(target, f"{text.rstrip()}\n", "path")

    def to_csv(self) -> str:
        """The table, a line for each row; empty where there is no number."""
        text = io.StringIO()
        rows = [plain(self._flat(row)) for row in self.table.rows]
        writer = csv.DictWriter(text, list(rows[0]) if rows else ["structure"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()

    def __str__(self) -> str:
        rows = self.table.rows[:MOST_ROWS]
        parts = [self._head()]
        if rows:
            below = words.below_table(self, len(rows))
            parts.append("\n".join([layout.as_text(layout.columns(self), rows), *below]))
        if self.baselines:
            shown = layout.baseline_columns(self)
            parts.append(layout.as_text(shown, layout.sorted_baselines(self)))
        parts.append("\n".join(self.sentences))
        following = self.suggestion
        if following is not None and self.next_call:
            parts.append(f"Next, {following.purpose}:\n  {self.next_call}")
        return "\n\n".join(filter(None, parts))

    def __repr__(self) -> str:
        n = len(self.trials)
        return f"Sweep({self.data.name!r}: {n:,} networks, {len(self.table.rows):,} configurations)"

    def _repr_html_(self) -> str:
        rows = self.table.rows[:MOST_ROWS]
        parts = [f"<p>{escape(it)}</p>" for it in self._head().splitlines()]
        parts.append(layout.as_html(layout.columns(self), rows))
        parts += [f"<p>{escape(it)}</p>" for it in words.below_table(self, len(rows))]
        if self.baselines:
            models = layout.sorted_baselines(self)
            parts.append(layout.as_html(layout.baseline_columns(self), models))
        parts += [f"<p>{escape(it)}</p>" for it in self.sentences]
        if self.next_call:
            parts.append(f"<pre>{escape(self.next_call)}</pre>")
        return "".join(parts)

    def _head(self) -> str:
        """What was trained."""
        if self.plan is None:
            return ""
        head, *notes = data_lines(self.plan.data, self.plan.splits)
        lines = [head, *(f"  {it}" for it in notes)]
        first, *others = plan_lines(self.plan)
        lines += [first, *(f"  {it}" for it in others)]
        return "\n".join([*lines, f"  {words.goal_line(self.plan.goal, self.plan.goal_reason)}"])


def sweep(
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
    study: str | Path | None = None,
    keep: str = "best",
    on: Any = None,
    control: bool = True,
    threads: int | None = None,
    progress: Progress = None,
    **settings: Any,
) -> Sweep:
    """Train many networks on some data and say which structures learn it, and how often.

    What is not given is chosen as an expert would, as `amenable sweep` does: structures and
    activations to try, learning rate, batch and budget that suit the data, 32 seeds, and a goal
    between guessing and the best of scikit-learn's models.

    Parameters
    ----------
    data : Dataset, str, path or tuple
        As for `train`.
    space : Space, optional
        All settings at once, instead of by name.
    target, task, validation, test
        As for `load`, where `data` is a name or a file.
    splits : int, optional
        How often data is split: each seed takes another split. Small tables are split 32 times,
        others once.
    seeds : int, or several
        Of each network.
    policy : Policy, optional
        Instead of seeds.
    method, draws, draw_seed
        How settings are drawn, and how many, as for `Study.run`; all combinations by default.
    goal : str or None
        When a network solves it, such as "accuracy >= 0.95"; "auto" is the goal that suits the
        data, None trains without.
    study : str or path, optional
        Keeps every trial in this file; the same call goes on where it ended.
    keep, on, threads, progress
        As for `Study.run`.
    control : bool
        Whether to train some networks on shuffled targets too, where the goal is on rows that they
        do not learn from: how often luck reaches it.
    **settings : value, list or range
        Any setting of `Space`: `hidden`, `activation`, `optimizer`, `lr`, `batch`, `epochs`, …

    Returns
    -------
    Sweep
        Its `table`, `sentences` and `suggestion` are what `print` of it shows.

    Raises
    ------
    DescriptionError
        Names the setting that cannot be meant.
    DataError
        If the data cannot be used.

    Examples
    --------
    >>> import amenable as am
    >>> found = am.sweep("xor", hidden=[1, 4], activation="tanh", seeds=8, progress=False)
    >>> [row.network.structure for row in found.table.rows]
    ['2-4-1', '2-1-1']
    >>> found.goal
    'training accuracy >= 1.0'
    """
    plan = make_plan(
        data,
        space,
        target=target,
        task=task,
        validation=validation,
        test=test,
        splits=splits if on is None else 1,
        seeds=seeds,
        policy=policy,
        method=method,
        draws=draws,
        draw_seed=draw_seed,
        goal=goal,
        **settings,
    )
    models = plan.models()
    return run_plan(
        plan.with_default_goal(models),
        models,
        study=study,
        keep=keep,
        on=on,
        control=control,
        threads=threads,
        progress=progress,
    )


def run_plan(plan: Plan, models: Sequence[Baseline], **options: Any) -> Sweep:
    """Train what was planned; takes the options of `train_plan`."""
    has_goal = plan.goal is not None
    remarks = defaults.goal_remarks(str(plan.goal), plan.splits, models) if has_goal else ()
    trained = train_plan(plan, models, remarks=remarks, **options)
    return Sweep(
        trials=trained.trials,
        baselines=tuple(models),
        control=trained.control,
        plan=plan,
        population=trained.population,
        goal_reason=plan.goal_reason,
        goal_remarks=remarks,
        is_interrupted=trained.run.is_interrupted,
        n_trained=trained.run.trials,
        seconds=trained.run.seconds,
    )


def read_study(study: Study, sql: str | None = None, by: Sequence[str] | None = None) -> Sweep:
    """What a study's file holds, as a sweep."""
    notes = study.notes("baselines", "control", "goal_reason", "goal_remarks")
    control = notes["control"]
    return Sweep(
        trials=study.results(sql),
        baselines=tuple(_baseline(it) for it in notes["baselines"] or ()),
        control=None if control is None else fraction(control["solved"], control["trials"]),
        goal_reason=notes["goal_reason"] or "",
        goal_remarks=tuple(notes["goal_remarks"] or ()),
        by=None if not by else tuple(by),
    )


def fraction(solved: int, trials: int) -> Fraction:
    """So many of so many."""
    return Fraction(solved, trials, solved / trials, wilson(solved, trials))


def _baseline(record: dict[str, Any]) -> Baseline:
    fields: dict[str, Any] = {
        name: math.nan if it is None else it for name, it in record.items() if name != "notes"
    }
    return Baseline(**fields, notes=tuple(record["notes"]))


def _data_record(found: Sweep) -> dict[str, Any]:
    it = found.data
    record = {
        "name": it.name,
        "fingerprint": it.fingerprint,
        "task": it.task,
        "classes": list(it.classes),
        "inputs": it.n_inputs,
        "training": it.n_training,
        "validation": it.n_validation,
        "test": it.n_test,
    }
    if found.plan is None:
        return record
    data = found.plan.data
    return record | {
        "features": list(data.features),
        "samples": data.n_samples,
        "notes": list(data.notes),
    }


def _versions() -> dict[str, str]:
    import numpy
    import sklearn

    return {
        "amenable": package_version(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scikit-learn": sklearn.__version__,
    }


def plain(value: Any) -> Any:
    """The value with None for every number that is not finite, as JSON and CSV know none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(it) for key, it in value.items()}
    if isinstance(value, list | tuple):
        return [plain(it) for it in value]
    return value
