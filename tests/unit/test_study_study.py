"""`Study`: run, resumed, extended, refused; and what it answers."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import amenable as am
from amenable.errors import DataError, DescriptionError, FileError
from amenable.study import block_size
from amenable.study.executors.local import LocalExecutor

NETWORKS = [am.mlp(2, width, 1, activation=it) for width in (2, 4) for it in ("tanh", "relu")]
TRAININGS = am.grid(am.Training(steps=200, goal="accuracy >= 1"), lr=[0.1, 0.01])


@pytest.fixture
def study(tmp_path):
    return am.Study(tmp_path / "a.study")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that was run to its end, and the population that it must equal."""
    study = am.Study(tmp_path_factory.mktemp("whole") / "whole.study")
    study.run(NETWORKS, "xor", TRAININGS, seeds=30, keep="all", curves=True)
    return study, am.train(NETWORKS, "xor", TRAININGS, seeds=30, curves=True)


@pytest.fixture
def tiny(monkeypatch):
    """Blocks of a few trials."""
    monkeypatch.setattr(block_size, "BLOCK_S", 1e-4)
    monkeypatch.setattr(block_size, "FIRST_S", 1e-4)
    monkeypatch.setattr(block_size, "MOST_TRIALS", 7)


def same(found, expected):
    """Whether two results are equal to the bit."""
    assert found.configurations == expected.configurations
    for name in ("configuration", "seed", "status", "steps"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)), name
    assert np.array_equal(found.final, expected.final, equal_nan=True)


def test_a_study_is_a_population_on_disk(whole):
    study, population = whole
    found = study.population()
    assert found.configurations == population.configurations
    for name in ("seed", "status", "steps", "configuration", "budget"):
        assert np.array_equal(getattr(found, name), getattr(population, name)), name
    assert np.array_equal(found.final, population.final, equal_nan=True)
    assert np.array_equal(found.probes, population.probes, equal_nan=True)
    for name in ("weights", "curves"):
        mine, theirs = found.records.padded(name), population.records.padded(name)
        assert np.array_equal(mine, theirs, equal_nan=True), name
    assert found.best.seed == population.best.seed
    assert np.array_equal(study.best.flat, population.best.flat)


def test_how_it_is_cut_changes_nothing(whole, study, tiny):
    study.run(NETWORKS, "xor", TRAININGS, seeds=30, keep="all", curves=True, threads=1)
    same(study.results(), whole[0].results())
    assert study.status.blocks > 30
    mine, theirs = study.population(), whole[0].population()
    for name in ("weights", "curves"):
        arrays = (it.records.padded(name) for it in (mine, theirs))
        assert np.array_equal(*arrays, equal_nan=True)


def test_the_same_call_does_nothing_and_more_seeds_extend(whole, study):
    assert study.run(NETWORKS[:2], "xor", TRAININGS, seeds=10, keep="all", curves=True).trials == 40
    assert study.run(NETWORKS[:2], "xor", TRAININGS, seeds=10, keep="all", curves=True).trials == 0
    more = {"seeds": range(5, 30), "keep": "all", "curves": True}
    assert study.run(NETWORKS, "xor", TRAININGS, **more).trials == 200 - 20
    done = study.run(NETWORKS, "xor", TRAININGS, seeds=30, keep="all", curves=True)
    assert done.trials == 20
    same(study.results(), whole[0].results())
    assert_frame_equal(study.summary().to_frame(), whole[0].summary().to_frame())


def test_configurations_are_known_by_what_they_are_and_not_by_their_text(study):
    """Within a series a description may get a field more, which is absent from older files."""
    study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=3)
    with closing(sqlite3.connect(study.path)) as connection, connection:
        connection.execute(
            "UPDATE configurations SET digest = 'older', "
            "training = json_remove(training, '$.dtype', '$.class_weights')"
        )
    assert study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=4).trials == 1
    assert study.status.configurations == 1


class Interrupted(LocalExecutor):
    """Ctrl-C after some blocks."""

    def __init__(self, after, error=KeyboardInterrupt):
        super().__init__()
        self.after, self.error = after, error

    def run(self, blocks, watch=None):
        for i, result in enumerate(super().run(blocks, watch)):
            if i == self.after:
                raise self.error
            yield result


