"""Settings that vary, and their levels."""

from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.answers import factors
from amenable.answers.factors import binned, factor_named, in_words, totals
from amenable.answers.selection import finished, only, table_of


def of(simulated, settings, **options):
    return {
        it.name: it for it in factors(simulated(settings, np.ones((len(settings), 2)), **options))
    }


def test_numbers_ascend_and_others_keep_their_order(simulated):
    settings = [
        {"lr": lr, "activation": activation, "optimizer": "adam"}
        for lr in (0.1, 0.01, 1)
        for activation in ("tanh", "relu")
    ]
    found = of(simulated, settings)
    assert set(found) == {"lr", "activation"}  # the optimizer does not vary
    assert found["lr"].values == (0.01, 0.1, 1)
    assert found["lr"].labels == ("0.01", "0.1", "1")
    assert found["lr"].codes.tolist() == [1, 1, 0, 0, 2, 2]
    assert found["activation"].labels == ("tanh", "relu")


def test_one_and_one_point_nought_are_the_same_and_a_text_is_not(simulated):
    found = of(simulated, [{"l": 1}, {"l": 1.0}, {"l": 2}, {"l": True}, {"l": "1"}])
    assert found["l"].codes.tolist() == [0, 0, 1, 2, 3]
    assert len(set(found["l"].labels)) == 4


def test_a_setting_that_some_lack(simulated):
    settings = [{"optimizer": "sgd", "momentum": 0.9}, {"optimizer": "sgd", "momentum": 0.5}]
    found = of(simulated, [*settings, {"optimizer": "adam"}])
    assert found["momentum"].codes.tolist() == [1, 0, -1]
    assert found["momentum"].text(2) == "–"
    assert found["momentum"].value(2) is None


def test_configurations_with_the_same_settings_are_told_apart_by_what_else_differs(simulated):
    results = simulated([{"lr": 0.1, "steps": 10}, {"lr": 0.1, "steps": 90}], np.ones((2, 2)))
    found = factors(replace(results, settings=({"lr": 0.1}, {"lr": 0.1})))
    assert [it.name for it in found] == ["steps"]
    assert found[0].labels == ("10", "90")


def test_bins_have_as_many_configurations_each(simulated):
    rates = np.geomspace(1e-4, 1, 40).tolist()
    found = of(simulated, [{"lr": it} for it in rates])["lr"]
    assert found.is_continuous
    cut = binned(found, 4)
    assert np.bincount(cut.codes).tolist() == [10, 10, 10, 10]
    assert cut.labels[0] == "0.0001 to 0.00084"
    near = binned(of(simulated, [{"lr": 0.1 + 1e-5 * i} for i in range(20)])["lr"], 2)
    assert near.labels == ("0.1 to 0.1001", "0.1001 to 0.1002")
    few = binned(of(simulated, [{"lr": it} for it in (1.0, 1.0, 1.0, 2.0)])["lr"], 4)
    assert few.labels == ("1", "2")
    assert few.codes.tolist() == [0, 0, 0, 1]


def test_lists_of_one_are_numbers(simulated):
    widths = of(simulated, [{"hidden": [it]} for it in (16, 2, 4)])["hidden"]
    assert widths.is_numeric
    assert widths.labels == ("2", "4", "16")
    assert widths.numbers.tolist() == [2, 4, 16]
    mixed = of(simulated, [{"hidden": [16]}, {"hidden": [2, 2]}, {"hidden": []}])["hidden"]
    assert not mixed.is_numeric


def test_lists_go_by_their_sums(simulated):
    found = of(simulated, [{"hidden": it} for it in ([4], [4, 4], [8], [])])["hidden"]
    assert found.labels == ("4", "4-4", "8", "none")
    added = totals(found)
    assert added.values == (0.0, 4.0, 8.0)
    assert added.codes.tolist() == [1, 2, 2, 0]
    assert (
        totals(of(simulated, [{"activation": "tanh"}, {"activation": "relu"}])["activation"])
        is None
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([8, 8], "8-8"),
        (1e-5, "1e-05"),
        (0.123456, "0.1235"),
        (20000, "20,000"),
        (None, "none"),
        (False, "no"),
        ({"kind": "step_decay", "every": 100}, "step_decay (every 100)"),
        ({"kind": "constant"}, "constant"),
        ({}, "none"),
        ("leaky_relu(0.1)", "leaky_relu(0.1)"),
    ],
)
def test_values_in_words(value, words):
    assert in_words(value) == words


def test_labels_that_would_read_alike_keep_their_digits(simulated):
    found = of(simulated, [{"lr": 0.100001}, {"lr": 0.100002}])["lr"]
    assert found.labels == ("0.100001", "0.100002")


def test_wrong_names_and_values_are_named(simulated):
    known = factors(simulated([{"lr": 0.1}, {"lr": 0.2}], np.ones((2, 2))))
    with pytest.raises(am.DescriptionError, match="no setting 'learning' varies; those that vary"):
        factor_named(known, "learning")
    with pytest.raises(
        am.DescriptionError, match=r"lr: no configuration has 0\.3; there are 0\.1, 0\.2"
    ):
        known[0].code(0.3)
    assert known[0].code("0.2") == known[0].code(0.2) == 1
    with pytest.raises(am.DescriptionError, match="none varies"):
        factor_named((), "lr")


def test_configurations_without_trials_do_not_count(simulated):
    results = simulated([{"lr": 0.1}, {"lr": 0.2}, {"lr": 0.3}], np.ones((3, 4)))
    kept = only(results, np.array([True, False, True]))
    assert kept.ids == (10, 12)
    assert kept.configuration.tolist() == [0] * 4 + [1] * 4
    assert finished(kept) is kept
    with pytest.raises(am.DescriptionError, match="results: expected TrialTable"):
        finished([1])


def test_a_population_as_results(population):
    found = table_of(population)
    assert len(found.seed) == len(population)
    assert found.settings[0] == {"structure": "2-3-1", "activation": "tanh", "lr": 0.1}
    assert np.all(found.configuration[1:] >= found.configuration[:-1])
    np.testing.assert_array_equal(found.steps, population.steps)
    with pytest.raises(am.DescriptionError, match="population: expected a Population"):
        table_of(3)
    with pytest.raises(am.DataError, match="at least one trial"):
        table_of(population[:0])
