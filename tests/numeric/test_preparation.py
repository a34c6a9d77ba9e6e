"""What is done to columns equals scikit-learn's transformers, fitted on the training rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from amenable.datasets.columns import Column, Table
from amenable.datasets.preparation import (
    BLOCK,
    LEAST_TOLD,
    MOST_CATEGORIES,
    Preparation,
)
from amenable.datasets.target import Target

WORDS = [f"w{i:02}" for i in range(40)]


def table_of(columns):
    return Table("t", tuple(columns), np.arange(1, len(columns[0].values) + 1))


def classes(n):
    return Target(np.arange(n) % 2, "classification", ("no", "yes"), "")


def pipeline_of(columns, training):
    """Scikit-learn's way: all numbers together, then categories, then what is missing."""
    numbers = [i for i, it in enumerate(columns) if it.kind == "number"]
    scaled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    steps, names = [("numbers", scaled, numbers)], [columns[i].name for i in numbers]
    for i, it in enumerate(columns):
        if it.kind == "category":
            words = {value for value in it.values[training] if value is not None}
            drop = "if_binary" if len(words) == 2 else None
            encoder = OneHotEncoder(drop=drop, handle_unknown="ignore", sparse_output=False)
            fill = SimpleImputer(strategy="most_frequent", missing_values=None)
            steps.append((f"{i} fill", make_pipeline(fill, encoder), [i]))
            names += [f"{it.name}={word}" for word in sorted(words)][len(words) == 2 :]
        seen = it.missing[training]
        if LEAST_TOLD <= seen.sum() <= len(seen) - LEAST_TOLD:
            gap = np.nan if it.kind == "number" else None
            indicator = MissingIndicator(missing_values=gap, features="all")
            steps.append((f"{i} gap", indicator, [i]))
            names.append(f"{it.name} is missing")
    return ColumnTransformer(steps), names


def matrix_of(columns):
    x = np.empty((len(columns[0].values), len(columns)), dtype=object)  # of both kinds
    for i, it in enumerate(columns):
        x[:, i] = it.values
    return x


def column_of(i, kind, share, rng, n):
    """A column of which a share is missing; of few different values, or many."""
    cells = rng.normal(rng.normal(), 10.0 ** rng.integers(-5, 6), n)
    if rng.random() < 0.3:
        cells = np.round(cells)
    is_missing = rng.random(n) < share
    if kind == "number":
        return Column(f"c{i}", kind, np.where(is_missing, np.nan, cells))
    values = np.array(WORDS, dtype=object)[rng.integers(0, rng.integers(2, MOST_CATEGORIES), n)]
    values[is_missing] = None
    return Column(f"c{i}", kind, values)


def varies(column, training):
    present = column.values[training][~column.missing[training]]
    return len(set(present.tolist())) > 1


kinds = st.lists(
    st.tuples(st.sampled_from(["number", "category"]), st.sampled_from([0.0, 0.1, 0.6])),
    min_size=1,
    max_size=5,
)


@pytest.mark.filterwarnings("ignore:Found unknown categories")
@settings(max_examples=100, deadline=None)
@given(kinds, st.integers(12, 400), st.integers(0, 2**32 - 1))
def test_made_tables_are_prepared_as_by_a_pipeline(described, n, seed):
    rng = np.random.default_rng(seed)
    training = np.sort(rng.permutation(n)[: max(6, n // 2)])
    columns = [column_of(i, *it, rng, n) for i, it in enumerate(described)]
    columns = [it for it in columns if varies(it, training)]
    if not columns:
        return
    table = table_of(columns)
    preparation = Preparation.fit(table, classes(len(table.rows)), training)
    (pipeline, names), x = pipeline_of(columns, training), matrix_of(columns)
    pipeline.fit(x[training])
    expected = np.asarray(pipeline.transform(x), dtype=np.float64)
    found = preparation.apply(table)
    assert set(names) == set(preparation.inputs)
    places = [preparation.inputs.index(it) for it in names]
    # Sums over another layout of the memory differ in their last bits.
    np.testing.assert_allclose(found[:, places], expected, rtol=1e-9, atol=1e-9)
    kept = Preparation.from_dict(preparation.to_dict())
    order = np.random.default_rng(0).permutation(len(columns))
    shuffled = table_of([columns[i] for i in order])
    assert np.array_equal(kept.apply(shuffled), found)


def test_numbers_and_target_equal_the_scaler_to_the_bit():
    rng = np.random.default_rng(0)
    x = rng.normal(50, [1, 1e-3, 1e4], (500, 3))
    x[rng.random(x.shape) < 0.05] = np.nan
    y = rng.normal(1e5, 3e4, (500, 2))
    training = np.sort(rng.permutation(500)[:300])
    table = Table.of_numbers("t", x, "abc")
    target = Target(y, "regression", (), "", ("p", "q"))
    preparation = Preparation.fit(table, target, training)
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()).fit(x[training])
    found = preparation.apply(table)[:, [preparation.inputs.index(it) for it in "abc"]]
    assert np.array_equal(found, pipeline.transform(x))
    scaler = StandardScaler().fit(y[training])
    scaled = preparation.scaled(target).values
    assert np.array_equal(scaled, scaler.transform(y))
    assert np.array_equal(preparation.target.in_units(scaled), scaler.inverse_transform(scaled))


def test_rows_are_prepared_alike_whatever_is_beside_them():
    """More rows than a block takes, and one alone."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BLOCK // 4 + 10, 4))
    table = Table.of_numbers("t", x, "abcd")
    preparation = Preparation.fit(table, classes(len(x)), np.arange(len(x) // 2))
    whole = preparation.apply(table)
    for row in (0, BLOCK // 4 - 1, BLOCK // 4, len(x) - 1):
        alone = preparation.apply(Table.of_numbers("t", x[[row]], "abcd"))
        assert np.array_equal(alone[0], whole[row])
    assert preparation.apply(Table.of_numbers("t", x[:0], "abcd")).shape == (0, 4)


@pytest.mark.parametrize("n_words", [2, 3, MOST_CATEGORIES, MOST_CATEGORIES + 1, 40])
def test_categories_beyond_the_most_share_an_input(n_words):
    words = np.array([WORDS[i % n_words] for i in range(400)] + [WORDS[0]] * 5, dtype=object)
    table = table_of([Column("c", "category", words)])
    preparation = Preparation.fit(table, classes(405), np.arange(405))
    (step,) = preparation.columns
    assert step.categories[0] == "w00"
    assert step.has_other == (n_words > MOST_CATEGORIES)
    assert len(preparation.inputs) == (1 if n_words == 2 else min(n_words, MOST_CATEGORIES))
    if step.has_other:
        options = {"max_categories": MOST_CATEGORIES, "handle_unknown": "infrequent_if_exist"}
        encoder = OneHotEncoder(sparse_output=False, **options).fit(words[:, None])
        words[0] = "never seen"
        expected = encoder.transform(words[:, None])
        assert np.array_equal(preparation.apply(table), expected)
