import subprocess
import sys

import numpy as np
import pytest

from amenable.datasets import Entry, catalogue, load
from amenable.datasets.bundled import BUNDLED


@pytest.mark.parametrize("name", BUNDLED)
def test_the_listed_sizes_are_the_loaded_ones(name):
    data, row = load(name), BUNDLED[name]
    assert (data.n_samples, data.n_inputs, data.n_classes) == (
        row.n_samples,
        row.n_inputs,
        row.n_classes,
    )
    assert len(data.features) == data.n_inputs


@pytest.mark.parametrize("name", [name for name in BUNDLED if name != "digits"])
def test_tables_are_standardized_by_their_training_rows(name):
    data = load(name, test=0.1)
    x, _ = data.split("training")
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(x.std(axis=0), 1)
    assert np.abs(data.split("validation")[0].mean(axis=0)).max() > 1e-3


def test_digits_keep_one_scale_and_all_pixels():
    data = load("digits")
    assert data.x.min() == 0.0
    assert data.x.max() == 1.0
    assert data.x.shape == (1797, 64)


def test_real_targets_are_standardized_and_it_is_said():
    data = load("diabetes")
    _, y = data.split("training")
    assert y.mean() == pytest.approx(0, abs=1e-12)
    assert y.std() == pytest.approx(1)
    assert any(note.startswith("target standardized: minus 15") for note in data.notes)


def test_names_survive():
    data = load("breast_cancer")
    assert data.name == "breast-cancer"
    assert data.classes == ("malignant", "benign")
    assert data.features[0] == "mean radius"


def test_the_catalogue_lists_everything_that_load_knows():
    entries = {entry.name: entry for entry in catalogue()}
    assert len(entries) == 21
    assert entries["spirals"].parameters == {"n": 512, "turns": 1.0, "noise": 0.0}
    assert entries["diabetes"] == Entry(
        "diabetes", "progression of diabetes after a year", "regression", 442, 10, 0, {}
    )
    for entry in entries.values():
        if entry.is_fetched:  # needs a network; see test_datasets_fetched.py
            continue
        assert load(entry.name, **entry.parameters).task == entry.task


def test_importing_is_light():
    code = (
        "import sys, amenable.datasets; "
        "print({'sklearn', 'scipy', 'polars', 'matplotlib', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
