"""The pictures of `amenable digits`, a file each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from amenable.cli.digits_training import SPLITS, TrainedDigits
from amenable.datasets import Dataset
from amenable.errors import DescriptionError, FileError
from amenable.figures import (
    confusion_data,
    draw_confusion,
    draw_feature_maps,
    draw_hardest,
    draw_kernels,
    draw_passes,
    feature_maps_data,
    hardest_data,
    kernels_data,
    save,
)
from amenable.figures.passes import Passes
from amenable.writing import check_writable

NAMES = ("passes", "kernels", "feature_maps", "confusion", "hardest")


def check_sample(data: Dataset, sample: int) -> None:
    """Refuse a sample that is not there, before anything is trained."""
    n = len(data.test)
    if not 0 <= sample < n:
        raise DescriptionError(f"--sample: expected 0 to {n - 1}, a test sample, got {sample}")


def check_folder(folder: Path) -> None:
    """Make the folder where it is not there; refuse what cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise DescriptionError(f"--out: {folder} is a file; give the name of a folder") from None
    except OSError as error:
        raise FileError(f"--out: {folder}: cannot be made: {error.strerror}") from error
    for name in NAMES:
        check_writable(folder / f"{name}.png", "--out")


def draw_all(trained: TrainedDigits, data: Dataset, sample: int, folder: Path) -> list[Path]:
    """Draw every picture; of one network where it is of one, that in the middle by training."""
    population = trained.population
    middle = population.median
    pictures: dict[str, Callable[[], Figure]] = {
        "passes": lambda: draw_passes(_passes(trained, data)),
        "kernels": lambda: draw_kernels(kernels_data(middle)),
        "feature_maps": lambda: draw_feature_maps(feature_maps_data(middle, data, sample, "test")),
        "confusion": lambda: draw_confusion(confusion_data(population, data, "test")),
        "hardest": lambda: draw_hardest(hardest_data(population, data, "test")),
    }
    return [save(pictures[name](), folder / f"{name}.png") for name in NAMES]


def _passes(trained: TrainedDigits, data: Dataset) -> Passes:
    """What was measured in between, as the figure takes it."""
    import numpy as np

    errors = {split: 1 - trained.measured[:, :, i, 1] for i, split in enumerate(SPLITS)}
    counts = {split: len(getattr(data, split)) for split in SPLITS}
    return Passes(np.arange(trained.passes + 1.0), errors, counts, data.name)