def test_ctrl_c_keeps_what_is_finished(whole, study, tiny):
    arguments = {"seeds": 30, "keep": "all", "curves": True}
    first = study.run(NETWORKS, "xor", TRAININGS, on=Interrupted(5), **arguments)
    assert first.is_interrupted
    assert "interrupted: run it again" in repr(first)
    status = study.status
    assert 0 < status.trials == first.trials < 240 == status.planned
    assert (status.blocks, status.is_complete, status.writer) == (5, False, "")
    assert f"{status.trials} of 240 trials" in repr(study)
    assert study.summary().n_trials == status.trials
    second = study.run(NETWORKS, "xor", TRAININGS, **arguments)
    assert not second.is_interrupted
    assert first.trials + second.trials == 240
    assert study.status.is_complete
    same(study.results(), whole[0].results())


def test_an_error_of_an_executor_comes_out_and_keeps_what_is_finished(study, tiny):
    with pytest.raises(ZeroDivisionError):
        study.run(NETWORKS, "xor", TRAININGS, seeds=9, on=Interrupted(3, ZeroDivisionError))
    assert study.status.blocks == 3
    study.run(NETWORKS, "xor", TRAININGS, seeds=9)
    assert study.status.is_complete


def test_other_data_is_refused(study):
    study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=2)
    with pytest.raises(
        DataError, match=r"holds trials on 'xor' \(4 to train.*got 'moons'.*another"
    ):
        study.run(NETWORKS[0], "moons", TRAININGS[0], seeds=2)
    assert study.status.trials == 2


def test_another_series_is_refused_and_a_patch_is_not(study):
    study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=2)
    mine = am.__version__.split(".")
    for version, is_refused in ((f"{mine[0]}.{int(mine[1]) + 1}.0", True), (
        ".".join([*mine[:2], "99"]), False),
    ):  # fmt: skip
        with closing(sqlite3.connect(study.path)) as connection, connection:
            connection.execute("UPDATE study SET value = ? WHERE key = 'version'", (version,))
        assert len(study.results()) >= 2  # it is read anyway
        if is_refused:
            with pytest.raises(FileError, match=rf"trained by amenable {version}, this is"):
                study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=3)
        else:
            assert study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=3).trials == 1


@pytest.mark.parametrize("changed", [{"keep": "all"}, {"curves": True}])
def test_what_is_kept_cannot_change(study, changed):
    study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=2)
    with pytest.raises(DescriptionError, match=r"^(keep|curves): .* was begun with"):
        study.run(NETWORKS[0], "xor", TRAININGS[0], seeds=2, **changed)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"keep": "some"}, "keep"), ({"keep": "none", "curves": True}, "curves"),
        ({"curves": 1}, "curves"), ({"threads": 0}, "threads"), ({"progress": 3}, "progress"),
        ({"seeds": 0}, "seeds"), ({"seeds": [2**63]}, "seeds"), ({"seeds": "many"}, "policy"),
        ({"seeds": 3, "policy": am.FixedSeeds(3)}, "seeds"), ({"on": "the moon"}, "on"),
    ],
)  # fmt: skip
def test_wrong_arguments_make_no_file(study, wrong, said):
    with pytest.raises(DescriptionError, match=rf"^{said}: "):
        study.run(NETWORKS[0], "xor", TRAININGS[0], **wrong)
    assert not study.path.exists()


@pytest.mark.parametrize("space", ["xor", 3, {"hidden": [3]}, [], [1], None])
def test_what_is_no_space_is_refused(study, space):
    with pytest.raises(DescriptionError):
        study.run(space, "xor")
    assert not study.path.exists()


def test_names_of_files(tmp_path):
    for wrong in ("", None, 3):
        with pytest.raises(DescriptionError, match=r"^path: expected the name of a file"):
            am.Study(wrong)
    study = am.Study(str(tmp_path / "no" / "a.study"))
    assert repr(study).endswith(": not begun")
    with pytest.raises(FileError, match="there is no folder"):
        study.run(NETWORKS[0], "xor")
    for ask in (study.results, study.summary, study.population, lambda: study.status):
        with pytest.raises(FileError, match="no such file"):
            ask()


