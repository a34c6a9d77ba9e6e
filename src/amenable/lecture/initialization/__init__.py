"""Where training starts: a unit that cannot move, scales of weights, and more units than needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

import amenable as am
from amenable.figures import (
    LINES,
    MARKERS,
    axes_for,
    draw_trainability,
    figure_of,
    find_theme,
    trainability_data,
)
from amenable.formatting import probability
from amenable.lecture.finding import Check, Experiment, Finding, Illustration, ResultTable, Scale
from amenable.lecture.initialization import stuck
from amenable.lecture.points import (
    EPOCHS,
    GOAL,
    LEVEL,
    SEARCH_FROM,
    Count,
    count_of,
    measure,
    points,
    search_seeds,
)
from amenable.lecture.runs import train
from amenable.statistics import Interval, fisher, holm

ISLANDS = 2
DEEP = am.mlp(2, 10, 10, 1, activation="tanh")
SCALES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # standard deviations of weights
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
WIDTHS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 64, 128)
ADAM = am.Training(am.Adam(0.01), epochs=EPOCHS, goal=GOAL)  # the package's rate
# With biases at zero a layer of tanh is odd, so that no part of it could start in a good place.
WITH_BIASES = replace(ADAM, init="pytorch")


@dataclass(frozen=True, slots=True)
class Lottery:
    """A network of twice the width, against two independent draws of the narrow one.

    Parameters
    ----------
    width : int
        Of the narrow one.
    predicted : Interval
        Of 1 - (1 - p)^2, where p is in the narrow one's interval.
    observed : Count
        Of the wide one.
    """

    width: int
    predicted: Interval
    observed: Count

    @property
    def fits(self) -> bool:
        """Whether the two intervals have a point in common."""
        low, high = self.observed.interval
        return low <= self.predicted.high and self.predicted.low <= high


def initialization(scale: Scale) -> Finding:
    """Biases, scales, widths."""
    budget = stuck.budget_of(scale)
    units = stuck.measure(scale)
    some_stuck, some_numbers = stuck.with_some_stuck(scale)
    tried = _map(scale)
    extremes = _extremes(tried, scale)
    free, fixed = _widths(scale, frozen=False), _widths(scale, frozen=True)
    drawn = lotteries(free)
    n_seeds = scale.of(200, 24)
    illustrations = [stuck.picture(units, budget)] if not scale.is_quick else []
    illustrations += [_draw_map(tried), _draw_widths(free, fixed, drawn)]
    return Finding(
        summary=_summary(units, extremes, free, drawn),
        counts=(
            f"Two islands, 200 points, goal {GOAL}, batch 32. Biases: the first of 10 sigmoids, "
            f"{len(units[0].loose)} seeds, {budget:,} steps by SGD with rate 3 and Adam with rate "
            f"0.03; some stuck: Adam with rate 0.1. Scales: two layers of 10 tanh, Adam, weights "
            f"normal with {len(SCALES)} standard deviations times {len(RATES)} rates, biases 0, "
            f"{scale.of(16, 2)} seeds from {SEARCH_FROM} on; the smallest, the best and the "
            f"largest scale, each with its best rate, on {n_seeds} fresh seeds. Widths: one layer "
            f"of tanh, weights and biases as PyTorch draws them, Adam with rate 0.01, {n_seeds} "
            f"seeds. All trainings take {EPOCHS} epochs, except those on biases."
        ),
        checks=(
            stuck.check_constant(units),
            stuck.check_change(units, budget),
            *checks(extremes, free, drawn),
        ),
        numbers={
            "biases": stuck.records(units),
            "some_stuck": some_numbers,
            "scales": {f"{it:g}": count.record for it, count in extremes.items()},
            "map": tried.solved.reshape(len(SCALES), len(RATES), -1).sum(axis=2).tolist(),
            "widths": {str(width): count.record for width, count in free.items()},
            "frozen": {str(width): count.record for width, count in fixed.items()},
        },
        tables=(stuck.table(units, budget), some_stuck, _table(drawn, free)),
        illustrations=tuple(illustrations),
        code=_CODE,
    )


def checks(
    extremes: Mapping[float, Count], free: Mapping[int, Count], drawn: Sequence[Lottery]
) -> tuple[Check, ...]:
    """The rules: beyond chance for scales and widths, intervals that meet for the lottery."""
    (small, least), (best, most), (large, last) = extremes.items()
    p_values = holm(
        [fisher(it.solved, it.trials, most.solved, most.trials) for it in (least, last)]
    )
    (first, narrow), *_, (widest, wide) = free.items()
    p_value = fisher(narrow.solved, narrow.trials, wide.solved, wide.trials)
    return (
        Check(
            "Parameters can start in a bad spot: too small and too large are both worse.",
            bool(np.all(p_values < LEVEL)) and max(least.fraction, last.fraction) < most.fraction,
            f"Standard deviation {small:g}: {least}; {best:g}: {most}; {large:g}: {last}; each "
            f"with its best learning rate. Rule: both differ from the best beyond chance (Fisher, "
            f"Holm: {probability(p_values[0])}, {probability(p_values[1])}).",
        ),
        Check(
            '"Too many" parameters help.',
            p_value < LEVEL and wide.fraction > narrow.fraction,
            f"Width {first}: {narrow}; width {widest}: {wide}; {probability(p_value)}. Rule: the "
            "widest solves the points more often than the narrowest, beyond chance.",
        ),
        Check(
            'They help in that "some start in a good place", each on its own.',
            all(it.fits for it in drawn),
            f"If a layer twice as wide were two draws, it would solve 1 - (1 - p)². That fits "
            f"{sum(it.fits for it in drawn)} of {len(drawn)} pairs: "
            + "; ".join(map(_said, drawn))
            + ". Rule: the intervals meet for every pair.",
        ),
    )


def lotteries(found: Mapping[int, Count]) -> list[Lottery]:
    """Each width that was run together with its double."""
    pairs = [(width, found[2 * width]) for width in found if 2 * width in found]
    return [
        Lottery(width, Interval(*(1 - (1 - p) ** 2 for p in found[width].interval)), observed)
        for width, observed in pairs
    ]


def _said(it: Lottery) -> str:
    low, high = (100 * limit for limit in it.predicted)
    expected = f"{low:.0f} to {high:.0f} % expected, {100 * it.observed.fraction:.0f} % found"
    return f"{it.width} to {2 * it.width}: {expected}"


def _map(scale: Scale) -> am.Population:
    """Scale by scale, and in each rate by rate."""
    trainings = am.grid(ADAM, init=[f"normal({it:g})" for it in SCALES], lr=RATES)
    seeds = search_seeds(scale.of(16, 2))
    return train(DEEP, points(ISLANDS), trainings, seeds=seeds, keep_weights=False)


def _extremes(tried: am.Population, scale: Scale) -> dict[float, Count]:
    """The smallest, the best and the largest scale on fresh seeds, each with its best rate."""
    n_seeds = len(tried.seeds)
    accuracy = np.nan_to_num(tried.metric["training"]).reshape(-1, n_seeds).mean(axis=1)
    score = tried.solved.reshape(-1, n_seeds).sum(axis=1) + accuracy / 2  # which parts equals
    score = score.reshape(len(SCALES), len(RATES))
    best = 1 + int(np.argmax(score[1:-1].max(axis=1)))
    found = {}
    for row in (0, best, len(SCALES) - 1):
        training = tried.trainings[row * len(RATES) + int(np.argmax(score[row]))]
        population = measure(DEEP, training, points(ISLANDS), scale.of(200, 24))
        found[SCALES[row]] = count_of(population)
    return found


def _widths(scale: Scale, frozen: bool) -> dict[int, Count]:
    """Solved by width; frozen keeps the hidden layer where it starts."""
    found = {}
    for width in scale.of(WIDTHS, (3, 5, 6, 10)):
        mask = {"1.weight": True, "1.bias": True} if frozen else None
        population = train(
            am.mlp(2, width, 1, activation="tanh"),
            points(ISLANDS),
            WITH_BIASES,
            seeds=scale.of(200, 24),
            frozen=mask,
            keep_weights=False,
        )
        found[width] = count_of(population)
    return found


def _summary(
    units: Sequence[stuck.Stuck],
    extremes: Mapping[float, Count],
    free: Mapping[int, Count],
    drawn: Sequence[Lottery],
) -> str:
    (small, least), (best, most), (large, last) = extremes.items()
    (first, narrow), *_, (widest, wide) = free.items()
    moved = sum(it.moved for it in units if it.bias == stuck.BIASES[-1] and it.kind in stuck.PLAIN)
    return (
        f"With a bias of 100,000 the unit moved in {moved} trials by SGD or Adam. Weights of "
        f"standard deviation {small:g}, {best:g} and {large:g} solve {least.solved}, {most.solved} "
        f"and {last.solved} of {most.trials}. Width {first} solves {narrow.solved} of "
        f"{narrow.trials}, width {widest} {wide.solved}; independent draws account for "
        f"{sum(it.fits for it in drawn)} of {len(drawn)} doublings."
    )


def _table(drawn: Sequence[Lottery], free: Mapping[int, Count]) -> ResultTable:
    return ResultTable(
        "Twice the width against two independent draws",
        ("width", "solved", "expected of twice the width", "found", "fits"),
        tuple(
            (
                str(it.width),
                str(free[it.width]),
                f"{100 * it.predicted.low:.0f} to {100 * it.predicted.high:.0f} %",
                str(it.observed),
                "yes" if it.fits else "no",
            )
            for it in drawn
        ),
    )


def _draw_map(tried: am.Population) -> Illustration:
    found = trainability_data(tried, "lr", "init")
    ax = axes_for(None, size=(6.4, 4.6))
    figure = draw_trainability(found, ax)
    ax.set_ylabel("Standard deviation of the initial weights", color=find_theme("light").ink)
    return Illustration("Scale of the initial weights and learning rate", figure, found.caption)


def _draw_widths(
    free: Mapping[int, Count], fixed: Mapping[int, Count], drawn: Sequence[Lottery]
) -> Illustration:
    """Fraction solved by width, what two draws would give, and a frozen first layer."""
    ax = axes_for(None, size=(6.4, 4.0))
    colours = find_theme("light")
    for i, (name, row) in enumerate((("trained", free), ("first layer frozen", fixed))):
        fraction = np.array([it.fraction for it in row.values()])
        low, high = np.array([it.interval for it in row.values()]).T
        ax.errorbar(
            list(row),
            fraction,
            yerr=np.abs([fraction - low, high - fraction]),
            marker=MARKERS[i],
            linestyle=LINES[i],
            color=colours.colours[i],
            capsize=2,
            markersize=5,
            linewidth=1.2,
            label=name,
        )
    for i, it in enumerate(drawn):
        ax.fill_between(
            [2 * it.width / 1.04, 2 * it.width * 1.04],
            it.predicted.low,
            max(it.predicted.high, it.predicted.low + 0.01),
            color=colours.colours[2],
            alpha=0.55,
            linewidth=0,
            label="two draws of half the width" if i == 0 else None,
        )
    ax.set_xscale("log")
    ax.set_xticks(list(free), labels=[str(it) for it in free])
    ax.minorticks_off()
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("Hidden units")
    ax.set_ylabel("Fraction solved")
    figure_of(ax).legend(
        loc="outside lower center", ncols=3, frameon=False, fontsize=9, labelcolor=colours.ink
    )
    said = ", ".join(f"{width} {count.solved}" for width, count in free.items())
    kept = ", ".join(f"{width} {count.solved}" for width, count in fixed.items())
    n = next(iter(free.values())).trials
    return Illustration(
        "Too many parameters",
        figure_of(ax),
        f"Solved out of {n} by width: {said}. With the first layer frozen where it starts: {kept}. "
        f"Blocks: 95 % interval of what a network would solve that is two independent draws of "
        f"half its width; that fits {sum(it.fits for it in drawn)} of {len(drawn)}.",
    )


_CODE = f"""import amenable as am
network = am.mlp(2, 10, 10, 1)
training = am.Training(epochs={EPOCHS}, goal="{GOAL}")
grid = am.grid(training, init=["normal(0.01)", "normal(1)", "normal(100)"], lr=[0.001, 0.01, 0.1])
data = am.load("islands", count=2, validation=0.0)  # or your own data
population = am.train(network, data, grid, seeds=16)
print(population.summary(["init", "lr"]))
start = dict(am.train(network, data, training, seeds=1).best.weights)
start["1.bias"] = start["1.bias"] + 100_000.0  # and from there
print(am.train(network, data, training, start=start, seeds=16).fraction())"""

EXPERIMENT = Experiment(
    name="initialization",
    title="Initialization",
    claim=(
        'Parameters "can also start in a bad spot": with a bias of 100,000 into a sigmoid "the '
        'output will be 1, regardless of the input"; it "will change with enough iterations". In '
        'general we use "too many parameters, hoping that some start in a good place".'
    ),
    run=initialization,
)
