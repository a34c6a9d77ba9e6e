"""Spaghetti through training: which snapshots, a strip, and animations in files."""

import numpy as np
import pytest

import amenable as am
from amenable.errors import DataError, DescriptionError, FileError, MissingExtra
from amenable.figures import animate_frames, draw_frames, frames_data, save_animation
from amenable.figures.canvas import encode, new_figure


@pytest.fixture(scope="module")
def population():
    training = am.Training(epochs=30, goal="training accuracy >= 0.85")
    return am.train(am.mlp(2, 3, 1), "moons", training, seeds=3, snapshots=True)


@pytest.fixture(scope="module")
def few(population):
    return frames_data(population, 0, "moons", most=3, resolution=9)


def test_frames_are_the_snapshots_of_the_trial(population):
    found = frames_data(population, 1, "moons", most=100, resolution=9)
    n = int(population.steps[1] // 5) + 1
    assert found.steps.tolist() == [5 * k for k in range(n)]
    model = population[1].with_flat(population.snapshots[1, 2])
    point = [[found.planes[2].frame[0], found.planes[2].frame[2]]]
    assert found.planes[2].surface[0, 0, 0] == model.decision(point)[0, 0]
    assert found.planes[-1].fit == f"{round(160 * population.metric['training'][1])} of 160 right"
    assert found.seed == population[1].seed
    assert found.caption.startswith("Network 2-3-1 tanh, seed 1, on moons from step 0")


def test_fewer_frames_are_closer_together_at_the_beginning(population):
    found = frames_data(population, -1, "moons", most=4, resolution=9)
    assert found.steps[0] == 0
    assert found.steps[-1] == population.steps[-1]
    assert np.all(np.diff(found.steps, 2) >= 0)
    assert found.seed == population[-1].seed


def test_what_cannot_be_drawn_is_said(population):
    without = am.train(am.mlp(2, 2, 1), "xor", am.Training(epochs=1), seeds=1)
    with pytest.raises(DescriptionError, match="snapshots: not recorded; train with snapshots="):
        frames_data(without, 0, "xor")
    with pytest.raises(IndexError):
        frames_data(population, 3, "moons")
    with pytest.raises(DataError, match="'iris' has 4 inputs"):
        frames_data(population, 0, "iris")


def test_a_trial_that_diverged_is_shown_as_far_as_it_went():
    training = am.Training(am.SGD(1e6), loss="squared", epochs=4)
    population = am.train(am.mlp(2, 3, 1, activation="relu"), "moons", training, snapshots=True)
    assert population.status[0] == "diverged"
    found = frames_data(population, 0, "moons", resolution=9)
    assert found.steps[0] == 0
    assert "diverged" in found.caption


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_strip_for_print(few, theme):
    first, second = (encode(draw_frames(few, theme=theme), "png", 50) for _ in range(2))
    assert first == second
    assert [ax.get_title().split("\n")[0] for ax in draw_frames(few, n=2).axes] == [
        f"step {step}" for step in (few.steps[0], few.steps[-1])
    ]
    figure = new_figure(theme)
    assert draw_frames(few, figure.subfigures(1, 2)[0], theme=theme, n=1) is figure


def test_a_gif_moves_and_is_the_same_every_time(few, tmp_path):
    from PIL import Image

    told = []
    first = save_animation(
        animate_frames(few),
        tmp_path / "one.gif",
        dpi=30,
        progress=lambda k, total: told.append((k, total)),
    )
    second = save_animation(animate_frames(few), tmp_path / "two.gif", dpi=30)
    assert first.read_bytes() == second.read_bytes()
    assert told == [(1, 3), (2, 3), (3, 3)]
    with Image.open(first) as image:
        assert image.n_frames == 3


def test_an_animation_on_the_callers_axes(few, tmp_path):
    figure = new_figure("dark")
    axes = figure.subplots(1, 2)
    save_animation(animate_frames(few, axes[0], theme="dark"), tmp_path / "a.gif", dpi=20)
    assert axes[0].get_title().startswith("step ")


def test_files_of_other_kinds_and_in_no_folder_are_refused(few, tmp_path, monkeypatch):
    from matplotlib.animation import FFMpegWriter

    monkeypatch.setattr(FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    made = animate_frames(few)
    made._draw_was_started = True  # it is never drawn, and says nothing of that
    with pytest.raises(FileError, match=r"ends in \.gif or \.mp4, got '\.png'"):
        save_animation(made, tmp_path / "a.png")
    with pytest.raises(MissingExtra, match="MP4 needs ffmpeg, which is not installed"):
        save_animation(made, tmp_path / "a.mp4")
    with pytest.raises(FileError, match="no folder"):
        save_animation(made, tmp_path / "nowhere" / "a.gif")
    assert list(tmp_path.iterdir()) == []
