"""Founding from files that a person writes: whole, or one sentence and nothing changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.domain.errors import AlreadyInStore, MalformedDocument, ReviewerError, WrongPassphrase
from reviewer.domain.roster import Role, Roster
from reviewer.services import custody, founding
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.folder import FolderStore

AGENCY = "altona.example"


def _person(folder: Path, who: str, **changed: object) -> dict[str, object]:
    keys = founding.new_key_file(folder / f"{who}.json", who, "secret")
    public = founding.public_entry(keys)
    return {**public, "name": who.title(), "badge": "7", "roles": ["investigator"], **changed}


def _people(folder: Path, *people: object) -> Path:
    path = folder / "people.json"
    path.write_text(json.dumps(people))
    return path


def _found(folder: Path, people: Path | None) -> Roster:
    root, held = (founding.new_key_file(folder / f"{k}.key", k, "secret") for k in ("root", "custody"))
    workspace = Workspace(folder / "home")
    return founding.found(
        workspace, str(folder / "store"), AGENCY, "Altona Police", root, held, people=people, station="ws-1"
    )


def _trust(folder: Path) -> Trust:
    workspace = Workspace(folder / "home")
    return Trust(FolderStore(folder / "store"), workspace.setup().root, workspace)


def test_a_store_is_founded_and_its_workstation_trusts_it(tmp_path: Path) -> None:
    made = _found(tmp_path, _people(tmp_path, _person(tmp_path, "anna"), _person(tmp_path, "ben", roles=["custodian"])))
    roster = _trust(tmp_path).roster()
    assert roster == made
    assert [(u.id, u.roles) for u in roster.users] == [("anna", (Role.INVESTIGATOR,)), ("ben", (Role.CUSTODIAN,))]
    with pytest.raises(AlreadyInStore):
        founding.found(
            Workspace(tmp_path / "home"),
            str(tmp_path / "store"),
            AGENCY,
            "Again",
            founding.key_file(tmp_path / "root.key", "root", "secret"),
            founding.key_file(tmp_path / "custody.key", "custody", "secret"),
            people=None,
            station="ws-1",
        )
    assert _trust(tmp_path).roster() == made


def test_people_and_stations_are_added_in_the_next_version(tmp_path: Path) -> None:
    _found(tmp_path, None)
    second = Workspace(tmp_path / "second")
    root = founding.key_file(tmp_path / "root.key", "root", "secret")
    public = founding.set_up_station(
        second, root=custody.root_vkey(AGENCY, root.signing), station="ws-2", store=str(tmp_path / "store")
    )
    people = _people(tmp_path, {"key": "cleo.json", "id": "cleo", "name": "Cleo", "badge": "9", "roles": ["auditor"]})
    founding.new_key_file(tmp_path / "cleo.json", "cleo", "secret")
    roster = founding.add(_trust(tmp_path), root, people=people, stations=[("ws-2", public)])
    assert roster.version == 2
    assert [w.id for w in roster.workstations] == ["ws-1", "ws-2"]
    assert [u.id for u in roster.users] == ["cleo"]
    assert _trust(tmp_path).roster() == roster


@pytest.mark.parametrize(
    "people",
    ["not json", "{}", '[{"id": "x"}]', '[{"id": "x", "name": "X", "badge": "1", "roles": ["king"], "key": "x.json"}]'],
)
def test_a_broken_people_file_is_a_sentence_and_founds_nothing(tmp_path: Path, people: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(people)
    with pytest.raises(MalformedDocument) as refused:
        _found(tmp_path, path)
    assert refused.value.next_step
    assert not (tmp_path / "store").exists()


def test_anothers_key_file_is_refused(tmp_path: Path) -> None:
    founding.new_key_file(tmp_path / "dora.json", "dora", "secret")
    entry = {"id": "emil", "name": "Emil", "badge": "2", "roles": ["investigator"], "key": "dora.json"}
    with pytest.raises(MalformedDocument, match="is dora’s"):
        _found(tmp_path, _people(tmp_path, entry))


def test_a_key_file_is_never_replaced_and_an_empty_passphrase_refused(tmp_path: Path) -> None:
    path = tmp_path / "anna.json"
    founding.new_key_file(path, "anna", "secret")
    before = path.read_bytes()
    with pytest.raises(ReviewerError, match="there already"):
        founding.new_key_file(path, "anna", "other")
    with pytest.raises(WrongPassphrase):
        founding.key_file(path, "anna", "other")
    assert path.read_bytes() == before
    with pytest.raises(ReviewerError, match="protects nothing"):
        founding.new_key_file(tmp_path / "new.json", "new", "")
