"""A wide single layer on points that need several lines: how wide it must be, and how wide it is
before it learns them as a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import amenable as am
from amenable.figures import (
    LINES,
    MARKERS,
    axes_for,
    draw_spaghetti,
    find_theme,
    new_figure,
    spaghetti_data,
)
from amenable.formatting import percent
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, ResultTable, Scale
from amenable.lecture.points import (
    EPOCHS,
    GOAL,
    NAMES,
    RELIABLE,
    SEARCH_FROM,
    WORKS,
    Count,
    best_trainings,
    count_of,
    gallery,
    measure,
    points,
    search_seeds,
)

SHOWN = (1, 2, 3, 5, 10)  # the lecture's widths
WIDTHS = (1, 2, 3, 4, 5, 6, 8, 10, 16, 32)
WIDE = 10  # the widest that the lecture shows
TOO_FEW = 2  # lines: see CANNOT
OPTIMIZERS: Mapping[str, Sequence[am.Training]] = {
    "SGD": am.grid(am.Training(am.SGD(), epochs=EPOCHS, goal=GOAL), lr=[0.3, 1.0, 3.0, 10.0, 30.0]),
    "Adam": am.grid(am.Training(epochs=EPOCHS, goal=GOAL), lr=[0.01, 0.03, 0.1, 0.3]),
}
FLATTEST = float(np.log(2 + np.sqrt(3)))  # where the sigmoid bends most: its third derivative is 0
STEEPNESS = 2.0  # of the lines made by hand: gentle, and they still cross the square
CANNOT = (
    "Argument: take two sigmoid units that look in different directions, and walk so that one "
    "weighted sum stays constant while the other changes in the direction that raises the output. "
    "The output never falls, so with each point of an island the network also includes a whole ray "
    "from that point. With two parallel lines, or one, a walk along them changes nothing at all."
)


@dataclass(frozen=True, slots=True)
class Width:
    """What became of one width: the learning rate that was best in the search, and its trials."""

    width: int
    training: am.Training
    population: am.Population

    @property
    def count(self) -> Count:
        """Solved out of run."""
        return count_of(self.population)


Widths = Mapping[tuple[int, str], Sequence[Width]]  # islands, optimizer


def lines(scale: Scale) -> Finding:
    """Single hidden layers of several widths on one island and on two."""
    found = _widths(scale)
    by_hand = accuracy(disc(), points(1))
    needed = {n: smallest(found[n, "SGD"], found[n, "Adam"], 0.0) for n in NAMES}
    needed[1] = 3 if by_hand >= 0.98 else needed[1]
    enough = {n: smallest(found[n, "SGD"], (), RELIABLE) for n in NAMES}
    n_trials = len(found[1, "SGD"][0].population)
    illustrations = [_curve(found), _grid(found, scale)]
    if not scale.is_quick:
        illustrations.append(_by_hand())
    return Finding(
        summary=_summary(found, needed, enough),
        counts=(
            f"Inputs 2, one hidden layer of sigmoids, one output; 200 points, all for training, "
            f"goal {GOAL}; batch 32, {EPOCHS} epochs. For each width the learning rate is the "
            f"best of {_rates()} by fraction solved over {scale.of(40, 8)} seeds from "
            f"{SEARCH_FROM} on; the fractions come from {n_trials} other seeds, 0 to "
            f"{n_trials - 1}. "
            f"A network that always says no is right on {_majority(1)} and {_majority(2)} %."
        ),
        checks=checks(
            {key: {it.width: it.count for it in row} for key, row in found.items()},
            by_hand,
            needed,
        ),
        numbers={
            "by_hand": by_hand,
            "smallest_that_can": [needed[n] for n in NAMES],
            "smallest_that_will": [enough[n] for n in NAMES],
            "fractions": {
                f"{NAMES[n]}, {optimizer}": {
                    str(it.width): {"lr": it.training.optimizer.lr, **it.count.record} for it in row
                }
                for (n, optimizer), row in found.items()
            },
        },
        tables=(_table(found),),
        illustrations=tuple(illustrations),
        code=(
            "import amenable as am\n"
            'data = am.load("islands", count=2, validation=0.0)  # or your own two columns\n'
            'networks = [am.mlp(2, width, 1, activation="sigmoid") for width in (1, 2, 3, 5, 10)]\n'
            f'training = am.Training(am.SGD(10.0), epochs={EPOCHS}, goal="{GOAL}")\n'
            "population = am.train(networks, data, training, seeds=100)\n"
            "print(population.summary())"
        ),
    )


def checks(
    found: Mapping[tuple[int, str], Mapping[int, Count]],
    by_hand: float,
    needed: Mapping[int, int | None],
) -> tuple[Check, ...]:
    """The rules stand in the claims and in what is measured."""
    few = [c for row in found.values() for width, c in row.items() if width <= TOO_FEW]
    total = Count(sum(it.solved for it in few), sum(it.trials for it in few))
    wide = {n: found[n, "SGD"][WIDE] for n in NAMES}
    return (
        Check(
            "One or two lines are too few for an island.",
            total.solved == 0,
            f"{total} of the networks of width 1 and 2 solved the points. {CANNOT}",
        ),
        Check(
            "Three lines are enough for one island.",
            by_hand >= 0.98,
            "Made by hand: three sigmoids whose directions are a third of a turn apart are right "
            "on "
            f"{percent(by_hand, points(1).n_samples)} % of the points. They bend so gently that "
            "their sum is shaped like a bowl.",
        ),
        Check(
            'A wide single layer learned this "just fine", by SGD.',
            all(count.interval.low > WORKS for count in wide.values()),
            "; ".join(f"{NAMES[n]}: width {WIDE}, {count}" for n, count in wide.items())
            + ". Rule: more than half of the seeds, beyond chance, so that a run shown is typical.",
        ),
        *(_will(n, needed[n], found[n, "SGD"]) for n in NAMES),
    )


def _will(islands: int, width: int | None, row: Mapping[int, Count]) -> Check:
    """What can is not what will: the smallest width that can is not reliable."""
    claim = f"On {NAMES[islands]}, the smallest network that can is not one that will."
    if width is None or width not in row:
        return Check(claim, False, "None of the widths tried solved the points.")
    return Check(
        claim,
        row[width].interval.high < RELIABLE,
        f"Width {width} can; by SGD it solves {row[width]}. Rule: the interval is below 95 %.",
    )


def disc(radius: float = 0.5) -> am.Model:
    """Three sigmoids that part a disc about the origin from the rest.

    Their directions are a third of a turn apart, so in the sum the linear terms cancel and the
    quadratic ones add up to a multiple of the squared distance; the biases are where the cubic
    term, the first that depends on the direction, is zero.

    Examples
    --------
    >>> disc().decision([[0.0, 0.0], [0.4, 0.0], [0.0, 0.6]])[:, 0] > 0
    array([ True,  True, False])
    """
    angles = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rim = radius * np.stack([np.cos(angles[0]), np.sin(angles[0])])
    weights = STEEPNESS * directions
    level = float(np.sum(1 / (1 + np.exp(FLATTEST - weights @ rim))))
    return am.Model.from_weights(
        am.mlp(2, 3, 1, activation="sigmoid"),
        {
            "1.weight": weights,
            "1.bias": np.full(3, -FLATTEST),
            "2.weight": np.full((1, 3), -100.0),
            "2.bias": [100.0 * level],
        },
        about="three lines around one island",
    )


def accuracy(model: am.Model, data: am.Dataset) -> float:
    """Share of the training samples on the right side of zero."""
    x, y = data.split("training")
    return float(np.mean((model.decision(x)[:, 0] > 0) == (y == 1)))


def smallest(first: Sequence[Width], second: Sequence[Width], fraction: float) -> int | None:
    """The smallest width that solves at least that fraction, and at least once, in either."""
    able = [
        it.width for it in (*first, *second) if it.count.solved and it.count.fraction >= fraction
    ]
    return min(able, default=None)


def _widths(scale: Scale) -> Widths:
    """Every width by both optimizers on both sets of points."""
    found: dict[tuple[int, str], list[Width]] = {}
    widths = scale.of(WIDTHS, SHOWN)
    networks = [am.mlp(2, width, 1, activation="sigmoid") for width in widths]
    seeds = search_seeds(scale.of(40, 8))
    for n in NAMES:
        data = points(n)
        for optimizer, trainings in OPTIMIZERS.items():
            chosen = best_trainings(networks, trainings, data, seeds)
            for network in networks:
                best = chosen[network]
                population = measure(network, best, data, scale.of(200, 20))
                row = found.setdefault((n, optimizer), [])
                row.append(Width(network.hidden[0], best, population))
    return found


def _rates() -> str:
    return "; ".join(
        f"{name} {', '.join(f'{it.optimizer.lr:g}' for it in trainings)}"
        for name, trainings in OPTIMIZERS.items()
    )


def _majority(islands: int) -> str:
    y = points(islands).split("training")[1]
    return percent(float(np.mean(y == 0)), len(y))


def _summary(
    found: Widths, needed: Mapping[int, int | None], enough: Mapping[int, int | None]
) -> str:
    said = []
    for n in NAMES:
        can = f"{needed[n]} lines can solve it" if needed[n] else "no width tried solved it"
        will = f"{enough[n]} lines do" if enough[n] else "no width tried does"
        said.append(f"{NAMES[n]}: {can}; with SGD {will} in 95 % of seeds")
    ten = {n: next(it for it in found[n, "SGD"] if it.width == 10).count for n in NAMES}
    tens = " and ".join(f"{ten[n]} on {NAMES[n]}" for n in NAMES)
    return f"{'; '.join(said)[0].upper()}{'; '.join(said)[1:]}. With SGD, width 10 solves {tens}."


def _table(found: Widths) -> ResultTable:
    kinds = [(n, optimizer) for n in NAMES for optimizer in OPTIMIZERS]
    rows = zip(*(found[kind] for kind in kinds), strict=True)
    return ResultTable(
        "Seeds that solve the points, and the learning rate chosen for each width",
        ("width", *(f"{NAMES[n]}, {optimizer}" for n, optimizer in kinds)),
        tuple(
            (
                str(row[0].width),
                *(
                    f"{it.count.solved} of {it.count.trials} at {it.training.optimizer.lr:g}"
                    for it in row
                ),
            )
            for row in rows
        ),
    )


def _curve(found: Widths) -> Illustration:
    """Fraction solved against width."""
    figure = new_figure(size=(8.0, 3.6))
    axes = figure.subplots(1, 2, sharey=True)
    for ax, n in zip(axes, NAMES, strict=True):
        _draw_curve(ax, n, found)
    axes[0].set_ylabel("Fraction solved")
    axes[1].legend(frameon=False, loc="upper left", fontsize=9, labelcolor=find_theme("light").ink)
    said = "; ".join(
        f"{NAMES[n]}, {optimizer}: " + ", ".join(f"{it.width} {it.count.solved}" for it in row)
        for (n, optimizer), row in found.items()
    )
    n_trials = len(next(iter(found.values()))[0].population)
    return Illustration(
        "Fraction solved against the width of the only hidden layer",
        figure,
        f"Seeds of {n_trials} that solve the points, by width: {said}. Bars are 95 % intervals; "
        "the "
        "dashed line is at 95 %.",
    )


def _draw_curve(ax: Axes, islands: int, found: Widths) -> None:
    axes_for(ax)
    colours = find_theme("light")
    for i, optimizer in enumerate(OPTIMIZERS):
        row = found[islands, optimizer]
        y = np.array([it.count.fraction for it in row])
        low, high = np.array([it.count.interval for it in row]).T
        ax.errorbar(
            [it.width * 1.03 ** (2 * i - 1) for it in row],  # side by side
            y,
            yerr=np.abs([y - low, high - y]),
            marker=MARKERS[i],
            linestyle=LINES[i],
            color=colours.colours[i],
            label=optimizer,
            markersize=5,
            linewidth=1.2,
            capsize=2,
        )
    ax.axhline(RELIABLE, color=colours.faint, linestyle="--", linewidth=1)
    ax.set_xscale("log")
    ticks = [it.width for it in found[islands, "SGD"]]
    ax.set_xticks(ticks, labels=[str(it) for it in ticks], minor=False)
    ax.minorticks_off()
    ax.set_xlabel("Hidden units", color=colours.ink)
    ax.set_title(NAMES[islands].capitalize(), color=colours.ink)


def _grid(found: Widths, scale: Scale) -> Illustration:
    """The median trial of each of the lecture's widths."""
    islands = scale.of((1, 2), (2,))
    shown = [(n, it) for n in islands for it in found[n, "SGD"] if it.width in SHOWN]
    panels = [
        (f"width {it.width}, {it.count.solved} of {it.count.trials}", it.population.median, n)
        for n, it in shown
    ]
    return Illustration(
        "How a typical single layer divides the plane",
        gallery(panels, columns=len(SHOWN)),
        f"{' above '.join(NAMES[n] for n in islands)}: for each width the trial in the middle of "
        "the ranking of all its trials with SGD, and how many trials solved the points. A line "
        "shows where a hidden neuron's weighted sum is zero, stronger the more the neuron counts. "
        "Only the counts say how often a width does so well.",
    )


def _by_hand() -> Illustration:
    found = spaghetti_data(disc(), points(1))
    figure: Figure = draw_spaghetti(found, title=f"By hand: {found.fit}")
    return Illustration("One island cut out with three lines, by hand", figure, found.caption)


EXPERIMENT = Experiment(
    name="lines",
    title="One wide layer",
    claim=(
        "Instead of adding lines one by one as AdaBoost does, a wide single layer starts with all "
        'of them: "let SGD sort it out". The simple, wide network "learned this just fine".'
    ),
    run=lines,
)
