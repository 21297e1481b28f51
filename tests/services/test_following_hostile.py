"""Logs that lie, and stores that lie about logs: one origin stops with a sentence, the others go on, and nothing that
was verified before is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.audit.entry import Entry
from reviewer.audit.merkle import node_hash, tree_root
from reviewer.audit.note import Checkpoint, Signer, sign_note, split_note
from reviewer.audit.tiles import Tile
from reviewer.domain.codec import encode
from reviewer.domain.event import Event, LogName
from reviewer.domain.events import ViewClosed
from reviewer.domain.roster import FormerKey, LogSize
from reviewer.services.following import Followed
from reviewer.services.journal import origin_of
from tests.services.agency import CASE, NAME, NOW, Agency, flip, keys
from tests.services.following_room import Desk, Hostile, agency_of, bookmark, reason, seen

MANY = 300


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return agency_of(tmp_path)


def _folder(agency: Agency, who: str, log: str = "work") -> Path:
    return agency.folder / "store" / "logs" / "helsinki.example" / "ws-1" / who / log / "1"


def _one(found: Followed) -> str:
    (problem,) = found.problems
    assert problem.next_step
    return problem.message


@pytest.fixture
def salo(agency: Agency) -> Desk:
    return Desk(agency, "salo").opens().does(reason(), bookmark("door"))


@pytest.fixture
def aro(agency: Agency, salo: Desk) -> Desk:
    """Has followed salo's logs."""
    desk = Desk(agency, "aro").opens()
    assert desk.follows().problems == ()
    return desk


def _put_back(agency: Agency, older: bytes, who: str = "salo", log: str = "work") -> None:
    agency.store.replace(f"logs/helsinki.example/ws-1/{who}/{log}/1/checkpoint", older)


def test_a_rolled_back_log_stops_alone_and_goes_on_when_it_is_put_right(agency: Agency, salo: Desk, aro: Desk) -> None:
    older = (_folder(agency, "salo") / "checkpoint").read_bytes()
    salo.does(bookmark("two"))
    aro.follows()
    newer = (_folder(agency, "salo") / "checkpoint").read_bytes()
    _put_back(agency, older)
    salo.journal.record(reason()).result()
    hill = Desk(agency, "hill").does(reason("CR-2026-0300"))
    found = aro.follows()
    assert _one(found).startswith("The work log of K. Salo 0417 on ws-1 is followed no further: ROLLBACK: 2 entries")
    assert aro.bookmarks() == ["door", "two"]
    assert hill.who in found.people
    assert _one(aro.following.known()) == _one(found)
    assert _one(aro.follows()) == _one(found)
    _put_back(agency, newer)
    assert aro.follows().problems == ()


def test_a_fork_is_kept_with_the_note_that_proves_it_and_is_not_forgiven(agency: Agency, salo: Desk, aro: Desk) -> None:
    before = (_folder(agency, "salo") / "checkpoint").read_bytes()
    saved = {path: path.read_bytes() for path in _folder(agency, "salo").rglob("*") if path.is_file()}
    for path in saved:
        path.unlink()
    key = salo.case_keys.open(CASE)[0]
    lie = Hostile(agency, "salo")
    for n in range(3):
        lie.says(json.dumps(encode(bookmark(f"lie {n}"))).encode(), key, kind="bookmark_added", lamport=n)
    lie.publishes()
    found = aro.follows()
    assert "FORK: the first 1 entries of" in _one(found)
    assert aro.bookmarks() == ["door"]
    for path in [p for p in _folder(agency, "salo").rglob("*") if p.is_file()]:
        path.unlink()
    for path, data in saved.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert before == (_folder(agency, "salo") / "checkpoint").read_bytes()
    assert "FORK" in _one(aro.follows())
    aro.following.start_again()
    assert "FORK" in _one(aro.follows())


def test_a_checkpoint_that_another_key_signed_is_none(agency: Agency, salo: Desk, aro: Desk) -> None:
    note = (_folder(agency, "salo") / "checkpoint").read_bytes()
    salo.does(bookmark("two"))
    _put_back(agency, note[:-6] + bytes([note[-6] ^ 1]) + note[-5:])
    assert "is followed no further" in _one(aro.follows())
    _put_back(agency, (_folder(agency, "salo", "access") / "checkpoint").read_bytes())
    assert "is followed no further" in _one(aro.follows())
    assert aro.bookmarks() == ["door"]


def test_a_log_taken_away_whole_is_missed(agency: Agency, salo: Desk, aro: Desk) -> None:
    (_folder(agency, "salo") / "checkpoint").unlink()
    assert _one(aro.follows()).endswith("followed no further: its checkpoint is gone from the store.")
    assert aro.bookmarks() == ["door"]


