"""A `RayExecutor` whose blocks meet with accidents on their nodes."""

import pickle
from pathlib import Path

from amenable.study.executors.ray_cluster import RayExecutor


class Accidental(RayExecutor):
    """Calls `before(number, folder)` on the node before a block is trained.

    Parameters
    ----------
    before : function
        Made inside another, so that it travels by value.
    folder : Path
        A folder that all nodes see, to remember what has happened already.
    """

    def __init__(self, before, folder, address=None):
        super().__init__(address)
        self.before, self.folder = before, str(folder)

    def _task(self):
        inner, before, folder = super()._task(), self.before, self.folder

        def hurt(job, packed, values):
            before(pickle.loads(packed).number, Path(folder))
            return inner(job, packed, values)

        return hurt
