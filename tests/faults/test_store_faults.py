"""Every fault of the table, in its quick form, on the engines that the tests of stores use too.

`python -m tests.faults` plays them in full: twenty kills, pauses as long as they are, a store that stays busy.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.store_faults import FAULTS, Fault, play

_PLAYED = [(fault, kind) for kind in ("ceph", "seaweed", "folder", "ceph3") for fault in FAULTS if fault.quick]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [pytest.param(f, kind, id=f"{f.name}, {kind}") for f, kind in _PLAYED if kind in f.engines],
)
def test_it_is_survived(request: pytest.FixtureRequest, tmp_path: Path, fault: Fault, kind: str) -> None:
    engine = None if kind == "folder" else request.getfixturevalue(kind)
    play(fault, engine, tmp_path / "site", quick=True)
