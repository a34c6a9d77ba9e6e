"""What the numbers say, in sentences. Pure functions of the findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from amenable.cli.findings import RELIABLE, SETTINGS, Comparison, Findings, Row
from amenable.phrases import (
    counted,
    goal,
    joined,
    limits,
    measured,
    percent,
    probability,
    whole,
)
from amenable.training import METRICS, Training

MOST_NAMED = 6  # structures in one sentence
FEW_SEEDS = 16  # with fewer, all of them solved leave it open whether four of five would be
MEANING = (
    ": differences beyond chance, paired by structure and seed (exact McNemar tests, Holm's "
    "correction)."
)
ENOUGH = f"at least {100 * RELIABLE:.0f} % of seeds solved"


def sentences(findings: Findings) -> list[str]:
    """Two or three: the smallest reliable, what differs beyond chance, what was never solved."""
    if not findings.rows:
        return ["No network was finished."]
    if findings.goal is None:
        said = [_best_of(findings)]
    else:
        said = [
            _reliable(findings) + _all_alike(findings),
            *_differences(findings),
            _never(findings),
        ]
    return [sentence for sentence in (*said, _diverged(findings)) if sentence]


def _named(row: Row, findings: Findings) -> str:
    """A row in words: "64-16-10 tanh", and the settings that vary."""
    activation = "" if row.network.activation == "none" else f" {row.network.activation}"
    settings = "".join(f", {_setting(name, row.training)}" for name in findings.varying)
    return f"{row.network.structure}{activation}{settings}"


def _setting(name: str, training: Training) -> str:
    value = SETTINGS[name](training)
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if name == "optimizer" else f"{name} {text}"


def _reliable(findings: Findings) -> str:
    row = findings.smallest_reliable
    if row is None or row.found is None:
        return _unreliable(findings)
    prefix = "" if row.network.hidden else "No hidden layer is needed. "
    prefix += "So far, the" if findings.is_cancelled else "The"
    few = "" if row.trials >= FEW_SEEDS else ", which so few seeds leave wide"
    return (
        f"{prefix} smallest structure that is reliable ({ENOUGH}) is {_named(row, findings)}, "
        f"with {counted(row.network.n_parameters, 'parameter')}: {_share(row)}{few}; half of them "
        f"within {whole(row.median_steps)} steps."
    )


def _all_alike(findings: Findings) -> str:
    n = len(findings.rows)
    if n < 2 or findings.is_cancelled or not all(row.is_reliable for row in findings.rows):
        return ""
    return f" So are all {n} that were tried: a harder goal would tell them apart."


def _share(row: Row) -> str:
    """ "30 of 32 seeds, 95 % interval 80 to 98 %"."""
    if row.found is None:
        return counted(row.trials, "seed")
    interval = limits(*row.found.interval, row.trials)
    return f"{row.found.successes:,} of {counted(row.trials, 'seed')}, 95 % interval {interval}"


def _unreliable(findings: Findings) -> str:
    best = findings.rows[0]
    if best.found is None or best.is_never:
        value = _best_value(findings)
        reached = f": the best {findings.split} {findings.metric} is {value}" if value else ""
        return f"No network was solved{reached}, and the goal is {goal(str(findings.goal))}."
    return (
        f"No structure is reliable ({ENOUGH}): the best, {_named(best, findings)}, was solved with "
        f"{_share(best)}."
    )


def _best_of(findings: Findings) -> str:
    row = findings.rows[0]
    return (
        f"By the median over seeds the best is {_named(row, findings)}, with {findings.split} "
        f"{findings.metric} {measured(row.median)}."
    )


def _best_value(findings: Findings) -> str:
    """The best metric of all; nothing where none is finite."""
    values = [row.best for row in findings.rows if math.isfinite(row.best)]
    if not values:
        return ""
    is_high = METRICS[findings.metric][0] == ">="
    return measured(max(values) if is_high else min(values))


def _differences(findings: Findings) -> list[str]:
    """A sentence for each option that makes a difference, and one for those that do not."""
    options = dict.fromkeys(it.option for it in findings.comparisons)
    said: list[str] = []
    without: list[tuple[str, float]] = []
    for option in options:
        own = [it for it in findings.comparisons if it.option == option]
        proven = [it for it in own if it.is_beyond_chance]
        if proven:
            said.append(_difference(option, proven) + (MEANING if not said else "."))
        else:
            without.append((option, min(it.p_value for it in own)))
    if without:
        names = joined([option for option, _ in without], "or")
        least = probability(min(p for _, p in without))
        said.append(
            f"No difference by {names} is beyond chance (in seeds solved, paired by structure and "
            f"seed; least {least})."
        )
    return said


def _difference(option: str, proven: Sequence[Comparison]) -> str:
    parts = []
    for better in dict.fromkeys(it.better for it in proven):
        beaten = sorted((it for it in proven if it.better == better), key=_fraction_of_worse)
        names = [
            f"{_value(it.worse)} ({percent(it.fractions[1], it.pairs)} %, "
            f"{probability(it.p_value)})"
            for it in beaten
        ]
        own = percent(beaten[0].fractions[0], beaten[0].pairs)
        parts.append(f"with {_value(better)} ({own} %) than {joined(names)}")
    return f"By {option}, more are solved {'; '.join(parts)}"


def _fraction_of_worse(it: Comparison) -> float:
    return it.fractions[1]


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _never(findings: Findings) -> str:
    """What no seed solved: structures altogether, and how many configurations in all."""
    never = [row for row in findings.rows if row.is_never]
    if not never or len(never) == len(findings.rows):
        return ""
    solved = {row.network.structure for row in findings.rows if not row.is_never}
    hopeless = [
        it for it in dict.fromkeys(row.network.structure for row in never) if it not in solved
    ]
    others = [_named(row, findings) for row in never if row.network.structure in solved]
    whatever = "any activation" + (" or setting" if findings.varying else "")
    said = [f"{_cut(hopeless)} with {whatever}"] if hopeless else []
    if others:
        few = len(others) <= MOST_NAMED // 2
        said.append(joined(others) if few else f"{len(others)} other configurations")
    return f"Never solved: {'; '.join(said)}."


def _cut(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return joined(names)
    return joined([*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"])


def _diverged(findings: Findings) -> str:
    n = sum(row.diverged for row in findings.rows)
    if not n:
        return ""
    return f"{counted(n, 'network')} diverged; a smaller --lr may keep them finite."
