"""Lock: pins that every machine can install."""

from __future__ import annotations

from attest.lock import without_local_tags


def test_local_version_tags_are_cut() -> None:
    """A CPU build here and a CUDA build there are the same version."""
    assert without_local_tags("# c\nnumpy==2.4.6\ntorch==2.13.0+cpu\n") == (
        "numpy==2.4.6\ntorch==2.13.0\n"
    )
