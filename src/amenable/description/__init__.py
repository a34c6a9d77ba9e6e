"""What all descriptions share: checks of fields, named expressions, JSON both ways.

Sits below network and training, which describe; nothing here knows what is described.
"""

from amenable.description.expressions import ExpressionParameter, Names, did_you_mean
from amenable.description.fields import (
    ANY,
    BELOW_ONE,
    FRACTION,
    MAX_WIDTH,
    NON_NEGATIVE,
    POSITIVE,
    Range,
    boolean,
    choice,
    fail,
    integer,
    items,
    number,
    quote,
    settle,
    short,
    within,
)
from amenable.description.records import (
    Record,
    brief,
    check_keys,
    open_envelope,
    read_json,
    record_of,
    tag,
    untag,
    write_json,
)

__all__ = [
    "ANY",
    "BELOW_ONE",
    "FRACTION",
    "MAX_WIDTH",
    "NON_NEGATIVE",
    "POSITIVE",
    "ExpressionParameter",
    "Names",
    "Range",
    "Record",
    "boolean",
    "brief",
    "check_keys",
    "choice",
    "did_you_mean",
    "fail",
    "integer",
    "items",
    "number",
    "open_envelope",
    "quote",
    "read_json",
    "record_of",
    "settle",
    "short",
    "tag",
    "untag",
    "within",
    "write_json",
]
