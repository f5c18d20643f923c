"""Records on disk: one file a fingerprint, written beside and renamed, with a digest inside.

``.records/<device>/<topic>/<name>-<key>.ipynb``; beside them the last failure of a snippet
(``.error``), and ``timings.json``, which no page's content depends on.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from attest import record as record_format
from attest.errors import StoreError
from attest.fingerprint import key
from attest.record import Record

KEEP = 4
"""Records kept of a snippet, so that going back to an earlier version runs nothing."""


@dataclass(frozen=True)
class Timing:
    """What the last run of a snippet cost, and on what it ran."""

    seconds: float
    peak_mib: int
    """Largest resident memory of its process, in MiB, imports included."""
    instructions: str = ""
    """Instruction set for which PyTorch chose its kernels, as in ``AVX2``; empty without it."""
    processor: str = ""
    """Family of the processor, or name of the accelerator."""
    system: str = ""
    """Operating system and C library."""


class RecordStore:
    """The records of one checkout for one device."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        self.folder = folder / device
        self.damaged: list[StoreError] = []
        """Entries that were found damaged and dropped."""

    def find(self, name: str, parts: Callable[[tuple[str, ...]], dict[str, str]]) -> Record | None:
        """The record of snippet *name* that was made under what *parts* says of now.

        *parts* gives the fingerprint for a tuple of input files, which only a record knows.
        """
        path = self._path(name, key(parts(())))
        candidates = [path, *(p for p in self._entries(name) if p != path)]
        for candidate in candidates:
            record = self._read(candidate)
            if record and record.fingerprint == parts(record.inputs):
                if candidate != self._entries(name)[0]:
                    os.utime(candidate)  # the last good one is that which was good last
                return record
        return None

    def last(self, name: str) -> Record | None:
        """The newest good record of snippet *name*, stale or not."""
        return next((record for p in self._entries(name) if (record := self._read(p))), None)

    def put(self, record: Record) -> None:
        """Keep *record*; drop the oldest beyond `KEEP`, and the failure it makes good."""
        path = self._path(record.snippet, key(record.fingerprint))
        write_atomically(path, record_format.dumps(record))
        self.forget_failure(record.snippet)
        for old in self._entries(record.snippet)[KEEP:]:
            old.unlink(missing_ok=True)

    def put_failure(self, name: str, message: str) -> None:
        """Remember that the last run of *name* failed, for the pages to show."""
        write_atomically(self.folder / f"{name}.error", message)

    def failure(self, name: str) -> str | None:
        """Why the last run of *name* failed, if it did."""
        path = self.folder / f"{name}.error"
        return path.read_text("utf-8") if path.is_file() else None

    def forget_failure(self, name: str) -> None:
        """Its code runs again, or is gone."""
        (self.folder / f"{name}.error").unlink(missing_ok=True)

    def timings(self) -> dict[str, Timing]:
        """Cost of the last run of each snippet; empty when the file is missing or damaged."""
        try:
            text = (self.folder / "timings.json").read_text("utf-8")
            return {name: Timing(**timing) for name, timing in json.loads(text).items()}
        except (OSError, ValueError, TypeError):
            return {}

    def put_timings(self, timings: dict[str, Timing]) -> None:
        """Add to what is known of cost."""
        merged = {**self.timings(), **timings}
        table = {name: asdict(merged[name]) for name in sorted(merged)}
        write_atomically(self.folder / "timings.json", json.dumps(table, indent=1) + "\n")

    def _path(self, name: str, digest: str) -> Path:
        return self.folder / f"{name}-{digest}.ipynb"

    def _entries(self, name: str) -> list[Path]:
        """Files of a snippet, newest first."""
        topic, stem = (self.folder / name).parent, Path(name).name
        pattern = f"{stem}-{'[0-9a-f]' * 16}.ipynb"
        return sorted(topic.glob(pattern), key=lambda p: (-p.stat().st_mtime_ns, p.name))

    def _read(self, path: Path) -> Record | None:
        """A damaged entry is noted once and removed, so that its snippet runs again."""
        try:
            return record_format.loads(path.read_text("utf-8"), path.name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (StoreError, UnicodeDecodeError) as error:
            reason = str(error) if isinstance(error, StoreError) else f"{path.name}: is not text"
            self.damaged.append(StoreError(str(path.parent.name), f"{reason}; it is computed anew"))
            path.unlink(missing_ok=True)
            return None


def write_atomically(path: Path, text: str) -> None:
    """Write beside *path* and rename: a reader sees the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
