"""Store: records that survive a crash, a forger and a downgrade."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from attest.record import CellOutput, Record
from attest.store import KEEP, RecordStore, Timing

RECORD = Record("a/b", (CellOutput("c", "x = 1", "1\n"),), {"x": 1}, (), "cpu", {"python": "3"})


def of(parts: dict[str, str]) -> object:
    """A fingerprint that does not depend on inputs."""
    return lambda inputs: parts


def test_a_record_is_found_by_its_fingerprint(tmp_path: Path) -> None:
    """Same parts, same record; other parts, none."""
    store = RecordStore(tmp_path)
    store.put(RECORD)
    assert store.find("a/b", of({"python": "3"})) == RECORD
    assert store.find("a/b", of({"python": "4"})) is None


def test_a_record_that_read_files_is_found_through_them(tmp_path: Path) -> None:
    """Only the record knows its inputs, and the fingerprint depends on them."""
    record = replace(RECORD, inputs=("d.csv",), fingerprint={"file d.csv": "1"})
    store = RecordStore(tmp_path)
    store.put(record)
    assert store.find("a/b", lambda inputs: {f"file {name}": "1" for name in inputs}) == record


def test_going_back_to_a_version_runs_nothing(tmp_path: Path) -> None:
    """An upgrade does not throw away the record of before."""
    store = RecordStore(tmp_path)
    newer = replace(RECORD, fingerprint={"python": "4"})
    store.put(RECORD)
    store.put(newer)
    assert store.find("a/b", of({"python": "3"})) == RECORD
    assert store.find("a/b", of({"python": "4"})) == newer


def test_old_records_are_dropped(tmp_path: Path) -> None:
    """The store does not grow for ever."""
    store = RecordStore(tmp_path)
    for number in range(KEEP + 3):
        store.put(replace(RECORD, fingerprint={"python": str(number)}))
    assert len(list((tmp_path / "cpu" / "a").iterdir())) == KEEP


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_damaged_entry_is_reported_once_and_dropped(tmp_path: Path, damage: bytes) -> None:
    """It is computed anew, and the next look finds nothing to report."""
    store = RecordStore(tmp_path)
    store.put(RECORD)
    (entry,) = (tmp_path / "cpu" / "a").iterdir()
    entry.write_bytes(damage)
    assert store.find("a/b", of({"python": "3"})) is None
    assert store.find("a/b", of({"python": "3"})) is None
    (error,) = store.damaged
    assert "it is computed anew" in str(error)


def test_a_failed_write_leaves_the_old_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader sees the old text or the new one, never a part of it."""
    store = RecordStore(tmp_path)
    store.put(RECORD)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        store.put(replace(RECORD, values={"x": 2}))
    assert store.find("a/b", of({"python": "3"})) == RECORD
    assert not list((tmp_path / "cpu" / "a").glob(".*"))


def test_a_failure_never_replaces_the_last_good_record(tmp_path: Path) -> None:
    """The page shows both: the error, and what was there before."""
    store = RecordStore(tmp_path)
    store.put(RECORD)
    store.put_failure("a/b", "it broke")
    assert (store.last("a/b"), store.failure("a/b")) == (RECORD, "it broke")
    store.put(RECORD)
    assert store.failure("a/b") is None


def test_damaged_timings_are_no_timings(tmp_path: Path) -> None:
    """They only order the work, so nothing is lost."""
    store = RecordStore(tmp_path)
    store.put_timings({"a/b": Timing(1.5, 20)})
    assert store.timings() == {"a/b": Timing(1.5, 20)}
    (tmp_path / "cpu" / "timings.json").write_text("{")
    assert store.timings() == {}


def test_timings_say_on_what_a_run_ran(tmp_path: Path) -> None:
    """Beside the records, which do not; a file from before that is read too."""
    store = RecordStore(tmp_path)
    timing = Timing(1.5, 20, "AVX2", "Intel Xeon, x86_64", "Linux, glibc 2.36")
    store.put_timings({"a/b": timing})
    assert store.timings() == {"a/b": timing}
    file = tmp_path / "cpu" / "timings.json"
    file.write_text('{"a/b": {"seconds": 1.5, "peak_mib": 20}}')
    assert store.timings() == {"a/b": Timing(1.5, 20)}
    store.put_timings({"a/c": timing})
    assert store.timings() == {"a/b": Timing(1.5, 20), "a/c": timing}
