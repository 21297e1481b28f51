"""Founding: the agency's keys, its first roster and its workstations, from files that a person can write.

A people file is a JSON array of {id, name, badge, roles, key}: `key` is the path of that person's key file (only its
public halves are read), relative to the people file; or `signing` and `sealing` stand there as `reviewer key new`
printed them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.audit.note import vkey
from reviewer.domain.errors import MalformedDocument, NotInStore, ReviewerError
from reviewer.domain.roster import Banner, CustodyKey, Role, Roster, User, Workstation
from reviewer.domain.timebase import SECOND, Utc
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys, PublicKeys
from reviewer.services import custody
from reviewer.services.clock import utc_now
from reviewer.services.trust import Trust
from reviewer.services.witness import WitnessFolder
from reviewer.services.workspace import Setup, Workspace
from reviewer.stores.base import locate

_YEAR = 365 * 86_400 * SECOND
BANNER = "This system is for authorised use. Every log-on, every view and every mark becomes an entry in a signed log."


def new_key_file(path: Path, user: str, passphrase: str) -> PrivateKeys:
    """New keys in a new file. An existing file is never replaced: what it opens would be lost."""
    if path.exists():
        raise ReviewerError(f"{path} is there already.", "Name another file, or use this one.")
    if not passphrase:
        raise ReviewerError("An empty passphrase protects nothing.", "Choose a longer one.")
    keys = keyring.new_keys(user)
    keyring.save(path, keys, passphrase)
    return keys


def key_file(path: Path, user: str, passphrase: str) -> PrivateKeys:
    """The keys in this file; made if there is none."""
    return keyring.unlock(path, passphrase) if path.exists() else new_key_file(path, user, passphrase)


def public_entry(keys: PrivateKeys) -> dict[str, str]:
    """The public halves, as a people file takes them."""
    public = keys.public
    return {"id": public.user, "signing": base64.b64encode(public.signing).decode(), "sealing": public.sealing}


def set_up_station(workspace: Workspace, *, root: str, station: str, store: str) -> str:
    """Set this workspace up, with a station key and a witness's key if it has none. Returns the station's public key,
    base64."""
    location = store if "://" in store else str(Path(store).expanduser().absolute())
    Trust(locate(location), root, workspace)  # refuses a root that is no key, before anything is written
    workspace.set_up(Setup(root, station, location))
    witness_vkey(workspace)
    return base64.b64encode(_station_key(workspace).public_key().public_bytes_raw()).decode()


def witness_vkey(workspace: Workspace) -> str:
    """The key with which this workstation witnesses other people's logs when it syncs; made if there is none."""
    folder = WitnessFolder(workspace.witness)
    return folder.cosigner().vkey if folder.exists else folder.make_key(workspace.setup().station)


def _station_key(workspace: Workspace) -> Ed25519PrivateKey:
    try:
        return keyring.load_station(workspace.station_key)
    except NotInStore:
        key = Ed25519PrivateKey.generate()
        keyring.save_station(workspace.station_key, key)
        return key


def found(
    workspace: Workspace,
    location: str,
    agency: str,
    title: str,
    root: PrivateKeys,
    custody_key: PrivateKeys,
    *,
    people: Path | None,
    station: str,
) -> Roster:
    """Make a store with its first roster, and set this workspace up as its first workstation."""
    users = [] if people is None else read_people(people, agency)
    root_vkey = custody.root_vkey(agency, root.signing)
    set_up_station(workspace, root=root_vkey, station=station, store=location)
    now = utc_now()
    return custody.found_agency(
        locate(location),
        root.signing,
        custody.Agency(agency, title, Banner(BANNER, 1, now)),
        users=users,
        workstations=[custody.station_entry(agency, station, station, _station_key(workspace))],
        custody_keys=[CustodyKey(custody_key.user, custody_key.public.sealing)],
        expires=Utc(now + _YEAR),
    )


def add(
    trust: Trust,
    root: PrivateKeys,
    *,
    people: Path | None,
    stations: Sequence[tuple[str, str]],
    record: custody.Record | None = None,
) -> Roster:
    """The next roster, with these people and these (station id, public key in base64)."""
    roster = trust.refresh()
    agency = roster.agency
    users = [] if people is None else custody.newcomers(roster, read_people(people, agency))
    entries = [Workstation(id_, id_, vkey(f"{agency}/{id_}", _raw(public, id_))) for id_, public in stations]
    what = ", ".join([*(f"{u.name} ({u.id})" for u in users), *(w.id for w in entries)]) + " added."
    return custody.amend_roster(
        trust, root.signing, users=users, workstations=entries, expires=Utc(utc_now() + _YEAR), what=what, record=record
    )


def read_people(path: Path, agency: str) -> list[User]:
    """The people of a people file. Raises MalformedDocument naming the first that is not as it should be."""
    try:
        listed = json.loads(path.read_bytes())
    except OSError as wrong:
        raise ReviewerError(f"{path} cannot be read: {wrong.strerror}.", "Check its path and your rights.") from wrong
    except (ValueError, RecursionError) as wrong:
        raise MalformedDocument(f"{path} is not JSON.", "Write an array of people.") from wrong
    if not isinstance(listed, list):
        raise MalformedDocument(f"{path} is not an array of people.", "Write one, even for one person.")
    return [_person(each, i, path, agency) for i, each in enumerate(listed)]


def _person(each: Any, i: int, path: Path, agency: str) -> User:  # noqa: ANN401 - whatever the file holds
    try:
        roles = [Role(role) for role in each["roles"]]
        id_, name, badge = str(each["id"]), str(each["name"]), str(each["badge"])
        if "key" in each:
            public = keyring.public_of(path.parent / str(each["key"]))
        else:
            public = PublicKeys(id_, _raw(str(each["signing"]), id_), str(each["sealing"]))
    except (KeyError, TypeError, ValueError) as wrong:
        raise MalformedDocument(
            f"Person {i + 1} in {path.name} is not as it should be: {wrong}.",
            "Each has id, name, badge, roles, and a key file or signing and sealing keys.",
        ) from wrong
    if public.user != id_:
        raise MalformedDocument(f"The key of {id_} in {path.name} is {public.user}’s.", "Name the right key file.")
    return custody.user_entry(agency, public, name, badge, roles)


def _raw(public: str, whose: str) -> bytes:
    try:
        raw = base64.b64decode(public, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 32:
        raise MalformedDocument(f"The public key of {whose} is no Ed25519 key.", "Copy it as it was printed.")
    return raw


def recordings_for(trust: Trust, named: Sequence[str], incidents: Sequence[str]) -> list[str]:
    """The recordings named, and all that carry one of these incident numbers, stills beside them included. Raises
    ReviewerError if there are none."""
    wanted = dict.fromkeys(named)
    everything = trust.manifests().good
    numbers = set(incidents)
    for manifest in sorted(everything, key=lambda m: (m.range.start, m.recording_id)):
        if numbers.intersection(manifest.incidents) or manifest.still_of in wanted:
            wanted.setdefault(manifest.recording_id)
    if not wanted:
        raise ReviewerError("No recording was named.", "Name them with --recording or --incident.")
    return list(wanted)
