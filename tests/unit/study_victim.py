"""A process whose children run a study and are killed: ``python study_victim.py FOLDER SEED N``.

It imports everything once and forks for each run, so that fifty kills take seconds. No thread runs
when it forks. Prints JSON: of each killed run how many trials it had reported as written, and how
many the file holds; then the files, all of them run to their end.
"""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import amenable as am
from amenable.study import block_size
from amenable.study.store.writer import Writer

MOST_BLOCKS = 25  # that are written before the kill
BLOCK_S = 0.02  # several times what a block takes: a kill hits its training or its transaction
EARLY = 0.25  # of the kills come before the first block is written
START_S = 0.15  # what it takes to begin: to make the file, to read it
NETWORKS = [am.mlp(2, width, 1, activation=it) for width in (2, 3, 5) for it in ("tanh", "relu")]
TRAININGS = am.grid(am.Training(steps=300, goal="accuracy >= 1"), lr=[0.1, 0.01])
SEEDS = 1000


def run(path):
    """The study that is run undisturbed elsewhere."""
    return am.Study(path).run(NETWORKS, "xor", TRAININGS, seeds=SEEDS, keep="best", threads=1)


def child(path, tell):
    """Run the study in tiny blocks; say of each, once it is written, how many trials it had."""
    block_size.BLOCK_S = block_size.FIRST_S = 0.001
    block_size.MOST_TRIALS, block_size.ROUNDS = 40, 1
    write = Writer.write

    def told(self, result, *rest):
        write(self, result, *rest)
        os.write(tell, f"{result.block.n_trials}\n".encode())

    Writer.write = told
    run(path)


def killed(path, draw):
    """Fork, run, kill: trials reported as written; None where the study ended before."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(read)
            child(path, write)
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    n_blocks = 0 if draw.random() < EARLY else draw.randrange(MOST_BLOCKS)
    with open(read) as reported:
        said = [line for _, line in zip(range(n_blocks), reported, strict=False)]
        time.sleep(draw.uniform(0, BLOCK_S if n_blocks else START_S))
        os.kill(pid, signal.SIGKILL)
        said += reported.readlines()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return sum(map(int, said))
    assert os.WEXITSTATUS(status) == 0, "the study failed"
    return None


def in_file(path):
    """Trials in the file, found by SQLite alone."""
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            return 0
        return connection.execute("SELECT count(*) FROM trials").fetchone()[0]


def main(folder, seed, n_kills):
    draw = random.Random(seed)
    kills, files = [], [folder / "0.study"]
    while len(kills) < n_kills:
        before = in_file(files[-1])
        reported = killed(files[-1], draw)
        if reported is None:
            files.append(folder / f"{len(files)}.study")
        else:
            kills.append([before, reported, in_file(files[-1])])
    for path in files:
        run(path)
    print(json.dumps({"kills": kills, "files": [str(it) for it in files]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
