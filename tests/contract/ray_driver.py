"""Processes of their own that use Ray: ``python ray_driver.py own`` or ``… study FILE ON N``.

"own" starts a cluster and ends it; prints what it saw as JSON, and whatever Ray prints beside it.
"study" runs a study and is killed when N trials are finished; with 0 it runs to the end.
"""

import json
import os
import signal
import sys
from pathlib import Path

import amenable as am
from amenable.study import block_size

NETWORKS = [am.mlp(2, units, 1, activation=it) for units in (2, 3) for it in ("tanh", "relu")]
TRAINING = am.Training(steps=200, goal="accuracy >= 1")
SEEDS = 100
LISTENING = "0A"
LOOPBACK = ("0100007F", "0" * 24 + "01000000", "0000000000000000FFFF00000100007F")  # as /proc says


def descendants():
    """Processes below this one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone meanwhile
            continue
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def listening():
    """Addresses, in hexadecimal, that this process and those below it listen at."""
    sockets = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == LISTENING:
                sockets[f"socket:[{inode}]"] = local.split(":")[0]
    found = []
    for pid in descendants():
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                found.append(sockets.get(os.readlink(link)))
            except OSError:
                continue
    return [it for it in found if it]


def own():
    from accidents import Accidental
    from executor_contract import DATA, RECORD, block, check

    def before(number, folder):
        import os
        import signal

        print("words of a node")
        if number == 1 and not (folder / "killed").exists():
            (folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)

    handler = signal.getsignal(signal.SIGTERM)
    folder = Path(os.environ["RAY_TMPDIR"])
    blocks = [block(number) for number in range(4)]
    with Accidental(before, folder) as executor:
        executor.open(DATA, RECORD, threads=1)
        where, addresses, n_processes = executor.describe(), listening(), len(descendants())
        left = [it.name for it in folder.iterdir()]
        check(list(executor.run(blocks)), blocks)
    seen = {
        "where": where,
        "listens": len(addresses),
        "beyond": [it for it in addresses if it not in LOOPBACK],
        "processes": n_processes,
        "processes after": len(descendants()),
        "folders": left,
        "folders after": [it.name for it in folder.iterdir()],
        "is SIGTERM as before": signal.getsignal(signal.SIGTERM) is handler,
        "was one killed": (folder / "killed").exists(),
    }
    print(json.dumps(seen))


def small_blocks():
    """Many blocks, for as long as this process lives."""
    block_size.BLOCK_S = block_size.FIRST_S = 0.001
    block_size.MOST_TRIALS, block_size.ROUNDS = 20, 1


def study(path, on, n_killed):
    def progress(finished, _):
        if n_killed and finished >= n_killed:
            os.kill(os.getpid(), signal.SIGKILL)

    am.Study(path).run(NETWORKS, "xor", TRAINING, seeds=SEEDS, on=on, progress=progress, threads=1)


if __name__ == "__main__":
    if sys.argv[1] == "own":
        own()
    else:
        small_blocks()
        study(sys.argv[2], sys.argv[3], int(sys.argv[4]))
