"""How many seeds: a fixed number, until decided, or by successive halving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amenable.description import did_you_mean, fail, untag
from amenable.study.policies.base import Policy
from amenable.study.policies.halving import SuccessiveHalving
from amenable.study.policies.seeds import FixedSeeds
from amenable.study.policies.until_decided import Decision, UntilDecided

__all__ = [
    "POLICIES",
    "Decision",
    "FixedSeeds",
    "Policy",
    "SuccessiveHalving",
    "UntilDecided",
    "policy_of",
    "read_policy",
]

POLICIES: Mapping[str, type[Policy]] = {
    kind.name: kind for kind in (FixedSeeds, UntilDecided, SuccessiveHalving)
}
"""Name to class."""


def read_policy(record: object) -> Policy:
    """The policy that `Policy.to_dict` recorded.

    Raises
    ------
    DescriptionError
        If it is none.

    Examples
    --------
    >>> read_policy(UntilDecided(width=0.2).to_dict()) == UntilDecided(width=0.2)
    True
    """
    policy: Policy = untag("policy", record, POLICIES)
    return policy


def policy_of(given: Any) -> Policy:
    """A policy: itself, or of seeds as for `FixedSeeds`, or of its record.

    Raises
    ------
    DescriptionError
        If it is none of these.

    Examples
    --------
    >>> policy_of(16) == FixedSeeds(16)
    True
    """
    if isinstance(given, Policy):
        return given
    if isinstance(given, Mapping):
        return read_policy(given)
    if isinstance(given, type) and issubclass(given, Policy):
        fail("policy", "a policy", given, f"call it: {given.__name__}()")
    if isinstance(given, str):
        hint = did_you_mean(given, POLICIES)
        fail("policy", "a policy such as UntilDecided(width=0.1)", given, hint)
    return FixedSeeds(given)
