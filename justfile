# What CI runs, piece by piece.
default: format lint types imports cpp test

# formatting of Python and C++
format:
    ruff format --check .
    git ls-files 'core/*.h' 'core/*.cpp' | xargs clang-format --dry-run -Werror

lint:
    ruff check .

types:
    mypy

# imports point down only; on the source, not on an installed copy
imports:
    PYTHONPATH=src lint-imports

# C++ tests, plain and under sanitizers
cpp build='build/cpp':
    .ci/cpp {{build}}

test:
    pytest
