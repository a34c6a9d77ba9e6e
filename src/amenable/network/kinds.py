"""The kinds of layers by the names that records have for them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from amenable.description import Record, did_you_mean, fail, quote, within
from amenable.errors import DescriptionError
from amenable.network.convolution import Conv2d, LocallyConnected2d
from amenable.network.dense import Dense
from amenable.network.layer import Layer
from amenable.network.pooling import AvgPool2d, MaxPool2d

KINDS: Mapping[str, type[Layer]] = MappingProxyType(
    {it.kind: it for it in (Dense, Conv2d, LocallyConnected2d, AvgPool2d, MaxPool2d)}
)


def layer_record(layer: Layer) -> Record:
    """The record of a layer; those without a kind are dense."""
    record = layer.to_dict()
    return record if layer.kind == Dense.kind else {"kind": layer.kind, **record}


def read_layer(where: str, record: object) -> Layer:
    """The layer that `layer_record` recorded."""
    with within(where):
        if not isinstance(record, dict):
            raise DescriptionError(expected="the record of a layer", got=quote(record))
        entries = dict(record)
        kind = entries.pop("kind", Dense.kind)
        if not isinstance(kind, str) or kind not in KINDS:
            hint = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
            fail("kind", f"one of {', '.join(KINDS)}", kind, hint)
        return KINDS[kind].from_dict(entries)
