"""Networks of a file, whichever kind of file it is: one, several that predict together, a study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from amenable.cli import screen, subject, table
from amenable.cli.screen import quote_command, typed_path
from amenable.errors import FileError
from amenable.formatting import format_metric, plural
from amenable.population import Ensemble, Population, TrainedNetwork
from amenable.study.study import Study

if TYPE_CHECKING:
    from rich.console import Console

    from amenable.sweep import Sweep

WRITERS = "amenable fit --save FILE writes one"


def load_networks(path: Path) -> list[TrainedNetwork]:
    """The network of a file; of a population or study the best, of an ensemble all.

    Raises
    ------
    FileError
        If the file is not there, damaged, or holds something else.
    """
    found = read_learned(path)
    return list(found.networks) if isinstance(found, Ensemble) else [best_of(found)]


def read_learned(path: Path) -> Population | Ensemble | TrainedNetwork:
    """What a file holds, with weights; of a study, those that it keeps."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        raise FileError(f"MODEL: {path}: {what}; {WRITERS}")
    found = subject.read_saved(path)
    if isinstance(found, Population | Ensemble | TrainedNetwork):
        return found
    if found is not None:
        raise FileError(f"MODEL: {path}: a network that was not trained; {WRITERS}")
    if path.suffix != ".study":
        raise FileError(f"MODEL: {path}: no saved network; {WRITERS}")
    population = Study(path).population()
    if "weights" not in population.records.arrays:
        raise FileError(
            f"MODEL: {path}: this study keeps no weights; begin one with --keep best, or all"
        )
    return population


def best_of(found: Population | TrainedNetwork) -> TrainedNetwork:
    """The network itself, or the best of many."""
    return found.best if isinstance(found, Population) else found


def describe_networks(path: Path, networks: Sequence[TrainedNetwork]) -> str:
    """What they are and what they learned, in a sentence."""
    from amenable.datasets.images import sized

    data = networks[0].data
    structures = ", ".join(dict.fromkeys(it.network.structure for it in networks))
    many = f"{len(networks)} networks {structures}" if len(networks) > 1 else structures
    target = networks[0].preparation and networks[0].preparation.target
    names = " and ".join(target.names) if target else ""
    learned = f"{data.n_classes} classes" if data.n_classes else names or "numbers"
    if data.n_classes and names:
        learned += f" of {names}"
    images = ""
    if (it := data.pixels) is not None:
        images = f", images of {sized(it.shape)}, paper {it.paper:g} and ink {it.ink:g}"
    return (
        f"{path}: {many}, which learned {learned} from {data.name} "
        f"({data.n_training:,} samples{images})"
    )


def save_recommended(
    out: Console, found: Sweep, path: Path, *, ensemble: bool, threads: int | None
) -> None:
    """Keep what a sweep recommends, say what that is, and how to use it."""
    learner = found.train_recommended(ensemble=ensemble, threads=threads, progress=False)
    learner.save(path)
    screen.show(out)
    screen.say(out, f"Saved in {path}: {_describe_saved(found, learner)}.")
    command = quote_command(["amenable", "predict", typed_path(path), "NEW.csv"])
    table.show_next(out, "to predict new rows", command)


def _describe_saved(found: Sweep, learner: TrainedNetwork | Ensemble) -> str:
    """Structure, how it was chosen, and how it does on rows that chose nothing."""
    first = learner.networks[0] if isinstance(learner, Ensemble) else learner
    hidden = first.network.hidden
    name = f"{first.network.structure} {first.network.activation if hidden else ''}".rstrip()
    if isinstance(learner, Ensemble):
        solved = "that solved the problem" if learner.members.solved.all() else "of all seeds"
        return f"{plural(len(learner), 'network')} {name} {solved}, which predict together"
    data = first.data
    split = "test" if data.n_test else data.judged_on
    value = f"{split} {first.metric_name} {format_metric(first.metric[split])}"
    n = found.n_seeds
    chosen = f", the best of {n} by {data.chosen_on} {first.metric_name}" if n > 1 else ""
    return f"{name}, seed {first.seed}{chosen}; {value}"
