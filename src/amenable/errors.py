"""Every exception that Amenable raises on purpose.

::

    AmenableError
    ├── ClusterError                             machines cannot be reached, or were lost too often
    ├── DescriptionError  (also a ValueError)    a network, a training or an option is invalid
    ├── DataError         (also a ValueError)    data, or a file of data, cannot be used
    ├── FileError                                a saved file is damaged or from a newer version
    └── MissingExtra      (also an ImportError)  an optional dependency is not installed

A message is one line that names the culprit, what was expected, what came and what to do, so that
the command line can print it as it is. A network that diverges is a result, never an exception.
"""

__all__ = [
    "AmenableError",
    "ClusterError",
    "DataError",
    "DescriptionError",
    "FileError",
    "MissingExtra",
]


class AmenableError(Exception):
    r"""Base of all errors of this package; its message is always a single line.

    Parameters
    ----------
    message : str
        What is wrong and what to do. Line breaks, as in text quoted from another library, become
        spaces.

    Examples
    --------
    >>> str(AmenableError("batch: expected an integer >= 1,\n  got 0"))
    'batch: expected an integer >= 1, got 0'
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(line.strip() for line in message.splitlines() if line.strip()))


class ClusterError(AmenableError):
    """Machines cannot be reached, or were lost too often; what they had finished is kept."""


class DescriptionError(AmenableError, ValueError):
    """A network, a training or an option is invalid."""


class DataError(AmenableError, ValueError):
    """Data cannot be used; names the file or array, the column and the row."""


class FileError(AmenableError):
    """A file that Amenable saved is damaged, or was saved by a newer version."""


class MissingExtra(AmenableError, ImportError):
    """An optional dependency is not installed; names the extra to install."""
