import pickle

import pytest

from amenable import errors
from amenable.errors import AmenableError, DataError, DescriptionError, FileError, MissingExtra

ALL = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("error", ALL)
def test_every_error_is_ours_and_drawn_in_the_tree(error):
    assert issubclass(error, AmenableError)
    assert error.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("error", ALL)
def test_messages_are_one_line(error):
    raised = error("column 'a':\n  expected numbers\n\n got text")
    assert str(raised) == "column 'a': expected numbers got text"


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(DataError, ValueError), (DescriptionError, ValueError), (MissingExtra, ImportError)],
)
def test_builtin_bases(error, builtin):
    assert issubclass(error, builtin)
    assert not issubclass(FileError, ValueError)


@pytest.mark.parametrize("error", ALL)
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error("batch: got 0")))
    assert type(again) is error
    assert str(again) == "batch: got 0"
