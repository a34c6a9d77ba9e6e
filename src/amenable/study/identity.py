"""What a study is a study of: its data, its version, what it records. It must not change."""

from __future__ import annotations

import json
from pathlib import Path

from amenable.errors import DataError, DescriptionError, FileError
from amenable.population.source import DataSummary
from amenable.version import package_version


def identity(data: DataSummary, keep: str, curves: bool, description: str) -> dict[str, str]:
    """Entries of the table `study` that are written once."""
    record = data.to_dict()
    return {
        "description": description,
        "preparations": json.dumps(record.pop("preparations"), ensure_ascii=False),
        "data": json.dumps(record, ensure_ascii=False),
        "version": package_version(),
        "keep": keep,
        "curves": str(int(curves)),
    }


def agree(path: Path, about: dict[str, str], wanted: dict[str, str]) -> None:
    """Refuse to go on with other data, an engine of other bits, or other things to keep.

    Raises
    ------
    DataError, FileError, DescriptionError
        That says which, and what to do.
    """
    stored = DataSummary.from_dict(json.loads(about["data"]))
    given = DataSummary.from_dict(json.loads(wanted["data"]))
    if stored.fingerprint != given.fingerprint:
        raise DataError(
            f"{path} holds trials on '{stored.name}' ({_sizes(stored)}, fingerprint "
            f"{stored.fingerprint[:8]}), got '{given.name}' ({_sizes(given)}, "
            f"fingerprint {given.fingerprint[:8]})",
            where="data",
            hint="use another file for other data",
        )
    if _series(about["version"]) != _series(wanted["version"]):
        raise FileError(
            f"{path}: its trials were trained by amenable {about['version']}, this is "
            f"{wanted['version']}, which may differ in bits; install amenable "
            f"{_series(about['version'])}, or use another file"
        )
    for name, meaning in (("keep", about["keep"]), ("curves", bool(int(about["curves"])))):
        if about[name] != wanted[name]:
            raise DescriptionError(
                f"{path} was begun with {name}={meaning!r}, and its trials cannot be asked again",
                where=name,
                hint=f"leave {name} so, or use another file",
            )


def _series(version: str) -> str:
    """ "0.1" of "0.1.3": versions of one series train the same bits."""
    return ".".join(version.split(".")[:2])


def _sizes(data: DataSummary) -> str:
    return f"{data.n_training:,} to train, {data.n_validation:,} to validate"
