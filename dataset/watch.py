"""A folder of releases, looked at again and again: whether its files stand as they did, without reading them."""

from collections.abc import Mapping
from pathlib import Path

from dataset.catalog import folders

Files = tuple[tuple[str, int, int, int], ...]
Signature = Mapping[str, Files]


def signature(folder: Path) -> Signature:
    """Return, for each release in a folder, what changes whenever one of its files does."""
    try:
        return {path.name: _files(path) for path in folders(folder)}
    except OSError:  # there is no folder, or none that can be read
        return {}


def _files(folder: Path) -> Files:
    found = []
    try:
        for path in sorted(folder.iterdir()):
            about = path.lstat()
            # The time of the last change of any kind: a copy may bring the time of the last writing with it.
            found.append((path.name, about.st_size, about.st_ctime_ns, about.st_ino))
    except OSError as error:  # it goes away while it is looked at
        found.append((str(error.strerror), 0, 0, 0))
    return tuple(found)


class Watch:
    """Tells when a folder of releases is to be read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: Signature = {}
        self._seen: Signature | None = None

    def changed(self) -> bool:
        """Return whether the folder is not what was read, and as it was at the last look: nobody is still at work."""
        now = signature(self.folder)
        still = now == self._seen
        self._seen = now
        return still and now != self._read

    def begin(self) -> Signature:
        """Return the signature of the folder that is going to be read."""
        return signature(self.folder)

    def unchanged(self, begun: Signature) -> set[str]:
        """Return the releases whose files stand as they did when they were last read."""
        return {name for name, files in begun.items() if self._read.get(name) == files}

    def end(self, begun: Signature) -> bool:
        """Return whether the folder stood still while it was read: else what was read of it is worth nothing."""
        if signature(self.folder) != begun:
            return False
        self._read = begun
        return True