@pytest.mark.parametrize("which", ["tile/entries", "tile/0"])
@pytest.mark.parametrize("harm", ["flipped", "gone"])
def test_a_bundle_or_tile_that_is_not_what_was_signed(
    agency: Agency, salo: Desk, aro: Desk, which: str, harm: str
) -> None:
    salo.does(*(bookmark(f"b{n}") for n in range(MANY)))
    (path,) = (p for p in (_folder(agency, "salo") / which).rglob(f"{301 - 256}"))
    if harm == "gone":
        path.unlink()
    else:
        flip(path)
    assert "work log of K. Salo" in _one(aro.follows())
    assert set(aro.bookmarks()) <= {"door", *(f"b{n}" for n in range(MANY))}
    salo.does(reason())
    assert ("reason_stated", True) in aro.kinds("salo")
    aro.follows()
    assert [kind for kind, _ in aro.kinds("salo")].count("reason_stated") == 2  # his other log goes on


def test_who_leaves_the_roster_is_followed_no_further(agency: Agency, salo: Desk, aro: Desk) -> None:
    roster = agency.trust().roster()
    agency.put_roster(replace(roster, version=3, workstations=roster.workstations[1:]))
    found = Desk(agency, "aro").follows()
    assert {p.message.split(": ")[1] for p in found.problems} == {
        "the roster names nobody any more whose log this could be."
    }
    assert aro.bookmarks() == ["door"]


def _lies(agency: Agency, payload: bytes, *, kind: str = "bookmark_added", log: LogName = LogName.WORK) -> Followed:
    """hill, who is on the case, writes this; what aro makes of it."""
    salo = Desk(agency, "salo").opens()
    key = salo.case_keys(CASE)[0]
    liar = Hostile(agency, "salo", log)
    good = json.dumps(encode(bookmark("good"))).encode()
    liar.says(payload, key, kind=kind, lamport=5)
    liar.says(good if log is LogName.WORK else payload, key, kind="bookmark_added" if log is LogName.WORK else kind)
    liar.publishes()
    return Desk(agency, "aro").follows()


def _text(event: Event, **changed: object) -> bytes:
    return json.dumps({**encode(event), **changed}).encode()


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (_text(bookmark("x"), case="CR-2026-0999"), "says in its body that it is about another case"),
        (b"[]", "has a body that cannot be read"),
        (b"\xff\xfe", "has a body that cannot be read"),
        (b"[" * 40_000, "has a body that cannot be read"),
        (b"9" * 5_000, "has a body that cannot be read"),
        (_text(bookmark("x"), id="\ud800"), "holds values that cannot be"),
    ],
)
def test_a_body_that_lies_is_listed_and_not_folded(agency: Agency, payload: bytes, said: str) -> None:
    found = _lies(agency, payload)
    assert f"Entry 0 of helsinki.example/ws-1/salo/work/1 {said}." in _one(found)
    aro = Desk(agency, "aro")
    assert aro.bookmarks() == ["good"]
    assert aro.bookmarks("CR-2026-0999") == []
    assert aro.kinds("salo") == [("bookmark_added", False), ("bookmark_added", True)]
    assert aro.follows().problems == found.problems


def test_numbers_that_no_table_holds_are_not_folded(agency: Agency) -> None:
    shown = seen(0, 5)[1]
    assert isinstance(shown, ViewClosed)
    found = _lies(agency, _text(shown, rate_milli=10**30), kind="view_closed", log=LogName.ACCESS)
    assert {p.message.split("/1 ")[1] for p in found.problems} == {"holds values that cannot be."}


def test_a_shape_that_this_version_does_not_know_is_no_lie(agency: Agency) -> None:
    found = _lies(agency, b'{"case":"x"}')
    assert found.problems == ()
    assert Desk(agency, "aro").bookmarks() == ["good"]


def test_a_bookmark_in_an_access_log_is_none(agency: Agency) -> None:
    found = _lies(agency, _text(bookmark("x")), log=LogName.ACCESS)
    assert {p.message.split("/1 ")[1] for p in found.problems} == {
        "stands in the access log, where no such thing is written."
    }
    assert Desk(agency, "aro").bookmarks() == []


def test_who_was_never_on_the_case_changes_nothing_in_it(agency: Agency) -> None:
    """Whoever came by the case key some other way can write bodies that open."""
    key = Desk(agency, "salo").opens().case_keys(CASE)[0]
    Hostile(agency, "falk").says(_text(bookmark("planted")), key, kind="bookmark_added").publishes()
    aro = Desk(agency, "aro")
    assert f"changes {CASE}, which falk was never on" in _one(aro.follows())
    assert aro.bookmarks() == []


def test_another_body_than_the_one_committed_to_is_not_believed(agency: Agency) -> None:
    key = Desk(agency, "salo").opens().case_keys(CASE)[0]
    Hostile(agency, "salo").says(_text(bookmark("x")), key, kind="bookmark_added", salt=False).publishes()
    aro = Desk(agency, "aro")
    assert "has another body than the one it committed to" in _one(aro.follows())
    assert aro.bookmarks() == []


