"""The experiment on loss surfaces: where networks stand, its rules, its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from amenable.lecture import surfaces as landscapes
from amenable.lecture.finding import Finding, Scale
from amenable.lecture.surfaces import measures as landscapes_measures
from amenable.lecture.surfaces import pictures as landscapes_pictures


@pytest.fixture(scope="module")
def found(quick) -> Finding:
    return quick("surfaces")


def test_finding_is_complete(found):
    assert len(found.checks) == 5
    assert len(found.illustrations) == 2
    assert all(isinstance(it.figure, Figure) and it.caption for it in found.illustrations)
    compile(found.code, "code", "exec")


def test_numbers_make_sense(found):
    for name in ("sigmoid", "narrow"):
        it = found.numbers[name]
        assert set(it["verdicts"]) <= set(landscapes_measures.VERDICTS)
        assert len(it["verdicts"]) == it["solved_later"][1] == it["solved_by_adam"][1]
        assert all(norm >= 0 for norm in it["gradient_norms"])
    walks = found.numbers["walks"]
    assert len(walks["barriers"]) == len(walks["matched_barriers"])
    assert min(walks["barriers"]) >= 0


@pytest.fixture(scope="module")
def small() -> tuple[landscapes_measures.Standing, landscapes_measures.SolutionPaths]:
    setting = replace(landscapes_measures.settings(Scale(is_quick=True))[0], steps=1500)
    standing = landscapes_measures.stand(setting, 16, 1, 1, 10)
    solved = replace(
        standing.population, status=np.full(len(standing.population), "solved", dtype="<U9")
    )
    standing = replace(standing, population=solved)
    return standing, landscapes_measures.between(solved, 8)


def _failed(
    it: landscapes_measures.Standing, verdict: str, later: int
) -> landscapes_measures.Standing:
    status = np.full(len(it.population), "exhausted", dtype="<U9")
    pair = (later, 20)
    return replace(
        it,
        population=replace(it.population, status=status),
        verdicts=(verdict,) * 20,
        solved_later=pair,
        solved_by_adam=pair,
    )


@pytest.mark.parametrize("is_so", [True, False])
def test_rules_both_ways(small, is_so):
    good, walks = small
    bad = _failed(good, "minimum" if is_so else "plateau", 1 if is_so else 19)
    level = 0.9 if is_so else 1.0
    plain = tuple(replace(it, metric=np.full(len(it.metric), level)) for it in walks.plain)
    between = replace(walks, plain=plain)
    standings = (good, bad, bad) if is_so else (bad, good, bad)
    checks = landscapes.checks(standings, between)
    assert checks[0].holds == is_so
    assert checks[-1].holds == is_so
    decided = landscapes.checks((good, bad, bad), between)
    assert [it.holds for it in decided[1:4]] == [is_so] * 3


def test_nothing_failed_is_no_evidence(small):
    good, walks = small
    none = replace(good, verdicts=(), solved_later=(0, 0), solved_by_adam=(0, 0))
    checks = landscapes.checks((good, none, none), walks)
    assert [it.holds for it in checks[:4]] == [False] * 4
    assert checks[1].measured == "None failed."


def test_matched_walks_end_at_the_same_losses(small):
    _, walks = small
    for plain, matched in zip(walks.plain, walks.matched, strict=True):
        assert matched.loss[-1] == pytest.approx(plain.loss[-1], rel=1e-9)
        assert matched.distance <= plain.distance * (1 + 1e-9)


def test_pictures_of_the_whole_run(small):
    good, _ = small
    bars = landscapes_pictures.draw_verdicts([good, _failed(good, "saddle", 0)])
    assert bars.figure.axes[0].get_yticklabels()[-1].get_text().endswith("failed")
    path = landscapes_pictures.draw_path(replace(good.setting, steps=300), 2)
    assert isinstance(path.figure, Figure)
    assert "step 300" in path.caption
