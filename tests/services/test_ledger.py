"""The ledger: what was hashed in full is known in the next session, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.sealing.keyring import save_station
from reviewer.services import ledger as ledger_module
from reviewer.services import vault as vault_module
from reviewer.services.custody import Grants
from reviewer.services.ledger import Ledger
from reviewer.services.quarantine import digest
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from reviewer.services.workspace import Workspace
from tests.services.agency import CASE, Agency, flip, keys, station_key


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "home")
    save_station(made.station_key, station_key())
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "object"
    path.write_bytes(b"sealed bytes")
    return path


def let_the_clock_tick(file: Path) -> None:
    """Kernels stamp files by a coarse clock: what is changed from now on gets another time than the file has."""
    probe = file.with_name("tick")
    while True:
        probe.write_bytes(b"")
        if probe.stat().st_ctime_ns > file.stat().st_ctime_ns:
            return
        probe.unlink()


def lines(workspace: Workspace) -> Path:
    return workspace.home / "verified.ledger"


def test_what_was_noted_is_known_after_a_restart(workspace: Workspace, file: Path) -> None:
    Ledger(workspace).note("a" * 64, file.stat())
    assert Ledger(workspace).knows("a" * 64, file.stat())
    assert not Ledger(workspace).knows("b" * 64, file.stat())
    assert lines(workspace).stat().st_mode & 0o077 == 0


def test_another_window_sees_it_at_once(workspace: Workspace, file: Path) -> None:
    one, two = Ledger(workspace), Ledger(workspace)
    assert not two.knows("x", file.stat())
    one.note("x", file.stat())
    assert two.knows("x", file.stat())


@pytest.mark.parametrize("touch", ["byte", "mtime put back", "rights", "copy"])
def test_a_file_that_was_touched_is_not_known(workspace: Workspace, file: Path, touch: str) -> None:
    before = file.stat()
    Ledger(workspace).note("x", before)
    let_the_clock_tick(file)
    if touch == "rights":
        file.chmod(0o640)
    elif touch == "copy":
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)
    else:
        flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # a program can set this back; ctime it cannot
    assert not Ledger(workspace).knows("x", file.stat())


@pytest.mark.parametrize("how", ["another mac", "another name", "another number", "no mac", "not ours"])
def test_a_line_with_a_wrong_mac_counts_for_nothing(workspace: Workspace, file: Path, how: str) -> None:
    Ledger(workspace).note("x", file.stat())
    text = lines(workspace).read_bytes().strip()
    said, _, mac = text.rpartition(b" ")
    forged = {
        "another mac": said + b" " + bytes(reversed(mac)),
        "another name": said.replace(b" x ", b" y ") + b" " + mac,
        "another number": said[:-1] + (b"1 " if said.endswith(b"0") else b"0 ") + mac,
        "no mac": said,
        "not ours": os.urandom(80).replace(b"\n", b"") + b"\xff",
    }[how]
    lines(workspace).write_bytes(forged + b"\n")
    again = Ledger(workspace)
    assert not again.knows("x", file.stat())
    assert not again.knows("y", file.stat())


def test_another_stations_ledger_counts_for_nothing(workspace: Workspace, file: Path) -> None:
    Ledger(workspace).note("x", file.stat())
    save_station(workspace.station_key, station_key("ws-2"))
    assert not Ledger(workspace).knows("x", file.stat())


def test_a_torn_line_costs_itself_only(workspace: Workspace, file: Path) -> None:
    Ledger(workspace).note("x", file.stat())
    with lines(workspace).open("ab") as torn:
        torn.write(b"v1 y 12 3")
    Ledger(workspace).note("z", file.stat())
    again = Ledger(workspace)
    assert again.knows("x", file.stat()) and again.knows("z", file.stat())
    assert not again.knows("y", file.stat())


def test_what_is_doubted_is_hashed_again(workspace: Workspace, file: Path) -> None:
    known = Ledger(workspace)
    known.note("x", file.stat())
    known.doubt("x")
    assert not known.knows("x", file.stat())
    assert not Ledger(workspace).knows("x", file.stat())
    known.note("x", file.stat())
    assert Ledger(workspace).knows("x", file.stat())


def test_without_a_station_key_it_holds_for_this_run(tmp_path: Path, file: Path) -> None:
    workspace = Workspace(tmp_path / "nothing")
    known = Ledger(workspace)
    known.note("x", file.stat())
    assert known.knows("x", file.stat())
    assert not Ledger(workspace).knows("x", file.stat())
    assert not workspace.home.exists()


def test_a_disk_that_refuses_is_no_trouble(workspace: Workspace, file: Path) -> None:
    lines(workspace).mkdir()
    known = Ledger(workspace)
    known.note("x", file.stat())
    assert known.knows("x", file.stat())


def test_old_lines_are_left_out_when_there_are_too_many(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "_STALE", 5)
    watching, writing = Ledger(workspace), Ledger(workspace)
    for _ in range(40):
        writing.note("x", file.stat())
        writing.note("y", file.stat())
        assert watching.knows("x", file.stat())
    assert len(lines(workspace).read_bytes().split()) < 20 * 8
    assert Ledger(workspace).knows("y", file.stat())


_WRITER = """
import sys
from pathlib import Path
from reviewer.services.ledger import Ledger
from reviewer.services.workspace import Workspace
known = Ledger(Workspace(Path(sys.argv[1])))
for n in range(60):
    known.note(f"{sys.argv[3]}-{n}", Path(sys.argv[2]).stat())
"""


def test_many_writers_lose_nothing(workspace: Workspace, file: Path) -> None:
    command = [sys.executable, "-c", _WRITER, str(workspace.home), str(file)]
    running = [subprocess.Popen([*command, who]) for who in "abc"]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    again = Ledger(workspace)
    assert all(again.knows(f"{who}-{n}", file.stat()) for who in "abc" for n in range(60))


# -- in the vault ----------------------------------------------------------------------------------------------------


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def counting(file: object) -> str:
        found.append(digest(file))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(vault_module, "digest", counting)
    return found


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], bytes]:
    """Opens part 1 in a session of its own, and gives its plaintext."""
    agency = Agency(tmp_path)
    save_station(agency.workspace.station_key, station_key())
    manifest = agency.recording("r1", b"footage" * 400_000)
    agency.assign("r1")
    Sync(agency.workspace, agency.store, lambda _: None).fetch(CASE, [manifest])

    def open_() -> bytes:
        trust = agency.trust()
        vault = Vault(agency.workspace, trust, Grants(trust, keys("salo")), lambda _: None)
        with vault.open(manifest, manifest.parts[0], CASE).open() as file:
            return file.read()

    return open_


def test_what_sync_hashed_while_it_came_is_not_hashed_again(opened: Callable[[], bytes], hashed: list[str]) -> None:
    assert opened() == opened() == b"footage" * 400_000
    assert hashed == []


def test_without_the_ledger_it_is_hashed_once_for_all_sessions(
    opened: Callable[[], bytes], hashed: list[str], tmp_path: Path
) -> None:
    (tmp_path / "home" / "verified.ledger").unlink()
    opened()
    opened()
    assert len(hashed) == 1