def test_a_body_that_was_removed_leaves_its_entry(agency: Agency, salo: Desk) -> None:
    salo.does(bookmark("two"))
    for path in sorted((_folder(agency, "salo") / "bodies").rglob("*")):
        if path.is_file():
            path.unlink()
    aro = Desk(agency, "aro")
    assert aro.follows().problems == ()
    assert aro.bookmarks() == []
    assert aro.kinds("salo")[-2:] == [("bookmark_added", False)] * 2


def test_an_absurd_clock_stops_its_log_and_does_not_move_anybody_elses(agency: Agency) -> None:
    salo = Desk(agency, "salo").opens()
    key = salo.case_keys(CASE)[0]
    liar = Hostile(agency, "salo")
    liar.says(_text(bookmark("good")), key, kind="bookmark_added", lamport=3)
    liar.says(_text(bookmark("ahead")), key, kind="bookmark_added", lamport=2**52)
    liar.says(_text(bookmark("after")), key, kind="bookmark_added", lamport=4)
    liar.publishes()
    aro = Desk(agency, "aro").opens()
    found = aro.follows()
    assert "Entry 1 counts 4,503,599,627,370,496 things that were done before it" in _one(found)
    assert aro.bookmarks() == ["good"]
    aro.does(bookmark("mine"))
    (mine,) = (e for e in aro.entries(user="aro"))
    assert mine.meta.lamport == 4
    assert _one(aro.follows()) == _one(found)


@pytest.mark.parametrize("case", ["", "../../etc", "x" * 3_000, "CR-2026-0142/../x"])
def test_a_case_may_be_called_anything(agency: Agency, case: str) -> None:
    liar = Hostile(agency, "salo", LogName.ACCESS)
    entry = Entry(at=NOW, mono=1, boot="b", lamport=1, kind="odd kind", case=case, body="0" * 64)
    liar.appends(entry.to_bytes()).publishes()
    hill = Desk(agency, "hill")
    found = hill.follows()
    assert [p.message.rpartition("/1 ")[2].rpartition("further: ")[2] for p in found.problems] == (
        ["Entry 0 is about a case without a name."] if case == "" else []
    )
    assert keys("hill").user == "hill"


def test_of_a_log_whose_key_was_revoked_only_what_the_roster_names_counts(agency: Agency, salo: Desk) -> None:
    salo.does(bookmark("two"))
    limit = [LogSize(v.name, *_head(agency, v.name)) for v in salo.journal.verifiers]
    liar_wrote = bookmark("planted by whoever has the key")
    salo.does(liar_wrote, reason())
    aro = Desk(agency, "aro").opens().does(bookmark("mine"))
    aro.follows()
    assert len(aro.bookmarks()) == 4
    roster = agency.trust().roster()
    user = next(u for u in roster.users if u.id == "salo")
    gone = FormerKey(user.signing_key, agency.now, 1, sizes=tuple(limit))
    changed = replace(user, epoch=2, former=(gone,))
    agency.put_roster(replace(roster, version=3, users=(*(u for u in roster.users if u != user), changed)))
    again = Desk(agency, "aro")
    found = again.follows()
    assert sorted(again.bookmarks()) == ["door", "mine", "two"]
    assert again.kinds("salo") == [("reason_stated", True), ("bookmark_added", True), ("bookmark_added", True)]
    assert {p.message.split(": ")[1] for p in found.problems} == {
        "its key was revoked, and of 3 entries that are published the first 2 count.",
        "its key was revoked, and of 2 entries that are published the first 1 count.",
    }
    assert again.follows().problems == found.problems


def _head(agency: Agency, origin: str) -> tuple[int, str]:
    head = Checkpoint.from_text(split_note(agency.store.get(f"logs/{origin}/checkpoint"))[0])
    return head.size, head.root.hex()


def test_a_checkpoint_may_claim_any_size(agency: Agency) -> None:
    origin = origin_of(NAME, "ws-1", "salo", LogName.WORK)
    size, edge = (1 << 62) + 1, b"e" * 32
    top = edge  # the root of the whole left part, as the tile of the topmost level has it
    store, signer = agency.store, Signer(origin, keys("salo").signing)
    store.put_if_absent(f"logs/{origin}/{Tile(0, size >> 8, 1).path}", edge)
    store.put_if_absent(f"logs/{origin}/{Tile(7, 0, 64).path}", top * 64)
    note = sign_note(Checkpoint(origin, size, node_hash(tree_root([top] * 64), edge)).to_text(), [signer])
    store.replace(f"logs/{origin}/checkpoint", note)
    aro = Desk(agency, "aro")
    assert _one(aro.follows()).endswith("it claims 4,611,686,018,427,387,905 entries.")