def test_a_space_and_its_policy_are_remembered(study):
    space = am.Space(hidden=[2, 3], lr=am.log_range(0.01, 0.1))
    study.run(space, "xor", am.Training(steps=20), method="random", n=5, draw_seed=1, seeds=3,
              description="a try", command="amenable sweep xor")  # fmt: skip
    status = study.status
    assert (status.trials, status.configurations) == (15, 5)
    assert (status.description, status.command) == ("a try", "amenable sweep xor")
    with closing(sqlite3.connect(study.path)) as connection:
        about = dict(connection.execute("SELECT key, value FROM study"))
    assert am.Space.from_dict(json.loads(about["space"])).to_dict() == space.to_dict()
    assert json.loads(about["policy"]) == {"kind": "fixed_seeds", "seeds": 3}
    assert study.run(space, "xor", am.Training(steps=20), method="random", n=5, draw_seed=1,
                     seeds=3).trials == 0  # fmt: skip
    assert study.status.description == "a try"


def test_a_run_leaves_its_summary_in_the_file(whole):
    study, _ = whole
    expected = study.summary().to_frame()
    assert expected.columns[:3] == ["hidden", "activation", "lr"]
    with closing(sqlite3.connect(study.path)) as connection:
        rows = connection.execute("SELECT * FROM summary ORDER BY rowid").fetchall()
    assert rows == expected.rows()


def test_summary_of_some_and_by_settings(whole):
    study, population = whole
    found = study.summary("activation", sql="lr > 0.05").to_frame()
    groups = population.where(mask_of(population, 0.1)).by("activation")
    assert found["trials"].to_list() == [60, 60]
    for row in found.to_dicts():
        fraction = groups[row["activation"]].fraction()
        assert (row["solved"], row["fraction"]) == (fraction.successes, fraction.fraction)
        assert (row["low"], row["high"]) == tuple(fraction.interval)
    with pytest.raises(DescriptionError, match="by: no setting 'colour'"):
        study.summary("colour")
    assert len(study.summary(sql="seed < 0")) == 0


def mask_of(population, lr):
    rates = [it.training.optimizer.lr for it in population.configurations]
    return np.array([rates[c] == lr for c in population.configuration])


def test_frames_have_the_columns_of_the_view(whole):
    study, population = whole
    frame = study.to_frame()
    with closing(sqlite3.connect(study.path)) as connection:
        rows = connection.execute("SELECT * FROM results ORDER BY configuration, seed")
        names = [it[0] for it in rows.description]
        in_sql = pl.DataFrame(rows.fetchall(), schema=names, orient="row").drop("block")
    assert frame.columns == in_sql.columns
    as_sql = frame.with_columns(pl.col("solved").cast(pl.Int64))
    assert_frame_equal(as_sql, in_sql.cast(dict(as_sql.schema)))
    assert frame["solved"].sum() == population.solved.sum()
    assert study.to_frame("seed < 3 and hidden = '[4]'").height == 12


def test_populations_of_some(whole):
    study, population = whole
    found = study.population("hidden = '[4]' and seed % 2 = 1")
    expected = population.where(structure="2-4-1")
    expected = expected.where(expected.seed % 2 == 1)
    assert np.array_equal(found.seed, expected.seed)
    assert np.array_equal(found.weights, expected.weights)
    assert found.plot("survival") is not None
    with pytest.raises(DataError, match=r"^sql: no finished trial .* meets 'seed < 0'"):
        study.population("seed < 0")
    with pytest.raises(DescriptionError, match="columns are"):
        study.population("seeed < 0")


def test_networks_of_which_nothing_was_kept(tmp_path):
    best, none = am.Study(tmp_path / "best"), am.Study(tmp_path / "none")
    for study, keep in ((best, "best"), (none, "none")):
        study.run(NETWORKS[:2], "xor", TRAININGS[0], seeds=20, keep=keep)
    population = best.population()
    everything = am.train(NETWORKS[:2], "xor", TRAININGS[0], seeds=20)
    assert np.array_equal(best.best.flat, everything.best.flat)
    kept = np.flatnonzero(~np.isnan(population.records.padded("weights")).all(axis=1))
    assert len(kept) == 2
    assert np.array_equal(population[int(kept[0])].flat, everything[int(kept[0])].flat)
    assert population.plot("survival") is not None
    assert population.plot("spaghetti", trial="best") is not None
    with pytest.raises(DescriptionError, match=r"weights: not kept of trial .* keep=\"all\""):
        _ = population[int(kept[0]) - 1]
    assert len(none.population()) == 40
    with pytest.raises(DescriptionError, match="keeps no weights"):
        _ = none.best
    assert none.leader()["structure"] == best.best.network.structure


