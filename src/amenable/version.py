"""The version of this package, as it is installed."""

from functools import cache

UNKNOWN = "0+unknown"  # where the package is imported from its sources without being installed


@cache
def package_version() -> str:
    """Version such as "0.1.0"."""
    from importlib.metadata import PackageNotFoundError, version  # 20 ms, and seldom wanted

    try:
        return version("amenable")
    except PackageNotFoundError:
        return UNKNOWN
