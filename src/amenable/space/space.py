"""`Space`: which settings vary, over which values. Nothing is drawn or built here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amenable.description import Record, open_envelope, quote, read_json, write_json
from amenable.errors import DescriptionError
from amenable.settings import SPACE
from amenable.space.conditions import (
    check_network,
    check_owners,
    in_order,
    read_condition,
)
from amenable.space.draws import draw
from amenable.space.entries import SpaceEntry, read_entry

VERSION = 1  # of the record that to_dict writes; a change that an older reader misreads adds one


class Space:
    """Which networks and trainings a study is about: every setting with the values it takes.

    A list is a choice, a range is a choice among numbers, anything else is one value for all.

    Parameters
    ----------
    **settings : list, range, `when` or single value
        Any argument of `mlp` (`hidden`, which is a width, a tuple of widths, or "none";
        `activation`, `output`, `bias`, `dropout`), or `network` instead, with whole networks; any
        field of `Training`; any field of its optimizer (`lr`, `momentum`, …) and of its schedule
        (`every`, `floor`, …; `schedule.steps` for `Cosine.steps`). Optimizers and schedules are
        objects or texts: "adam", "adam(lr=0.01)". A setting of its own wins over a field of an
        object. Where no hidden layer is, `activation` and `dropout` do not exist.

    Raises
    ------
    DescriptionError
        Names the setting, and which of its values is wrong.

    See Also
    --------
    linear_range, log_range, integer_range : numbers between two ends.
    when : a setting that exists only where others have certain values.

    Examples
    --------
    >>> from amenable import Adam, Space, log_range
    >>> space = Space(hidden=[4, (8, 8)], optimizer=["sgd", Adam(0.01)], lr=log_range(1e-4, 1))
    >>> for settings in space.draw("sobol", n=2):
    ...     print(settings)
    {'hidden': [4], 'optimizer': 'sgd', 'lr': 0.1712}
    {'hidden': [8, 8], 'optimizer': 'adam', 'lr': 0.001712}
    >>> Space.from_json(space.to_json()) == space
    True
    """

    __slots__ = ("_entries",)

    def __init__(self, **settings: Any) -> None:
        if not settings:
            raise DescriptionError(
                "expected a setting", where="Space", hint="write Space(hidden=[4, 8])"
            )
        entries: dict[str, SpaceEntry] = {}
        conditions: dict[str, tuple[tuple[str, Any], ...]] = {}
        for name, given in settings.items():
            entry, own = read_entry(name, given)
            if entry.name in entries:
                raise DescriptionError(
                    f"the same setting as {entry.name}", where=(SPACE, name), hint="leave one out"
                )
            entries[entry.name], conditions[entry.name] = entry, own
        check_network(entries)
        for name, own in conditions.items():
            checked = tuple(read_condition(name, it, entries) for it in own)
            entries[name] = SpaceEntry(name, entries[name].choices, checked)
        self._entries = in_order(entries)
        for entry in self._entries.values():
            check_owners(entry, self._entries)

    @property
    def entries(self) -> tuple[SpaceEntry, ...]:
        """The settings; each after those that it depends on."""
        return tuple(self._entries.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the settings.

        Examples
        --------
        >>> Space(lr=[0.1, 0.01], batch=8).names
        ('lr', 'batch')
        """
        return tuple(self._entries)

    @property
    def varying(self) -> tuple[str, ...]:
        """Names of the settings that take more than one value.

        Examples
        --------
        >>> Space(lr=[0.1, 0.01], batch=8).varying
        ('lr',)
        """
        return tuple(it.name for it in self.entries if not it.is_fixed)

    def draw(
        self, method: str = "grid", n: int | None = None, seed: int = 0
    ) -> tuple[Mapping[str, Any], ...]:
        """Points of the space, all different.

        Parameters
        ----------
        method : str
            "grid", every combination, the last setting changing fastest; "random", independent
            draws; "latin", a Latin hypercube: each of n equal parts of every setting once; "sobol",
            a digitally shifted Sobol sequence, which fills the space evenly.
        n : int or None
            How many; not for a grid, which has as many as it has.
        seed : int
            Other seeds draw other points; of a grid there is only one.

        Returns
        -------
        tuple of dict
            The settings that exist at each point, by name, as JSON values.

        Raises
        ------
        DescriptionError
            If a range of a grid does not say how many values it takes, or the space has fewer than
            `n` different points.

        Notes
        -----
        Points depend on the space, the method and the seed alone, for ever. The first n of more
        random or Sobol points are the same points, so that a study can be extended; of a Latin
        hypercube they are not. Points that are equal, as lists and rounding make them, are left
        out: random and Sobol draws go on until there are n, a Latin hypercube returns fewer. A
        random draw of one setting does not depend on which others there are.

        References
        ----------
        McKay, Beckman and Conover 1979, Technometrics 21:239-245 (Latin hypercubes). Sobol 1967;
        Joe and Kuo 2008, SIAM J. Sci. Comput. 30:2635-2654 (its direction numbers, of scipy); the
        shift: L'Ecuyer and Lemieux 2002, in Modeling Uncertainty, pp. 419-474.

        Examples
        --------
        >>> for settings in Space(hidden=["none", 4], activation=["tanh", "relu"]).draw():
        ...     print(settings)
        {'hidden': []}
        {'hidden': [4], 'activation': 'tanh'}
        {'hidden': [4], 'activation': 'relu'}
        """
        return draw(self.entries, method, n, seed)

    def to_dict(self) -> Record:
        """The space as JSON knows it, with the version of its form.

        Examples
        --------
        >>> Space(lr=[0.1, 0.01]).to_dict()
        {'version': 1, 'settings': {'lr': [0.1, 0.01]}}
        """
        return {"version": VERSION, "settings": {it.name: it.record() for it in self.entries}}

    @classmethod
    def from_dict(cls, record: object) -> Space:
        """The space that `to_dict` recorded.

        Raises
        ------
        DescriptionError
            If it is none, or the version is newer.

        Examples
        --------
        >>> Space.from_dict({"version": 1, "settings": {"lr": {"log_range": [0.001, 1]}}}).names
        ('lr',)
        """
        _, inside = open_envelope("Space", record, VERSION)
        settings = inside.pop("settings", None)
        if inside or not isinstance(settings, Mapping):
            raise DescriptionError(
                where="Space", expected='"version" and "settings"', got=quote(record)
            )
        return cls(**{str(name): it for name, it in settings.items()})

    def to_json(self) -> str:
        """The space as one line of JSON.

        Examples
        --------
        >>> Space(batch="full").to_json()
        '{"version": 1, "settings": {"batch": ["full"]}}'
        """
        return write_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str) -> Space:
        """The space that `to_json` wrote; refuses what `from_dict` refuses.

        Examples
        --------
        >>> Space.from_json('{"version": 1, "settings": {"batch": ["full"]}}')
        Space(batch=['full'])
        """
        return cls.from_dict(read_json("Space", text))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Space) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"Space({', '.join(f'{it.name}={_in_python(it)}' for it in self.entries)})"


def _in_python(entry: SpaceEntry) -> str:
    choices = entry.choices
    if isinstance(choices, tuple):
        values = quote(list(choices))
    else:
        extra = "" if choices.n is None else f", n={choices.n}"
        extra += ", log=True" if getattr(choices, "log", False) else ""
        values = f"{choices.kind}({choices.low!r}, {choices.high!r}{extra})"
    if not entry.conditions:
        return values
    conditions = (f"{name}={quote(list(allowed))}" for name, allowed in entry.conditions)
    return f"when({values}, {', '.join(conditions)})"
