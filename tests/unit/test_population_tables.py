"""Populations as tables and in words."""

import numpy as np
import polars as pl

import amenable as am
from amenable.population import Configuration

GOAL = "accuracy >= 0.9"


class TestTables:
    def test_a_row_for_each_trial(self, population):
        frame = population.to_frame()
        assert frame.height == 64
        assert {"structure", "activation", "optimizer", "lr", "batch", "seed"} <= set(frame.columns)
        assert frame["status"].to_list() == population.status.tolist()
        assert frame["steps"].to_list() == population.steps.tolist()
        assert frame["validation_metric"].to_list() == population.metric["validation"].tolist()
        assert frame["lr"].to_list() == population.values("lr")

    def test_nan_is_null_in_tables(self):
        frame = am.train(am.mlp(2, 2, 1), "xor", seeds=2).to_frame()
        assert frame["validation_loss"].null_count() == 2

    def test_what_differs_has_a_column(self):
        trainings = [
            am.Training(am.SGD(0.1), steps=10, batch="full"),
            am.Training(am.Adam(0.1), steps=20, schedule=am.Cosine()),
        ]
        networks = [am.mlp(2, 3, 1, dropout=0.5), am.mlp(2, 3, 1)]
        found = am.train(networks, "moons", trainings, seeds=1)
        frame = found.summary().to_frame()
        assert set(frame["steps"]) == {10, 20}
        assert set(frame["batch"]) == {"full", "32"}
        assert set(frame["dropout"]) == {0.5, 0.0}
        assert set(frame["schedule"]) == {"constant", "cosine steps None floor 0.0"}
        assert sorted(row.configurations[0] for row in found.summary().rows) == [0, 1, 2, 3]
        assert set(found.to_frame()["dropout"]) == {0.5, 0.0}

    def test_summary_agrees_with_the_groups(self, population):
        found = population.summary()
        assert len(found) == 8
        for line, row in zip(found.rows, found.to_frame().iter_rows(named=True), strict=True):
            group = population.where(population.configuration == line.configurations[0])
            found = group.fraction()
            assert (row["solved"], row["trials"]) == (found.successes, found.trials)
            assert (row["low"], row["high"]) == found.interval
            assert row["median_steps"] == group.steps_to_solve().median or (
                row["median_steps"] is None
            )
            assert line.split == "test"
            assert row["best"] == group.metric["test"].max()
            assert row["median"] == np.median(group.metric["test"])
            assert row["lr"] == group.trainings[0].optimizer.lr

    def test_summary_by_keys(self, population):
        frame = population.summary("activation", level=0.5).to_frame()
        assert frame.columns[:2] == ["activation", "parameters"]
        assert frame["trials"].to_list() == [32, 32]
        assert frame["parameters"].to_list() == [37, 37]

    def test_best_first(self, made):
        pairs = [Configuration(am.mlp(2, k, 1), am.Training(goal=GOAL)) for k in (1, 2, 3)]
        status = ["exhausted"] * 2 + ["solved"] * 4
        found = made(status, steps=[9, 9, 8, 8, 7, 7], configurations=pairs)
        assert found.summary().to_frame()["structure"].to_list() == ["2-3-1", "2-2-1", "2-1-1"]

    def test_without_goal_there_is_no_fraction(self, made):
        row = made(["exhausted", "diverged", "exhausted"], goal=None, metric=[0.5, np.nan, 0.7])
        (found,) = row.summary().to_frame().iter_rows(named=True)
        assert found["fraction"] is None
        assert found["solved"] is None
        assert found["median"] == 0.5
        assert found["best"] == 0.7
        assert found["diverged"] == 1

    def test_where_half_diverged_there_is_no_median(self, made):
        metric = [np.nan, np.nan, 0.5]
        (found,) = (
            made(["diverged", "diverged", "exhausted"], metric=metric)
            .summary()
            .to_frame()
            .rows(named=True)
        )
        assert found["median"] is None
        assert found["best"] == 0.5

    def test_large_seeds(self):
        found = am.train(am.mlp(2, 2, 1), "xor", seeds=[2**64 - 1, 0])
        assert found.to_frame()["seed"].to_list() == [2**64 - 1, 0]
        assert found.to_frame().schema["seed"] == pl.UInt64


class TestWords:
    def test_repr(self, population):
        lines = repr(population).splitlines()
        assert lines[0] == "Population of 64 trials on 'moons' (4 networks, 2 trainings, 8 seeds)"
        assert str(population.fraction()) in lines[1]
        assert "(accuracy >= 0.9)" in lines[1]
        assert lines[2].startswith("  best validation accuracy ")
        assert len(lines) == 3

    def test_repr_without_goal_and_without_trials(self, made):
        assert "no goal; 1 exhausted" in repr(made(["exhausted"], goal=None))
        assert repr(made(["solved"])[:0]).startswith("Population of 0 trials on 'made'")

    def test_repr_when_nothing_was_begun(self, made):
        said = repr(made(["cancelled"] * 2, steps=[0, 0], metric=[np.nan] * 2))
        assert "none finished; 2 cancelled" in said
        assert "best" not in said

    def test_html_has_the_table_and_escapes(self, made, population):
        html = population._repr_html_()
        assert "<table" in html
        assert "accuracy &gt;= 0.9" in html
        assert "Population of 0" in made(["solved"])[:0]._repr_html_()