def test_metrics_that_differ_have_no_leader(study):
    x = np.linspace(-1, 1, 20)[:, None]
    trainings = [am.Training(steps=5, goal="r2 >= 1"), am.Training(steps=5, goal="mae <= 1")]
    study.run(am.mlp(1, 2, 1), (x, x[:, 0] ** 2), trainings, seeds=2)
    assert study.leader() is None
    assert len(study.summary()) == 2
    assert study.status.metrics == ("r2", "mae")
    with pytest.raises(DescriptionError, match="different metrics"):
        _ = study.best


def test_no_trial_yet(study):
    study.run(NETWORKS[0], "xor", TRAININGS[0], on=Interrupted(0), seeds=2)
    assert study.status.trials == 0
    assert len(study.summary()) == 0
    assert study.to_frame().height == 0
    assert study.leader() is None
    with pytest.raises(DataError, match="no trial is finished yet"):
        study.population()


def test_progress_is_told_of_all_trials(study, tiny):
    told = []
    study.run(NETWORKS[:1], "xor", TRAININGS[0], seeds=50,
              progress=lambda n, total: told.append((n, total)))  # fmt: skip
    assert told[-1] == (50, 50)
    assert told == sorted(told)


def test_rounds_of_a_policy_are_in_one_run(study):
    policy = am.UntilDecided(width=0.5, least=8, most=64)
    run = study.run(NETWORKS, "xor", TRAININGS[0], policy=policy)
    assert run.trials == study.status.trials == study.status.planned
    assert study.run(NETWORKS, "xor", TRAININGS[0], policy=policy).trials == 0


def test_halving_in_a_study(study, tmp_path, tiny):
    policy = am.SuccessiveHalving(rungs=2, reduction=2, seeds=2)
    arguments = {"trainings": am.Training(steps=40), "policy": policy}
    study.run(NETWORKS, "xor", **arguments)
    other = am.Study(tmp_path / "interrupted.study")
    for _ in range(3):
        other.run(NETWORKS, "xor", **arguments, on=Interrupted(1))
    other.run(NETWORKS, "xor", **arguments)
    same(other.results(), study.results())
    assert len(study.results().ids) > len(NETWORKS)


def test_yes_and_no_are_settings_too(study):
    space = am.Space(hidden=3, bias=[True, False], steps=50, goal="accuracy >= 1")
    study.run(space, "xor", seeds=4)
    summary = study.summary().to_frame()
    assert sorted(summary["bias"].to_list()) == [False, True]
    assert summary["bias"].dtype == pl.Boolean
    assert study.to_frame("bias = 1")["bias"].to_list() == [1] * 4
    assert study.leader("bias = 0")["bias"] == 0
    again = study.run(space, "xor", seeds=4)
    assert again.trials == 0
    assert_frame_equal(study.summary().to_frame(), summary)


def test_where_metrics_differ_a_condition_may_choose_one(study):
    trainings = [am.Training(steps=20, goal=goal) for goal in ("r2 >= 0.9", "rmse <= 0.1")]
    study.run(am.mlp(1, 2, 1), "sine", trainings, seeds=2)
    assert study.leader() is None
    assert study.leader("metric = 'rmse'")["metric"] == "rmse"


def test_an_empty_file_is_not_begun(study):
    study.path.touch()
    assert not study.is_begun
    assert "not begun" in repr(study)
    study.run(am.mlp(2, 2, 1), "xor", am.Training(steps=5), seeds=1)
    assert study.is_begun


def test_a_search_counts_what_it_tried(study):
    space = am.Space(hidden=[1, 2, 3, 4, 5, 6], epochs=9, goal="accuracy >= 1")
    study.run(space, "xor", policy=am.SuccessiveHalving(rungs=2, seeds=1))
    tried = len(np.unique(study.results().configuration))
    assert study.status.configurations == tried < 12


def test_each_seed_of_repeated_splits_learns_its_own(tmp_path):
    iris = am.load("iris")
    splits = am.RepeatedSplits(tuple(iris.with_split(seed=seed) for seed in range(3)))
    training = am.Training(epochs=3)
    study = am.Study(tmp_path / "a.study")
    study.run(am.mlp(4, 3, 3), splits, training, seeds=4)
    expected = am.train(am.mlp(4, 3, 3), splits, training, seeds=4)
    found = study.results()
    assert found.n_splits == 3
    assert np.array_equal(found.final, expected.final)
    assert study.population().split.tolist() == [0, 1, 2, 0]
    with pytest.raises(am.DataError, match="use another file for other data"):
        study.run(am.mlp(4, 3, 3), splits[0], training, seeds=5)
