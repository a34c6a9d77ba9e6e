"""Points of a space: grids, random points, Latin hypercubes, Sobol sequences.

What is drawn must be the same for ever, or a study could not be extended. So only what is fixed for
ever is taken from libraries: the bits of Philox (numpy promises the streams of bit generators, not
those of its distributions) and the unscrambled Sobol sequence, which is mathematics.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amenable.description import choice, did_you_mean, integer, quote
from amenable.errors import DescriptionError
from amenable.settings import PARTS, WITHOUT_HIDDEN, field_of
from amenable.space.entries import SpaceEntry
from amenable.training import parts

METHODS = ("grid", "random", "latin", "sobol")
MOST = 1_000_000  # points of one draw: a kilobyte each, with network and training
MOST_DRAWN = 2**24  # points that are looked at to find different ones
SOBOL_BITS = 30  # of scipy's sequence
BITS = 53  # of a double's fraction

Settings = dict[str, Any]


def draw(
    entries: Sequence[SpaceEntry], method: str, n: int | None, seed: int
) -> tuple[Mapping[str, Any], ...]:
    """Different points, as `Space.draw` says."""
    hint = did_you_mean(method, METHODS) if isinstance(method, str) else ""
    method = choice("draw.method", method, METHODS, hint)
    seed = integer("draw.seed", seed, 0, 2**64 - 1)
    if method == "grid":
        if n is not None:
            raise DescriptionError(
                f"a grid takes all points, got n={quote(n)}",
                where="draw.n",
                hint='leave n out, or use "sobol"',
            )
        return _grid(entries)
    if n is None:
        raise DescriptionError(
            where="draw.n", expected="how many points to draw", got="none", hint=f"{method} needs n"
        )
    n = integer("draw.n", n, 1, MOST)
    _check_enough(entries, n)
    varying = [it for it in entries if not it.is_fixed]
    if method == "latin":
        return tuple(islice(_different(entries, varying, _latin(varying, n, seed)), n))
    return _extending(entries, varying, _random if method == "random" else _sobol, n, seed)


def _grid(entries: Sequence[SpaceEntry]) -> tuple[Mapping[str, Any], ...]:
    values = {it.name: it.grid() for it in entries}
    found = tuple(islice(_once(_combinations(entries, values)), MOST + 1))
    if len(found) > MOST:
        raise DescriptionError(
            f"the grid has more than {MOST:,} points",
            where="draw",
            hint='take fewer values, or draw some of them: "sobol", n=1000',
        )
    return found


def _combinations(
    entries: Sequence[SpaceEntry],
    values: Mapping[str, Iterable[Any]],
    known: Settings | None = None,
) -> Iterator[Settings]:
    """Every combination of settings that exist together, the last changing fastest."""
    known = known or {}
    if not entries:
        yield _tidied(known)
        return
    first, *others = entries
    if not _exists(first, known):
        yield from _combinations(others, values, known)
        return
    for value in values[first.name]:
        yield from _combinations(others, values, {**known, first.name: value})


def _exists(entry: SpaceEntry, known: Settings) -> bool:
    """Whether a setting exists, given those before it."""
    if entry.name in WITHOUT_HIDDEN and known.get("hidden") == []:
        return False
    return all(name in known and known[name] in allowed for name, allowed in entry.conditions)


def _tidied(settings: Settings) -> Settings:
    """Without the fields of an optimizer or schedule that are settings of their own."""
    for what in PARTS:
        text = settings.get(what)
        if text is not None and "(" in text:
            own = {field_of(it) for it in settings if it != "steps"}  # those are a training's
            settings[what] = parts.read(what, text).without(own)
    return settings


def _once(points: Iterable[Settings]) -> Iterator[Settings]:
    """Each point the first time it comes."""
    seen: set[str] = set()
    for point in points:
        key = json.dumps(point)
        if key not in seen:
            seen.add(key)
            yield point


def _check_enough(entries: Sequence[SpaceEntry], n: int) -> None:
    """Refuse to look for more points than there are, which would take for ever."""
    values = {it.name: it.different() for it in entries}
    if any(it is None for it in values.values()):
        return  # ranges have no end of points; where one seldom exists, MOST_DRAWN is the end
    again = {it.name: _Again(it) for it in entries}
    n_found = sum(1 for _ in islice(_once(_combinations(entries, again)), n))
    if n_found < n:
        raise DescriptionError(
            where="draw.n",
            expected=f"at most {n_found}, as the space has no more different points",
            got=str(n),
            hint='"grid" takes them all',
        )


class _Again:
    """All values of an entry, as often as they are asked for."""

    def __init__(self, entry: SpaceEntry) -> None:
        self._entry = entry

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entry.different() or ())


def _extending(
    entries: Sequence[SpaceEntry],
    varying: Sequence[SpaceEntry],
    places: Callable[[Sequence[SpaceEntry], int, int], NDArray[np.float64]],
    n: int,
    seed: int,
) -> tuple[Mapping[str, Any], ...]:
    """The first n different points of an endless sequence."""
    m = 2 ** math.ceil(math.log2(n)) if n > 1 else 1
    while True:
        found = tuple(islice(_different(entries, varying, places(varying, m, seed)), n))
        if len(found) == n:
            return found
        if m >= MOST_DRAWN or not varying:
            raise DescriptionError(
                f"found only {len(found)} different points among {m:,}, expected {n}",
                where="draw.n",
                hint="ask for fewer, or give ranges in place of lists",
            )
        m *= 2


def _different(
    entries: Sequence[SpaceEntry], varying: Sequence[SpaceEntry], places: NDArray[np.float64]
) -> Iterator[Settings]:
    return _once(_points(entries, varying, places))


def _points(
    entries: Sequence[SpaceEntry], varying: Sequence[SpaceEntry], places: NDArray[np.float64]
) -> Iterator[Settings]:
    """The settings at places (N, V) between 0 and 1."""
    columns = {it.name: j for j, it in enumerate(varying)}
    for row in places.tolist():
        known: Settings = {}
        for entry in entries:
            if _exists(entry, known):
                j = columns.get(entry.name)
                known[entry.name] = entry.at(0.0 if j is None else row[j])
        yield _tidied(known)


def _random(varying: Sequence[SpaceEntry], n: int, seed: int) -> NDArray[np.float64]:
    """Independent places (n, V)."""
    columns = [_doubles(_bits("random", it.name, seed, n)) for it in varying]
    return np.stack(columns, axis=1) if columns else np.empty((n, 0))


def _latin(varying: Sequence[SpaceEntry], n: int, seed: int) -> NDArray[np.float64]:
    """Places (n, V), each of n equal parts of every column once, at a random place in it."""
    columns = []
    for it in varying:
        part = np.argsort(_bits("latin", it.name, seed, n), kind="stable")
        columns.append((part + _doubles(_bits("latin place", it.name, seed, n))) / n)
    return np.stack(columns, axis=1) if columns else np.empty((n, 0))


def _sobol(varying: Sequence[SpaceEntry], n: int, seed: int) -> NDArray[np.float64]:
    """The first n places (n, V) of a Sobol sequence, n a power of two, with a digital shift.

    The shift, an exclusive or with the same random bits for all points of a column, keeps what
    makes the sequence even and moves its first point, which is all zeros.
    """
    from scipy.stats import qmc

    if not varying:
        return np.empty((n, 0))
    sequence = qmc.Sobol(d=len(varying), scramble=False, bits=SOBOL_BITS)
    plain = sequence.random_base2(n.bit_length() - 1)
    digits = (plain * 2.0**SOBOL_BITS).astype(np.uint64) << np.uint64(BITS - SOBOL_BITS)
    shifts = [_bits("sobol", it.name, seed, 1)[0] >> np.uint64(64 - BITS) for it in varying]
    shifted = digits ^ np.array(shifts, dtype=np.uint64)
    return np.asarray(shifted, dtype=np.float64) * 2.0**-BITS


def _bits(use: str, name: str, seed: int, n: int) -> NDArray[np.uint64]:
    """The first n random numbers of 64 bits of a stream of its own."""
    key = hashlib.blake2b(f"{use}/{name}/{seed}".encode(), digest_size=16).digest()
    return np.random.Philox(key=int.from_bytes(key, "little")).random_raw(n)


def _doubles(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Numbers in [0, 1)."""
    return (bits >> np.uint64(64 - BITS)).astype(np.float64) * 2.0**-BITS
