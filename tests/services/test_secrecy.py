"""Whoever may read every byte of the store and is assigned to nothing learns ids, times, sizes, and words of fixed
lists (a kind of entry, a purpose, a role); the roster names the agency's people, by design."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from reviewer.domain.assignment import Purpose
from reviewer.domain.errors import AccessRefused, IntegrityError
from reviewer.domain.events import AccessDenied, BookmarkAdded
from reviewer.domain.recording import NOT_SHOWN
from reviewer.domain.roster import Role
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.sealing import keyring, stream
from reviewer.services import custody
from reviewer.services.custody import CustodyGrants, Grants
from reviewer.services.footage import Footage
from reviewer.services.ingest import Station, ingest
from reviewer.services.queue import case_manifests, read_queue
from reviewer.services.session import Session, log_on
from reviewer.services.vault import Vault
from tests.services.agency import CASE, NOW, Agency, keys, station_key
from tests.services.test_ingest import docked

SECRETS = (
    "Niemi",
    "A. Niemi",
    "Body 2",
    "B2-1",
    "disturbance",
    "incident over",
    "N1.mp4",
    "N2.mp4",
    "N.csv",
    "N.jpg",
    "csv",
    "60.17",
    "6017000",
    "Aleksanterinkatu",
    "Mikonkatu",
    "a shove at the door",
    "Complaint of Mrs. Virtanen",
    "her lawyer called",
    "he draws his baton",
    "conflict of interest",
    "new unit",
    "a good example of calm",
    "an informant is seen",
    "not yours to open",
)
"""What was said somewhere on the way into this store: no byte of it may stand in the open."""
WHO = "correct horse"


def test_who_reads_the_whole_store_and_is_assigned_nothing_learns_no_word(used: Agency) -> None:
    objects = {path: used.store.get(path) for path in used.store.list("")}
    assert {p.split("/")[0] for p in objects} == {
        *("roster", "recordings", "objects", "assignments", "releases", "pending", "logs")
    }
    found = {
        (word, path)
        for path, data in objects.items()
        for text in _layers(path.encode() + b"\n" + data)
        for word in SECRETS
        if _says(text, word)
    }
    assert found == set()


def test_the_search_finds_a_word_wherever_it_stands_and_no_chance_in_what_is_sealed() -> None:
    for word in SECRETS:
        said = json.dumps({"a": word, "b": 1}).encode()
        assert any(_says(text, word) for text in _layers(said)), word
        assert any(_says(text, word) for text in _layers(base64.b64encode(b"\n" + said))), word
        assert _says(b"\xff\xfe" + word.encode("utf-16-le"), word)
    assert not _says(b"QUJDcsvRQUJD", "csv")
    assert not _says(b"\x91\xf0csv\x80", "csv")


def test_nothing_that_lies_in_the_open_is_a_key(used: Agency) -> None:
    """Every 32 bytes in the documents and logs, however they are written, against every sealed object and body."""
    sealed: dict[str, bytes] = {}
    open_: set[bytes] = set()
    for path in used.store.list(""):
        data = used.store.get(path)
        if path.startswith("objects/") or "/bodies/" in path:
            sealed[path] = data
        else:
            open_ |= {key for text in _layers(data) for key in _keys_in(text)}
    assert len(open_) > 50
    assert len(sealed) > 10
    recordings = [m.recording_id for m in used.trust().manifests().good]
    for path, data in sealed.items():
        names = recordings if path.startswith("objects/") else [path.rpartition("/")[2]]
        for key in open_:
            for name in names:
                with pytest.raises(IntegrityError):
                    stream.open_bytes(data[: 1 << 16], key, name.encode())


def test_a_colleague_without_an_assignment_opens_nothing_and_sees_ids(used: Agency) -> None:
    trust = used.trust()
    falk = Grants(trust, keys("falk"), now=lambda: used.now)
    for assignment in trust.assignments().good:
        shown = falk.assignment(assignment)
        assert (shown.title, shown.reason) == (assignment.case_id, "")
        for manifest in falk.manifests(assignment, trust.manifests().good):
            assert manifest.officer in ("2214", NOT_SHOWN)
            assert (manifest.device.make, manifest.event_type, manifest.stop, manifest.place) == ("", "", None, None)
            with pytest.raises(AccessRefused):
                falk.data_key(assignment.case_id, manifest.recording_id)
        with pytest.raises(AccessRefused):
            falk.case_key(assignment.case_id)
    assert read_queue(trust, used.workspace, "falk", grants=falk).cases == ()


def test_who_is_assigned_reads_it_all_and_so_does_custody(used: Agency) -> None:
    trust = used.trust()
    aro = Grants(trust, keys("aro"), now=lambda: used.now)
    shown = aro.assignment(trust.assignment(CASE))
    assert (shown.title, shown.reason) == ("Aleksanterinkatu × Mikonkatu", "Complaint of Mrs. Virtanen")
    made, still = case_manifests(trust, shown, aro).good
    assert (made.officer, made.device.serial, made.event_type) == ("Ofc. A. Niemi 2214", "B2-1", "disturbance")
    assert ([p.name for p in made.parts], still.parts[0].name) == (["N1.mp4", "N2.mp4"], "N.jpg")
    assert [(t.name, t.format) for t in made.tracks] == [("N.csv", "csv")]
    assert trust.vouches_for(made)
    assert CustodyGrants(trust, keys("custody")).manifests(None, [trust.manifest(made.recording_id)]) == (made,)
    footage = Footage(Vault(used.workspace, trust, aro, lambda _: None), trust, used.workspace, shown)
    assert footage.cameras()[0].manifest.officer == "Ofc. A. Niemi 2214"


def test_documents_of_earlier_versions_are_read_as_they_are(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    old, new = agency.recording("r1", b"one"), agency.recording("r2", b"two", sealed=True)
    agency.assign("r1", "r2")
    trust = agency.trust()
    assert (old.v, new.v) == (1, 2)
    assert trust.manifest("r1") == old
    assert trust.manifest("r2").officer == "2214"
    salo = Grants(trust, keys("salo"), now=lambda: agency.now)
    assert case_manifests(trust, trust.assignment(CASE), salo).good == (old, new)
    bare = trust.assignment(CASE)
    assert (bare.v, bare.title) == (2, CASE)


# -- a store that was used -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Agency:
    """Footage taken in, assigned, looked at, handed on, released, waiting, and everybody's logs published."""
    folder = tmp_path_factory.mktemp("secrecy")
    agency = Agency(folder)
    for who in ("salo", "aro", "hill"):
        keyring.save(agency.workspace.key_file(who), keys(who), WHO)
    keyring.save_station(agency.workspace.station_key, station_key())
    card = docked(folder / "card")
    made, still = (
        i.manifest for i in ingest([card], agency.trust(), Station("ws-1", station_key()), now=lambda: NOW).recordings
    )
    with _logged_on(agency, "aro") as aro:
        _assign(aro, {made.recording_id: None, still.recording_id: None})
        custody.release_for_training(
            aro.trust, [made.recording_id], aro.keys, reason="a good example of calm", record=aro.journal.record
        )
    with _logged_on(agency, "salo") as salo:
        salo.open_case(CASE)
        salo.state_reason(CASE, "a shove at the door", "her lawyer called").result()
        at = TimeRange(NOW, Utc(NOW + SECOND))
        salo.journal.record(BookmarkAdded(CASE, "b1", at, (), "moment", "he draws his baton")).result()
        salo.journal.record(AccessDenied("open the case", "not yours to open", case=CASE)).result()
    with _logged_on(agency, "aro") as aro:
        record = aro.journal.record
        custody.take_off(aro.trust, CASE, "salo", aro.keys, "conflict of interest", record=record)
        agency.recording("r9", b"an informant", sealed=True, restricted="an informant is seen")
        _propose(aro, "r9", made.recording_id)
    return agency


