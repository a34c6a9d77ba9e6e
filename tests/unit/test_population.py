"""Population: arrays, fractions, choosing, order. Trained, and put together by hand."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

import amenable as am
from amenable.population import Configuration

GOAL = "accuracy >= 0.9"


class TestArrays:
    def test_shapes_and_order(self, population):
        assert len(population) == 4 * 2 * 8
        assert population.status.shape == population.steps.shape == population.solved.shape == (64,)
        assert [it.network.structure for it in population.configurations[:3]] == ["2-3-1"] * 3
        assert [it.training.optimizer.lr for it in population.configurations[:3]] == [
            0.1,
            0.01,
            0.1,
        ]
        assert population.seed.tolist() == list(range(8)) * 8
        assert population.configuration.tolist() == [c for c in range(8) for _ in range(8)]
        assert population.seeds == tuple(range(8))
        assert len(population.networks) == 4
        assert len(population.trainings) == 2

    def test_last_point_of_a_curve_is_the_final_value(self, population):
        for split in ("training", "validation"):
            for final, curve in (
                (population.loss[split], population.curves.loss[split]),
                (population.metric[split], population.curves.metric[split]),
            ):
                last = [row[~np.isnan(row)][-1] for row in curve]
                assert np.array_equal(last, final)

    def test_curves_begin_before_training_and_end_with_the_trial(self, population):
        steps, curve = population.curves.steps, population.curves.loss["validation"]
        assert steps.shape == curve.shape == (64, 41)
        assert np.all(steps[:, 0] == 0)
        assert np.all(steps[:, -1] == population.budget)
        measured = [float(s[~np.isnan(row)][-1]) for s, row in zip(steps, curve, strict=True)]
        assert np.array_equal(measured, population.steps)

    def test_signals_are_padded_beyond_the_last_layer(self, population):
        norms = population.signals["weight_norm"]
        assert norms.shape == (64, 41, 3)
        shallow = population.where(structure="2-3-1")
        assert shallow.signals["weight_norm"].shape == (32, 41, 2)
        assert np.all(norms[:, 0, :2] > 0)
        is_shallow = np.array(population.values("structure")) == "2-3-1"
        assert np.isnan(norms[is_shallow, :, 2]).all()

    def test_snapshots_end_with_the_weights(self, population):
        group = population.where(structure="2-3-1")
        snapshots, weights = group.snapshots, group.weights
        assert snapshots.shape == (32, 41, 13)
        last = [row[~np.isnan(row[:, 0])][-1] for row in snapshots]
        assert np.array_equal(last, weights)

    def test_weights_of_different_shapes_are_refused(self, population):
        with pytest.raises(am.DescriptionError, match=r'differ in shape; .* by\("network"\)'):
            _ = population.weights

    def test_what_was_not_recorded_says_how_to_record_it(self):
        bare = am.train(am.mlp(2, 2, 1), "xor", seeds=2, keep_weights=False)
        for name, how in (
            ("curves", "curves=True"),
            ("signals", "signals=True"),
            ("snapshots", "snapshots=True"),
            ("weights", "keep_weights=True"),
        ):
            with pytest.raises(am.DescriptionError, match=f"{name}: not recorded; .*{how}"):
                getattr(bare, name)
        with pytest.raises(am.DescriptionError, match="keep_weights=True"):
            _ = bare.best
        assert bare.loss["training"].shape == (2,)

    def test_arrays_cannot_be_changed(self, population):
        for array in (population.status, population.steps, population.loss["training"]):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = array[1]
        with pytest.raises(AttributeError):
            population.steps = population.steps

    def test_without_validation_networks_are_judged_on_training(self):
        xor = am.train(am.mlp(2, 4, 1), "xor", seeds=4)
        assert xor.judged_on == "training"
        assert np.isnan(xor.loss["validation"]).all()
        assert xor.best.metric["training"] == xor.metric["training"].max()

    def test_pickle(self, population):
        again = pickle.loads(pickle.dumps(population))
        assert np.array_equal(again.steps, population.steps)
        assert again.configurations == population.configurations


class TestFraction:
    def test_counts_with_wilson(self, made):
        statuses = ["solved"] * 30 + ["exhausted", "diverged"]
        metric = [1.0] * 30 + [0.4, np.nan]  # far from the goal, so that rows do not matter
        found = made(statuses, metric=metric, goal="accuracy >= 0.8").fraction()
        assert (found.successes, found.trials, found.fraction) == (30, 32, 30 / 32)
        assert tuple(found.interval) == pytest.approx(am.statistics.wilson(30, 32))
        assert str(found) == "30 of 32 solved, 0.938 [0.799, 0.983]"

    def test_near_the_goal_other_rows_might_judge_otherwise(self, made):
        found = made(["solved"] * 32, metric=[0.9] * 32).fraction()
        assert found.by_seeds == am.statistics.wilson(32, 32)
        assert found.interval == (0, 1)

    def test_after_ctrl_c_trials_count_up_to_the_first_that_was_cut(self, made):
        found = made(["solved", "exhausted", "cancelled", "solved"]).fraction()
        assert (found.successes, found.trials) == (1, 2)
        with pytest.raises(am.DataError, match="expected at least one finished trial"):
            made(["cancelled", "solved"]).fraction()

    @pytest.mark.parametrize("name", ["fraction", "steps_to_solve"])
    def test_without_goal(self, made, name):
        with pytest.raises(am.DescriptionError, match=f"{name}: no training has a goal.*goal="):
            getattr(made(["exhausted"], goal=None), name)()

    def test_one_training_without_goal_is_named(self, made):
        pairs = [Configuration(am.mlp(2, 1), am.Training(goal=goal)) for goal in (GOAL, None)]
        with pytest.raises(am.DescriptionError, match=r"'adam lr 0.01, .*epochs' has no goal"):
            made(["solved", "exhausted"], configurations=pairs).fraction()

    def test_of_no_trial(self, made):
        with pytest.raises(am.DataError, match="expected at least one finished trial"):
            made(["solved"])[:0].fraction()

    def test_steps_to_solve_censors(self, made):
        curve = made(["solved", "exhausted", "solved"], steps=[10, 20, 30]).steps_to_solve()
        assert curve.median == 30
        assert curve.censored.tolist() == [0, 1, 0]

    def test_diverged_and_stopped_trials_are_never_solved(self, made):
        status = ["solved", "solved", "diverged", "stopped", "diverged"]
        curve = made(status, steps=[50, 60, 1, 2, 3]).steps_to_solve()
        assert curve.median == np.inf
        assert curve.times.tolist() == [50, 60, 100]

    def test_paired_by_seed(self, made):
        first = made(["solved", "solved", "exhausted"])
        second = made(["solved", "exhausted", "exhausted"])
        found = first.paired(second)
        assert (found.both, found.only_first, found.only_second, found.neither) == (1, 1, 0, 1)
        shuffled = made(["exhausted", "solved", "exhausted"], seed=[7, 0, 1])
        found = first.paired(shuffled)
        assert (found.both, found.only_first, found.neither) == (1, 1, 0)

    def test_paired_is_like_with_like_in_whatever_order_networks_were_listed(self):
        listed = [("tanh", 1), ("tanh", 8), ("relu", 8), ("relu", 1)]
        networks = [am.mlp(2, width, 1, activation=name) for name, width in listed]
        training = am.Training(epochs=60, goal="accuracy >= 0.9")
        groups = am.train(networks, "moons", training, seeds=16).by("activation")
        found = groups["tanh"].paired(groups["relu"])
        solved = {
            key: dict(zip(it.seed.tolist(), it.solved.tolist(), strict=True))
            for key, it in am.train(networks, "moons", training, seeds=16)
            .by("activation", "structure").items()
        }  # fmt: skip
        pairs = [
            (solved["tanh", size][seed], solved["relu", size][seed])
            for size in ("2-1-1", "2-8-1")
            for seed in range(16)
        ]
        assert found.only_first == sum(a and not b for a, b in pairs)
        assert found.only_second == sum(b and not a for a, b in pairs)
        assert (found.pairs, found.clusters) == (32, 16)

    def test_paired_refuses_what_has_no_single_partner(self, made):
        pairs = [Configuration(am.mlp(2, k, 1), am.Training(goal=GOAL)) for k in (1, 2, 3)]
        found = made(["solved"] * 6, configurations=pairs)
        some, one = found.where(structure=["2-1-1", "2-2-1"]), found.where(structure="2-3-1")
        with pytest.raises(am.DataError, match=r"2 and 1 configurations differ in .*structure"):
            some.paired(one)

    def test_paired_refuses_other_data_and_other_seeds(self, made):
        one = made(["solved", "exhausted"])
        with pytest.raises(am.DataError, match="common seeds"):
            one.paired(made(["solved", "solved"], seed=[5, 6]))
        elsewhere = replace(one, data=replace(one.data, fingerprint="0" * 64))
        with pytest.raises(am.DataError, match="same data"):
            one.paired(elsewhere)


class TestChoosing:
    def test_by_one_key_keeps_order_and_all_trials(self, population):
        groups = population.by("activation")
        assert list(groups) == ["tanh", "relu"]
        assert sum(map(len, groups.values())) == len(population)
        assert {it.activation for it in groups["relu"].networks} == {"relu"}
        assert len(groups["relu"].configurations) == 4

    def test_by_several_keys(self, population):
        groups = population.by("structure", "lr")
        assert list(groups)[:2] == [("2-3-1", 0.1), ("2-3-1", 0.01)]
        assert all(len(group) == 16 for group in groups.values())

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("optimizer", ["adam"]),
            ("batch", [32]),
            ("init", ["auto"]),
            ("hidden", [(3,), (4, 4)]),
            ("parameters", [13, 37]),
            ("beta1", [0.9]),
            ("momentum", [None]),
            ("goal", ["accuracy >= 0.9"]),
            ("schedule", ["constant"]),
            ("metric", ["accuracy"]),
            ("shortcuts", ["none"]),
            ("dropout", [0.0]),
            ("seed", list(range(8))),
        ],
    )
    def test_keys(self, population, key, expected):
        assert list(population.by(key)) == expected

    def test_by_network_and_training(self, population):
        assert list(population.by("network")) == list(population.networks)
        assert list(population.by("training")) == list(population.trainings)
        assert list(population.by("configuration")) == list(population.configurations)

    def test_unknown_key_suggests_one(self, population):
        with pytest.raises(am.DescriptionError, match="did you mean 'lr'"):
            population.by("learning_rate")
        with pytest.raises(am.DescriptionError, match="at least one key"):
            population.by()

    def test_where(self, population):
        found = population.where(activation="tanh", lr=0.1, structure=["2-3-1", "2-4-4-1"])
        assert len(found) == 16
        assert len(found.where(found.solved)) == found.fraction().successes
        with pytest.raises(am.DescriptionError, match=r"no trial has lr=0.5; there is 0.1, 0.01"):
            population.where(lr=0.5)
        with pytest.raises(am.DataError, match="mask: expected 64 booleans"):
            population.where([True])

    def test_a_part_has_the_same_trials(self, population):
        part = population.where(activation="relu")[3:7]
        for one, number in zip(part, range(19, 23), strict=True):
            same = population[number]
            assert one.network == same.network
            assert one.seed == same.seed
            assert np.array_equal(one.flat, same.flat)
        curve = population.curves.loss["training"][19:23]
        assert np.array_equal(part.curves.loss["training"], curve, equal_nan=True)

    def test_index(self, population):
        assert population[-1].seed == population[63].seed == 7
        assert population[np.int64(2)].seed == 2
        assert len(population[::8]) == 8
        assert len(list(population)) == 64
        with pytest.raises(IndexError, match="trial 64 of 64"):
            population[64]
        with pytest.raises(am.DescriptionError, match=r"use where\(mask\)"):
            population[population.solved]


class TestRanking:
    def test_metric_then_loss_then_number(self, made):
        status = ["exhausted"] * 4 + ["diverged", "cancelled"]
        found = made(status, metric=[0.5, 0.9, 0.9, 0.9, 1.0, np.nan], loss=[0, 2, 1, 1, 0, np.nan])
        assert found.ranking.tolist() == [2, 3, 1, 0, 5, 4]
        assert found.best.seed == 2
        assert found.worst.seed == 4
        assert found.median.seed == 1

    def test_errors_are_better_when_small(self):
        data = am.load("sine")
        found = am.train(am.mlp(1, 4, 1), data, am.Training(epochs=5, goal="rmse <= 0.01"), seeds=4)
        assert found.metric_name == "rmse"
        assert found.best.metric["validation"] == found.metric["validation"].min()

    def test_of_different_metrics_is_refused(self):
        trainings = [am.Training(epochs=1, goal=goal) for goal in ("rmse <= 0.1", "r2 >= 0.9")]
        found = am.train(am.mlp(1, 2, 1), "sine", trainings, seeds=2)
        assert found.metric_name == "mixed"
        with pytest.raises(am.DescriptionError, match=r'by\("metric"\)'):
            _ = found.best
        assert [it.metric_name for it in found.by("metric").values()] == ["rmse", "r2"]
        assert {row.metric for row in found.summary().rows} == {"rmse", "r2"}
        assert "mixed" not in repr(found)

    def test_of_no_trial(self, made):
        with pytest.raises(am.DataError, match="best: expected at least one trial"):
            _ = made(["solved"])[:0].best
