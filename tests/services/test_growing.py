"""What grows outside under a hidden name is removed once nobody makes it; nothing else there is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.services.growing import growing, sweep
from reviewer.services.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def _left(workspace: Workspace, target: Path, *, folder: bool = False) -> tuple[Path, Path]:
    """What a killed program leaves: the hidden thing, and its note, which nobody holds."""
    with growing(workspace, target) as path:
        note = workspace.growing / f"{path.name.split('.')[-2]}.json"
        data = note.read_bytes()
    if folder:
        (path / "data").mkdir(parents=True)
        (path / "data" / "copy.mp4").write_bytes(b"film")
    else:
        path.write_bytes(b"film")
    note.write_bytes(data)
    return path, note


def _notes(workspace: Workspace) -> list[Path]:
    return list(workspace.growing.iterdir())


def test_its_note_is_there_before_it_and_gone_after_it(workspace: Workspace, out: Path) -> None:
    with growing(workspace, out / "copy.mp4") as path:
        assert not path.exists() and path.parent == out and path.name.startswith(".copy.mp4.")
        assert [json.loads(n.read_bytes())["path"] for n in _notes(workspace) if n.suffix == ".json"] == [str(path)]
        path.write_bytes(b"film")
    assert not list(out.iterdir()) and not _notes(workspace)


def test_what_breaks_off_leaves_nothing(workspace: Workspace, out: Path) -> None:
    with pytest.raises(KeyError), growing(workspace, out / "copy.mp4") as path:
        path.write_bytes(b"film")
        raise KeyError("broken off")
    assert not list(out.iterdir()) and not _notes(workspace)


@pytest.mark.parametrize("folder", [False, True])
def test_what_an_ended_program_left_is_removed(workspace: Workspace, out: Path, folder: bool) -> None:
    others = [out / ".copy.mp4.part", out / ".copy.mp4.0123456789abcdef.part", out / "copy.mp4"]
    for each in others:
        each.write_bytes(b"not ours")
    path, _ = _left(workspace, out / "copy.mp4", folder=folder)
    assert sweep(workspace) == (path,)
    assert sorted(out.iterdir()) == sorted(others) and not _notes(workspace)
    assert sweep(workspace) == ()


def test_what_is_being_made_stays(workspace: Workspace, out: Path) -> None:
    with growing(workspace, out / "copy.mp4") as path:
        path.write_bytes(b"film")
        assert sweep(workspace) == () and path.exists()


def test_whoever_makes_the_next_file_clears_up(workspace: Workspace, out: Path) -> None:
    path, _ = _left(workspace, out / "copy.mp4")
    with growing(workspace, out / "other.mp4"):
        assert not path.exists()


def test_a_disk_that_is_not_there_is_waited_for(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    path, note = _left(workspace, out / "copy.mp4")
    away = tmp_path / "away"
    out.rename(away)
    assert sweep(workspace) == () and note.exists()
    out.mkdir()  # an empty folder where a disk is plugged in
    assert sweep(workspace) == () and note.exists()
    out.rmdir()
    away.rename(out)
    assert sweep(workspace) == (path,) and not _notes(workspace)


def test_a_note_that_was_changed_removes_nothing(workspace: Workspace, out: Path) -> None:
    path, note = _left(workspace, out / "copy.mp4")
    mine = out / "diary.txt"
    mine.write_text("mine")
    note.write_text(json.dumps({"v": 1, "folder": out.stat().st_ino, "path": str(mine)}))
    assert sweep(workspace) == () and mine.exists() and path.exists() and not note.exists()
    (workspace.growing / "0123456789abcdef.json").write_text("not JSON")
    (workspace.growing / "notes.json").write_text("somebody’s")
    assert sweep(workspace) == () and [n.name for n in _notes(workspace)] == ["notes.json"]


def test_what_a_link_leads_to_stays(workspace: Workspace, out: Path, tmp_path: Path) -> None:
    path, _ = _left(workspace, out / "copy.mp4")
    path.unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("mine")
    path.symlink_to(elsewhere)
    sweep(workspace)
    assert (elsewhere / "kept").exists() and not path.is_symlink()


def test_a_long_name_fits(workspace: Workspace, out: Path) -> None:
    with growing(workspace, out / f"{'ä' * 120}.mp4") as path:
        path.write_bytes(b"film")
        assert path.exists()


def test_a_folder_that_cannot_be_is_said(workspace: Workspace, out: Path) -> None:
    (out / "file").write_text("")
    with pytest.raises(ReviewerError), growing(workspace, out / "file" / "copy.mp4"):
        pass
    assert not workspace.growing.exists()