@contextmanager
def _logged_on(agency: Agency, who: str) -> Iterator[Session]:
    """A session whose logs are published at its end."""
    session = log_on(agency.workspace, agency.trust(), who, WHO, now=lambda: agency.now)
    yield session
    session.log_off()
    session.publisher.publish()
    session.station_publisher().publish()


def _assign(aro: Session, recordings: dict[str, TimeRange | None]) -> None:
    order = custody.Order(
        CASE,
        "Aleksanterinkatu × Mikonkatu",
        {"salo": Role.INVESTIGATOR, "aro": Role.SUPERVISOR},
        recordings,
        Purpose.COMPLAINT,
        "Complaint of Mrs. Virtanen",
    )
    custody.assign(aro.trust, order, aro.keys, keys("custody"), record=aro.journal.record)


def _propose(aro: Session, *recordings: str) -> None:
    members = {"salo": Role.INVESTIGATOR}
    order = custody.Order("CR-2", "Mikonkatu", members, dict.fromkeys(recordings), Purpose.COMPLAINT, "new unit")
    custody.propose(aro.trust, order, aro.keys, keys("custody"), record=aro.journal.record)


# -- reading as a stranger reads -------------------------------------------------------------------------------------

_B64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(rb"\b[0-9a-f]{64}\b")


def _says(text: bytes, word: str) -> bool:
    """Whether the word stands there. Sealed bytes hold every three letters sooner or later (one chance in 17 million a
    byte, in base64 one in 262,144): a short word counts in text only, and there only as a word."""
    if word.encode("utf-16-le") in text:
        return True
    if len(word) > 6:
        return word.encode() in text
    try:
        return re.search(rf"(?<![A-Za-z0-9+/]){re.escape(word)}(?![A-Za-z+/=])", text.decode()) is not None
    except UnicodeDecodeError:
        return len(word) > 4 and word.encode() in text


def _layers(data: bytes, depth: int = 4) -> Iterator[bytes]:
    """The bytes, and what they hold in base64, in that again; JSON escapes undone."""
    yield data
    with suppress(ValueError):
        yield json.dumps(json.loads(data), ensure_ascii=False).encode()
    if depth and b"\x00" not in data[:64]:
        for match in _B64.finditer(data):
            with suppress(binascii.Error, ValueError):
                yield from _layers(base64.b64decode(match[0] + b"=" * (-len(match[0]) % 4)), depth - 1)


def _keys_in(text: bytes) -> Iterator[bytes]:
    yield from (bytes.fromhex(m[0].decode()) for m in _HEX.finditer(text))
    for size in (32, 33, 36, 44, 60, 64, 65):  # raw keys, and what has a prefix or a tag around one
        if len(text) == size:
            yield text[:32]
            yield text[-32:]
