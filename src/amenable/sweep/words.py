"""What a sweep found, in sentences: the same on a screen, in a notebook and on a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amenable.answers import RELIABLE, Comparison, SummaryRow, reliability
from amenable.answers.comparing import in_points, points
from amenable.answers.factors import NOTHING
from amenable.answers.judging import NO_ERROR, rows_error
from amenable.answers.reliability import LUCK, NO, OPEN, YES
from amenable.datasets.toys import TOYS
from amenable.formatting import format_metric, join, limits, percent, plural, probability, whole
from amenable.statistics import wilson
from amenable.sweep.layout import OF_STRUCTURE, reaches
from amenable.training import METRICS, describe_goal, parse_goal

if TYPE_CHECKING:
    from amenable.sweep.layout import ScreenColumn
    from amenable.sweep.sweep import Sweep

ENOUGH = f"at least {100 * RELIABLE:.0f} % of its networks solve it"
MOST_NAMED = 6  # structures in one sentence
MOST_COMPARED = 3  # pairs of one setting that are spelled out
MOST_SEEDS = 100_000  # beyond which it is not said how many would tell
PLAIN = ("optimizer", "network", "schedule")  # settings whose values need no name beside them


def sentences(found: Sweep) -> tuple[str, ...]:
    """What there is to say, the most important first."""
    if not found.table.rows:
        return ("No network is finished yet.",)
    if found.table.goal is None:
        said = [_no_goal(found), _best_median(found)]
    else:
        said = [
            _reliable(found) + _all_alike(found),
            *_differences(found),
            _never(found),
            _luck(found),
            _models(found),
            *found.goal_remarks,
        ]
    return tuple(filter(None, (*said, _best(found), _diverged(found))))


def verdict(found: Sweep, row: SummaryRow) -> str:
    """Whether its seeds show that it is reliable; see `amenable.answers.reliability`."""
    return NO if row.found is None else reliability(row.found, control=found.control).verdict


def needs_rows(found: Sweep, row: SummaryRow) -> bool:
    """Whether more seeds would not tell, since other rows might decide otherwise."""
    return row.found is not None and reliability(row.found, control=found.control).needs_rows


def is_reliable(found: Sweep, row: SummaryRow) -> bool:
    """Whether its seeds show it."""
    return verdict(found, row) == YES


def may_be_reliable(found: Sweep, row: SummaryRow) -> bool:
    """Whether the fraction is high enough, and too few seeds leave it open."""
    return row.fraction >= RELIABLE and verdict(found, row) == OPEN


def seeds_that_tell(row: SummaryRow) -> int | None:
    """With how many seeds the interval would lie at or above, at this fraction; None for too many.

    Examples
    --------
    With 32 of 32 networks that solve it, 73 of 73 would.
    """
    n = row.trials
    while n <= MOST_SEEDS:
        if wilson(math.floor(row.fraction * n), n).low >= RELIABLE:
            break
        n = max(n + 1, n * 9 // 8) if row.fraction < 1 else n + 1
    return n if n <= MOST_SEEDS else None


def row_name(found: Sweep, row: SummaryRow) -> str:
    """A row in words: "2-4-1 tanh, lr 0.1"; of a group its settings."""
    settings = dict(zip(found.table.names, row.settings, strict=True))
    if found.by is not None:
        said = [_setting(name, it) for name, it in settings.items() if it != NOTHING]
        return ", ".join(said) or "all together"
    head = settings.pop("network", None)
    if head is None:
        activation = "" if row.network.activation == "none" else f" {row.network.activation}"
        head = f"{row.network.structure}{activation}"
    others = [
        _setting(name, it)
        for name, it in settings.items()
        if name not in OF_STRUCTURE and it != NOTHING
    ]
    return ", ".join([head, *others])


def below_table(found: Sweep, n_shown: int, left_out: Sequence[ScreenColumn] = ()) -> list[str]:
    """Rows and columns that are missing, and how to read those that are there."""
    table, said = found.table, list[str]()
    n_more = len(table.rows) - n_shown
    if n_more > 0:
        most = max(row.fraction for row in table.rows[n_shown:])  # nan without a goal
        n_trials = max(row.trials for row in table.rows)
        solved = f", at most {percent(most, n_trials)} % solved" if most > 0 else ""
        solved = ", never solved" if most == 0 else solved
        said.append(f"… and {n_more:,} more{solved}; --all shows them")
    if table.rows and not any(row.diverged for row in table.rows):
        left_out = [it for it in left_out if it.title.strip() != "diverged"]
    if left_out:
        titles = ", ".join(" ".join(it.title.split()) for it in left_out)
        said.append(f"No room for: {titles}. A wider screen, --csv or --json has them.")
    if not table.rows:
        return said
    if table.goal is None:
        said.append(f"Best first, by the median {table.metric} over seeds.")
    else:
        said.append(
            f"Best first, by the share of networks that solve it. {judged(found)} Steps are "
            "counted until half of the networks have solved it (Kaplan-Meier; - where fewer did). "
            f"The {table.metric} is the median over seeds at the end of training."
        )
        said.append(_other_rows(found))
    said += [table.note] if table.note else []
    if found.is_interrupted:
        said.append("Interrupted: the table has the networks that were finished.")
    return list(filter(None, said))


def _other_rows(found: Sweep) -> str:
    """What the intervals allow for, and how much the rows that judge may matter."""
    trainings = {it.training.goal: it.training for it in found.trials.configurations}
    if len(trainings) > 1:
        return ""
    (training,) = trainings.values()
    split = found.data.goal_split(training)
    error = rows_error(training, found.data)
    if error == NO_ERROR:
        same = "" if split == "training" else f", on the same {split} rows"
        return f"The intervals allow for other seeds{same}."
    n = found.data.n_test if split == "test" else found.data.n_validation
    metric = parse_goal(str(training.goal)).metric
    splits = ", other splits" if found.data.n_splits > 1 else ""
    return (
        f"The intervals allow for other seeds{splits} and other rows: by the chance of these "
        f"{plural(n, 'row')}, a network's {metric} may be off by {2 * error.one:.2g}."
    )


def judged(found: Sweep) -> str:
    """Which rows a goal is judged on, and when."""
    training = found.trials.configurations[0].training
    split = found.data.goal_split(training)
    n = {"training": found.data.n_training, "validation": found.data.n_validation,
         "test": found.data.n_test}[split]  # fmt: skip
    fresh = "fresh test points" if found.data.name in TOYS else "test rows"
    rows = f"{n:,} {fresh if split == 'test' else f'{split} rows'}"
    if found.data.n_splits > 1 and split != "training":
        rows += " of their own split"
    if training.judges_at_end(split):
        return f"Networks are judged once, on {rows}, when training has ended."
    return (
        f"Networks are judged on {rows} at every look, and stop at the first that meets the goal."
    )


def _setting(name: str, value: str) -> str:
    return value if name in (*PLAIN, "structure", "activation") else f"{name} {value}"


def _share(row: SummaryRow) -> str:
    """ "32 of 32 networks solve it (95 % interval 89 to 100 %)"."""
    assert row.found is not None  # rows without a goal are not asked
    interval = limits(*row.found.interval, row.trials)
    verb = "solves" if row.trials == 1 else "solve"
    return (
        f"{row.found.successes:,} of {plural(row.trials, 'network')} {verb} it (95 % interval "
        f"{interval})"
    )


def _reliable(found: Sweep) -> str:
    """The smallest that is, or that may be; else the one that comes closest."""
    rows = sorted(found.table.rows, key=lambda row: (row.parameters, -row.fraction))
    sure = next((row for row in rows if is_reliable(found, row)), None)
    likely = next((row for row in rows if may_be_reliable(found, row)), None)
    so_far = "So far, the" if found.is_interrupted else "The"
    if sure is not None:
        needed = "" if sure.network.hidden or found.by else "No hidden layer is needed. "
        said = (
            f"{needed}{so_far} smallest structure that is reliable ({ENOUGH}) is "
            f"{_sized(found, sure)}: {_share(sure)}, half of them within "
            f"{whole(sure.median_steps)} steps."
        )
        is_smaller = likely is not None and likely.parameters < sure.parameters
        return said + (f" {_open(found, likely)}" if likely is not None and is_smaller else "")
    if likely is not None:
        return _open(found, likely)
    best = found.table.rows[0]
    n_solved = 0 if best.found is None else best.found.successes
    if n_solved and found.control is not None and verdict(found, best) == LUCK:
        return (
            f"Even the best structure does no better than luck. With {_sized(found, best)}, "
            f"{_share(best)}; on shuffled targets, where there is nothing to learn, "
            f"{found.control.successes:,} of {found.control.trials:,} do."
        )
    if not n_solved:
        value = _best_value(found)
        measure = f"{found.table.split} {found.table.metric}"
        return "No network solves it" + (f": the best {measure} is {value}." if value else ".")
    if any(verdict(found, row) == OPEN for row in found.table.rows):
        otherwise = " Other rows might judge otherwise: more rows, or an easier goal, would tell."
        return (
            f"Whether a structure is reliable ({ENOUGH}) cannot be told. The best is "
            f"{_sized(found, best)}: {_share(best)}.{otherwise if needs_rows(found, best) else ''}"
        )
    return (
        f"No structure is reliable ({ENOUGH}). The best is {_sized(found, best)}: {_share(best)}."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sized(found: Sweep, row: SummaryRow) -> str:
    return f"{row_name(found, row)}, with {plural(row.parameters, 'parameter')}"


def _open(found: Sweep, row: SummaryRow) -> str:
    """What is said of a row that may be reliable: that more seeds would tell, and how many."""
    n = seeds_that_tell(row)
    share = f"at least {100 * RELIABLE:.0f} % of its networks do"
    if needs_rows(found, row):
        would = (
            f"Other rows might judge otherwise: to show that {share} takes more rows, or an easier "
            "goal."
        )
    elif n is None:
        would = f"That {share} is too close to call, even with {MOST_SEEDS:,} seeds."
    else:
        if_so = "if all of them solve it" if row.fraction == 1 else "at this fraction"
        would = f"To show that {share} takes {n:,} seeds, {if_so}."
    return (
        f"The smallest structure that may be reliable is {_sized(found, row)}: {_share(row)}. "
        f"{would}"
    )


def _all_alike(found: Sweep) -> str:
    """That the goal tells nothing apart."""
    rows = found.table.rows
    if len(rows) < 2 or found.is_interrupted:
        return ""
    if all(row.fraction == 1 and verdict(found, row) != LUCK for row in rows) and not any(
        needs_rows(found, row) for row in rows
    ):
        return (
            f" All networks of all {len(rows)} configurations solve it: a harder goal would tell "
            "them apart."
        )
    if all(row.fraction == 0 for row in rows):
        return " An easier goal would tell them apart."
    return ""


def _best_value(found: Sweep) -> str:
    """The best metric of all; nothing where none is finite."""
    values = [row.best for row in found.table.rows if math.isfinite(row.best)]
    if not values or found.table.metric not in METRICS:
        return ""
    is_high = METRICS[found.table.metric][0] == ">="
    return format_metric(max(values) if is_high else min(values))


def _no_goal(found: Sweep) -> str:
    """Why nothing is counted, where that was not asked for."""
    if not found.goal_reason:
        return ""
    return f"There is no goal: {found.goal_reason}."


def _best_median(found: Sweep) -> str:
    row = found.table.rows[0]
    if not math.isfinite(row.median):
        return ""
    measure = f"{found.table.split} {found.table.metric}"
    return (
        f"The best by its median over seeds is {_sized(found, row)}: {measure} "
        f"{format_metric(row.median)}."
    )


def _differences(found: Sweep) -> list[str]:
    """What is beyond chance, by every setting that varies; and how many comparisons were made."""
    compared = found.comparisons
    if compared is None or not compared.all:
        return []
    names = list(dict.fromkeys(it.setting for it in compared.all))
    n = plural(len(compared.all), "comparison")
    if not compared.beyond_chance:
        least = probability(min(it.p_value for it in compared.all))
        choice = f"The choice of {join(names, 'or')}"
        return [f"{choice} makes no difference beyond chance ({n}, smallest {least})."]
    said = []
    for name in names:
        own = [it for it in compared.beyond_chance if it.setting == name]
        if own:
            said.append(_of_setting(name, _nearest_first(compared.all, own)))
    others = [it for it in names if not any(one.setting == it for one in compared.beyond_chance)]
    choice = f" The choice of {join(others, 'or')} makes no difference beyond chance."
    verb = "was" if len(compared.all) == 1 else "were"
    said[-1] += (
        f"{choice if others else ''} In all, {n} {verb} made, each with the same seeds and all "
        "else equal (swap test, Holm's correction)."
    )
    return said


def _nearest_first(every: Sequence[Comparison], own: Sequence[Comparison]) -> list[Comparison]:
    """Neighbours among numbers before others, then the largest differences."""
    name = own[0].setting
    values = {it for one in every if one.setting == name for it in (one.first, one.second)}
    try:
        ordered = sorted(values, key=float)
    except ValueError:
        return sorted(own, key=lambda it: -it.found.difference)
    place = {value: i for i, value in enumerate(ordered)}
    return sorted(
        own, key=lambda it: (abs(place[it.first] - place[it.second]), -it.found.difference)
    )


def _of_setting(name: str, own: Sequence[Comparison]) -> str:
    parts = []
    for it in own[:MOST_COMPARED]:
        low, high = points(it.found.interval.low), points(it.found.interval.high)
        first, second = value_words(name, it.first), value_words(name, it.second)
        parts.append(
            f"with {first} than with {second} (by {in_points(it.found.difference)}, {low} to "
            f"{high}; {probability(it.p_value)})"
        )
    more = len(own) - MOST_COMPARED
    verb = "differs" if more == 1 else "differ"
    rest = f" {plural(more, 'more pair')} of {name} {verb} too." if more > 0 else ""
    return f"More networks solve it {join(parts)}.{rest}"


def value_words(name: str, value: str) -> str:
    """A value of a setting as a sentence has it."""
    if name == "depth":
        return "no hidden layer" if value == "0" else plural(int(value), "hidden layer")
    is_number = value[:1].isdigit() or value[:1] == "-"
    return f"{name} {value}" if is_number else value


def _never(found: Sweep) -> str:
    """What no network solved: structures altogether, and how many configurations in all."""
    rows = found.table.rows
    never = [row for row in rows if row.fraction == 0]
    if not never or len(never) == len(rows):
        return ""
    if found.by is not None:
        return f"No network solves it with {_cut([row_name(found, row) for row in never])}."
    solved = {row.network.structure for row in rows if row.fraction > 0}
    hopeless = list(dict.fromkeys(row.network.structure for row in never))
    hopeless = [it for it in hopeless if it not in solved]
    others = [row_name(found, row) for row in never if row.network.structure in solved]
    varies = set(found.table.names) - {"hidden", "structure", "network"}
    whatever = f", whatever the {join(sorted(varies), 'or')}" if varies else ""
    said = [f"{_cut(hopeless)}{whatever}"] if hopeless else []
    if others:
        few = len(others) <= MOST_NAMED // 2
        said.append(join(others) if few else f"{len(others)} other configurations")
    return f"No network solves it with {'; nor with '.join(said)}."


def _cut(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return join(names, "or")
    return join([*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} more"], "or")


def _luck(found: Sweep) -> str:
    """How often networks reach the goal where there is nothing to learn, if they ever do."""
    control = found.control
    if control is None or not control.successes:
        return ""
    return (
        f"Luck reaches the goal too: on shuffled targets, where there is nothing to learn, "
        f"{control.successes:,} of {plural(control.trials, 'network')} do."
    )


def _models(found: Sweep) -> str:
    """Models of scikit-learn that reach the goal."""
    names = [it.name for it in found.baselines if reaches(it, found.goal)]
    if not names:
        return ""
    verb = "reaches" if len(names) == 1 else "reach"
    return f"Scikit-learn's {join(names)} {verb} the goal too."


def _best(found: Sweep) -> str:
    """The network that did best."""
    if found.best is None:
        return ""
    row, seed, value = found.best
    measure = f"{found.table.split} {found.table.metric}"
    chosen = found.data.chosen_on
    how = "" if chosen == found.table.split else f", chosen on {chosen} rows,"
    return (
        f"The best network{how} is {row_name(found, row)}, seed {seed}: {measure} "
        f"{format_metric(value)}."
    )


def _diverged(found: Sweep) -> str:
    n = sum(row.diverged for row in found.table.rows)
    return f"{plural(n, 'network')} diverged; a smaller lr may keep them finite." if n else ""


def goal_line(goal: str | None, reason: str = "") -> str:
    """What a network must reach to solve it, and why that."""
    if goal is None:
        return f"no goal: {reason or 'every network trains to the end'}"
    return f"goal: {describe_goal(goal)}" + (f", {reason}" if reason else "")
