"""The file of a study: SQLite, one writer, many readers, a transaction for each block.

schema.py is what is in it, migrations.py the way from older ones; opening.py and lock.py open it;
store.py reads, writer.py writes, by way of rows.py, trials.py and blobs.py; keeping.py says of
which trials weights and curves are kept.
"""

from amenable.study.store.keeping import RULES, Keeper
from amenable.study.store.lock import holder
from amenable.study.store.store import Kept, Store, reading
from amenable.study.store.writer import Writer, writing

__all__ = ["RULES", "Keeper", "Kept", "Store", "Writer", "holder", "reading", "writing"]
