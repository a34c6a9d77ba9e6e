"""Makes the file that stands for a schema once that is released: ``python study_fixture.py FILE``.

It lies in tests/fixtures, named after its schema, and is never made anew: later programs must go on
with what was written then.
"""

import sys

import amenable as am
from amenable.study.store import schema

SPACE = {"hidden": [2, (3, 2)], "activation": ["tanh", "relu"], "lr": [0.1, 0.01]}
TRAINING = {"steps": 60, "goal": "accuracy >= 1", "probe_every": 20}
SEEDS = 10


def run(path, seeds=SEEDS):
    """The study; again, to go on with it."""
    return am.Study(path).run(
        am.Space(**SPACE),
        "xor",
        am.Training(**TRAINING),
        seeds=seeds,
        keep="best",
        curves=True,
        description=f"a file of schema {schema.VERSION}",
    )


if __name__ == "__main__":
    run(sys.argv[1])
