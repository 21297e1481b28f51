"""The workspace: its layout, its locks, and writing that is whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer import config
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.services.disk import InUse, NoRoom, write_atomically
from reviewer.services.workspace import NotSetUp, Seen, Setup, Workspace

SETUP = Setup("root+key", "ws-1", "../store")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


def test_the_home_is_chosen_or_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path))
    assert config.home() == tmp_path
    monkeypatch.delenv("REVIEWER_HOME")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert config.home() == tmp_path / "data" / "reviewer"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert config.home() == tmp_path / "local" / "Reviewer"
    monkeypatch.setattr("sys.platform", "darwin")
    assert config.home().parts[-3:] == ("Library", "Application Support", "Reviewer")


def test_a_machine_is_set_up_once_and_for_one_agency(workspace: Workspace) -> None:
    with pytest.raises(NotSetUp, match="not set up"):
        workspace.setup()
    workspace.set_up(SETUP)
    assert workspace.setup() == SETUP
    assert workspace.store_location() == str(workspace.home.parent / "store")
    workspace.set_up(Setup("root+key", "ws-1", "/elsewhere"))
    assert workspace.store_location() == "/elsewhere"
    with pytest.raises(NotSetUp, match="another agency"):
        workspace.set_up(Setup("other+key", "ws-1", "/elsewhere"))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"root": 1}'])
def test_a_damaged_set_up_is_said(workspace: Workspace, content: str) -> None:
    workspace.home.mkdir()
    workspace.setup_file.write_text(content)
    with pytest.raises(MalformedDocument):
        workspace.setup()


def test_a_damaged_note_of_the_newest_roster_is_no_leave_to_roll_back(workspace: Workspace) -> None:
    assert workspace.seen() == Seen()
    workspace.remember(Seen(7, "aa"))
    assert workspace.seen() == Seen(7, "aa")
    (workspace.home / "seen.json").write_text("")
    with pytest.raises(MalformedDocument):
        workspace.seen()


@pytest.mark.parametrize("name", ["", "../x", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n"])
def test_only_a_hash_names_an_object(workspace: Workspace, name: str) -> None:
    with pytest.raises(MalformedDocument):
        workspace.cached(name)


@pytest.mark.parametrize("user", ["", "..", "../x", "a/b", "a\\b", ".hidden", "a\0"])
def test_a_users_id_cannot_leave_the_workspace(workspace: Workspace, user: str) -> None:
    with pytest.raises(MalformedDocument):
        workspace.key_file(user)
    with pytest.raises(MalformedDocument):
        workspace.user(user)


def test_a_second_window_of_the_same_person_is_refused_and_of_another_is_not(workspace: Workspace) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom reviewer.services.workspace import Workspace\n"
        "from reviewer.domain.errors import ReviewerError\n"
        "try:\n  with Workspace(Path(sys.argv[1])).lock(sys.argv[2]): print('held')\n"
        "except ReviewerError as e: print(e)\n"
    )

    def other(user: str) -> str:
        words = [sys.executable, "-c", script, str(workspace.home), user]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    with workspace.lock("salo"):
        assert other("salo").startswith("Reviewer is already open for salo")
        assert other("aro") == "held\n"
        with pytest.raises(InUse), workspace.lock("salo"):
            pass
    assert other("salo") == "held\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder" / "file.json"
    write_atomically(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o600

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom, match=r"no room left for file\.json"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReviewerError, match="cannot be used"):
        write_atomically(tmp_path / "file" / "below" / "x", b"")
