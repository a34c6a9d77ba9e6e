"""`Recorded`: a frozen dataclass of arrays as plain values, as JSON and as a pickle."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from amenable.datasets.source import listed
from amenable.errors import DataError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance as Base
else:
    Base = object


class Recorded(Base):
    """Gives a frozen dataclass its way to plain values and back; every number to the bit."""

    __slots__ = ()
    ADDED: ClassVar[Mapping[str, Any]] = {}  # fields that older records lack, with their values

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain lists, texts and numbers."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """What `to_dict` gave, as the same again."""
        given = {**cls.ADDED, **values}
        odd = sorted(set(given) ^ {field.name for field in fields(cls)})
        if odd:
            raise DataError(f"{cls.__name__}.from_dict: fields missing or unknown: {listed(odd)}")
        return cls(**given)

    def to_json(self) -> str:
        """All fields as JSON text; every number survives to the bit."""
        return json.dumps(self.to_dict(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` gave, as the same again."""
        place = f"{cls.__name__}.from_json"
        try:
            values = json.loads(text)
        except ValueError as error:
            raise DataError(f"{place}: not JSON: {error}") from None
        if not isinstance(values, dict):
            raise DataError(f"{place}: expected an object, got {type(values).__name__}")
        return cls.from_dict(values)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value.to_dict() if hasattr(value, "to_dict") else value
