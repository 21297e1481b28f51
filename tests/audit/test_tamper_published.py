"""Published logs, spoilt in every way we know, some of them signed with the real key: who notices?

Each manipulation is shown to `reviewer log verify`, to the single-file verifier, and to two programs that nobody here
wrote, aics-tlog and metamorphic-log. All hold the roster's keys and a checkpoint of 520 entries that they saw before.
`UNSEEN` says which of them cannot notice it, and why. The table goes to stdout; with REVIEWER_TAMPER_TABLE to a file.
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.audit.entry import Entry
from reviewer.audit.merkle import leaf_hash, tree_root
from reviewer.audit.note import Signature, Signer, split_note
from reviewer.audit.tiles import body_path, pack_entries, unpack_entries
from reviewer.audit.witness import Cosigner
from tests.audit.tampering import (
    ACCESS,
    AT,
    KEY,
    SIZES,
    STRANGER,
    WITNESSED,
    WITNESSES,
    WORK,
    World,
    ask_aics,
    ask_metamorphic,
    ask_reviewer,
    ask_single_file,
    big_world,
    keys_file,
    rebuilt,
    record,
    small_world,
)

Spoil = Callable[[World], object]
FIRST, LAST = "tile/entries/000", "tile/entries/002.p/88"


def edited(entry: bytes) -> bytes:
    return entry.replace(b'"lamport":', b'"lamport":1')


def one_edited(index: int) -> Callable[[World], list[bytes]]:
    def spoil(world: World) -> list[bytes]:
        entries = world.entries()
        entries[index] = edited(entries[index])
        return entries

    return spoil


def bundle(world: World, path: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    world.write(path, pack_entries(change(unpack_entries(world.read(path)))))


def lines(world: World, change: Callable[[list[str]], None], path: str = "checkpoint") -> None:
    found = world.read(path).decode().split("\n")
    change(found)
    world.write(path, "\n".join(found).encode())


def put(at: int, text: str) -> Callable[[list[str]], None]:
    return lambda found: found.__setitem__(at, text)


def edited_with_its_hash(world: World) -> None:
    entries = one_edited(5)(world)
    world.write(FIRST, pack_entries(entries[:256]))
    world.write("tile/0/000", b"".join(map(leaf_hash, entries[:256])))


def fork(world: World) -> None:
    entries = world.entries()
    world.resign([*entries[:500], *(edited(each) for each in entries[500:])], (200,))


def replayed(world: World) -> None:
    """The store as it was at 200 entries, every signature genuine."""
    entries = world.entries()[:200]
    world.resign(entries)


def pasted(world: World) -> None:
    """What witnesses said of the true log, put under the forged one's checkpoint."""
    world.resign(one_edited(5)(world))
    for witness in WITNESSES:
        path = world.witness(witness.verifier.name)
        _, signatures = split_note(path.read_bytes())
        note = world.read("checkpoint") + "".join(each.line() for each in signatures[1:]).encode()
        path.unlink()
        path.write_bytes(note)


def time_moved(world: World) -> None:
    for witness in WITNESSES:
        path = world.witness(witness.verifier.name)
        text, (log, old) = split_note(path.read_bytes())
        moved = Signature(old.name, old.key_id, (AT + 86_400).to_bytes(8, "big") + old.signature[8:])
        path.unlink()
        path.write_bytes((text + "\n" + log.line() + moved.line()).encode())


def other_witness(world: World) -> None:
    """A cosignature in the witness's name by somebody else's key."""
    false = Cosigner(WITNESSES[0].verifier.name, STRANGER)
    path = world.witness(false.verifier.name)
    path.unlink()
    path.write_bytes(false.cosign(world.read("checkpoint"), Signer(WORK, KEY).verifier, AT))


def other_logs_words(world: World) -> None:
    for witness in WITNESSES:
        path = world.witness(witness.verifier.name)
        path.unlink()
        path.write_bytes(world.witness(witness.verifier.name, ACCESS).read_bytes())


def other_logs_folder(world: World) -> None:
    shutil.rmtree(world.log)
    shutil.copytree(world.folder / "logs" / ACCESS, world.log)


def other_key(world: World) -> None:
    entries = world.entries()
    world.resign(entries, SIZES, STRANGER)


def not_canonical(world: World) -> None:
    entries = world.entries()
    entries[599] = entries[599].replace(b'{"at"', b'{ "at"')
    hashes = [leaf_hash(each) for each in entries]
    world.write(LAST, pack_entries(entries[512:]))
    world.write("tile/0/002.p/88", b"".join(hashes[512:]))
    world.sign(600, tree_root(hashes))


def later_rewritten(world: World) -> None:
    """Entries that no witness and no auditor has seen, rewritten with the real key."""
    world.resign(one_edited(550)(world), SIZES[:2])


def swapped_bodies(world: World) -> None:
    one, other = (body_path(Entry.from_bytes(world.entries()[n]).body) for n in (3, 4))
    first, second = world.read(one), world.read(other)
    world.write(one, second)
    world.write(other, first)


def removed_body(world: World) -> None:
    (world.log / body_path(Entry.from_bytes(world.entries()[3]).body)).unlink()


def put_back_and_cut(world: World) -> None:
    world.write("checkpoint", world.read("checkpoints/520"))
    (world.log / LAST).unlink()


SMALL: dict[str, Spoil] = {
    "a bit of an entry flipped": lambda w: w.flip(FIRST, 40),
    "a bit of a tile of level 0 flipped": lambda w: w.flip("tile/0/000", 5 * 32),
    "a bit of a partial tile of level 1 flipped": lambda w: w.flip("tile/1/000.p/2"),
    "an entry edited, its leaf hash with it": edited_with_its_hash,
    "an entry edited, all signed again with the real key": lambda w: w.resign(one_edited(5)(w), SIZES),
    "an entry deleted, all signed again": lambda w: w.resign([*w.entries()[:5], *w.entries()[6:]], (200, 520)),
    "an entry inserted, all signed again": lambda w: w.resign([w.entries()[9], *w.entries()], SIZES),
    "two entries in another order, all signed again": lambda w: w.resign(
        [w.entries()[1], w.entries()[0], *w.entries()[2:]], SIZES
    ),
    "cut to 400 entries and signed again": lambda w: w.resign(w.entries()[:400], (200,)),
    "emptied and signed again": lambda w: w.sign(0, tree_root([])),
    "replay: the store of 200 entries put back": replayed,
    "fork before a witnessed size": fork,
    "old cosignatures pasted under a forged checkpoint": pasted,
    "cosignatures of another log pasted": other_logs_words,
    "a cosignature's time moved": time_moved,
    "a cosignature by another key in a witness's name": other_witness,
    "a witness's file taken away": lambda w: w.witness("ws-2").unlink(),
    "all signed by another key in the log's name": other_key,
    "another log's checkpoint put in its place": lambda w: w.write(
        "checkpoint", (w.folder / "logs" / ACCESS / "checkpoint").read_bytes()
    ),
    "another log's whole folder put in its place": other_logs_folder,
    "the origin line changed": lambda w: lines(w, put(0, ACCESS)),
    "the size line changed": lambda w: lines(w, put(1, "601")),
    "the root line changed": lambda w: lines(w, put(2, b64encode(b"\1" * 32).decode())),
    "a bit of the signature flipped": lambda w: lines(
        w, lambda found: put(4, found[4][:-4] + ("A" if found[4][-4] != "A" else "B") + found[4][-3:])(found)
    ),
    "a larger size signed by the real key": lambda w: w.sign(601, tree_root(list(map(leaf_hash, w.entries())))),
    "2^60 entries claimed by the real key": lambda w: w.sign(2**60, b"\1" * 32),
    "another root signed by the real key": lambda w: w.sign(600, b"\1" * 32),
    "a bundle cut": lambda w: w.write(FIRST, w.read(FIRST)[:-10]),
    "a bundle extended by an entry": lambda w: bundle(w, LAST, lambda found: [*found, found[0]]),
    "a bundle shifted by an entry": lambda w: bundle(w, FIRST, lambda found: [*found[1:], found[0]]),
    "a bundle missing": lambda w: (w.log / FIRST).unlink(),
    "two bundles exchanged": lambda w: [
        w.write(path, data)
        for path, data in zip((FIRST, "tile/entries/001"), (w.read("tile/entries/001"), w.read(FIRST)), strict=True)
    ],
    "a tile cut": lambda w: w.write("tile/0/000", w.read("tile/0/000")[:-32]),
    "a tile extended": lambda w: w.write("tile/0/002.p/88", w.read("tile/0/002.p/88") + b"\1" * 32),
    "a tile missing": lambda w: (w.log / "tile/0/001").unlink(),
    "history: another root of 200 signed by the real key": lambda w: w.write(
        "checkpoints/200", rebuilt(WORK, one_edited(5)(w)[:200], (200,), KEY)["checkpoint"]
    ),
    "an outgrown partial bundle changed": lambda w: bundle(w, f"{FIRST}.p/200", lambda f: [*f[1:], f[0]]),
    "an outgrown partial tile changed": lambda w: w.flip("tile/0/000.p/200"),
    "the log taken away": lambda w: shutil.rmtree(w.log),
    "an entry not in canonical form, signed by the real key": not_canonical,
    "entries that nobody has seen yet rewritten with the real key": later_rewritten,
    "two sealed bodies exchanged": swapped_bodies,
    "a sealed body removed": removed_body,
    "an older checkpoint put back that witnesses saw beyond": lambda w: w.write(
        "checkpoint", w.read("checkpoints/200")
    ),
    "an older checkpoint put back that nobody saw beyond": lambda w: w.write("checkpoint", w.read("checkpoints/520")),
    "an older checkpoint put back, and files of the newest cut off": put_back_and_cut,
}
BIG: dict[str, Spoil] = {
    "66,000 entries: a bit of an entry flipped": lambda w: w.flip("tile/entries/128", 500),
    "66,000 entries: a bit of a full tile of level 1 flipped": lambda w: w.flip("tile/1/000", 77),
    "66,000 entries: a bit of the tile of level 2 flipped": lambda w: w.flip("tile/2/000.p/1"),
    "66,000 entries: two full tiles of level 0 exchanged": lambda w: [
        w.write("tile/0/007", w.read("tile/0/008")),
        w.write("tile/0/008", w.read("tile/0/007")),
    ],
}
OURS, FILE, AICS, META = "reviewer log verify", "verify_log.py", "aics-tlog", "metamorphic-log"
OUTSIDE = (AICS, META)
NOBODY = (OURS, FILE, *OUTSIDE)
UNSEEN: dict[str, tuple[tuple[str, ...], str]] = {
    "a tile extended": (OUTSIDE, "They read only as much of a tile as the size says: what is added has no effect."),
    "an entry not in canonical form, signed by the real key": (
        OUTSIDE,
        "To programs that know only trees an entry is bytes. Our two know what an entry is.",
    ),
    "entries that nobody has seen yet rewritten with the real key": (
        NOBODY,
        "Nobody saw them: no witness, no auditor's checkpoint. Witnesses bound that time (72 h).",
    ),
    "two sealed bodies exchanged": (
        NOBODY,
        "Public keys do not open bodies. Whoever opens one sees it: its name is its associated data, and the entry "
        "commits to salt and payload.",
    ),
    "an older checkpoint put back that nobody saw beyond": (
        (OURS, FILE),
        "So is one that a workstation has not moved yet. They check all that the newest signs, and say UNFINISHED; "
        "aics-tlog was shown the newer one before, as --older would show it to them.",
    ),
    "a sealed body removed": (NOBODY, "Meant to be possible: a court's removal. It is counted, and its entry stays."),
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """By manipulation, what each of the four says: "" is that all is well."""
    found: dict[str, dict[str, str]] = {}
    for make, spoils in ((small_world, SMALL), (big_world, BIG)):
        folder = tmp_path_factory.mktemp("tampered")
        world = make(folder / "true")
        keys, older = keys_file(world, folder / "keys.json"), folder / "older"
        older.write_bytes(world.older)
        worlds = {"nothing": world}
        for n, (name, spoil) in enumerate(spoils.items()):
            worlds[name] = world.copy(folder / str(n))
            spoil(worlds[name])
        for (name, each), aics in zip(worlds.items(), ask_aics(list(worlds.values())), strict=True):
            said = {AICS: aics, META: ask_metamorphic(each)}
            for who, (status, text) in ((OURS, ask_reviewer(each, older)), (FILE, ask_single_file(each, keys, older))):
                assert status in (0, 1), text
                said[who] = text if status else ""
            found[name if name not in found else f"{name} (66,000 entries)"] = said
    rows = [
        {
            "manipulation": name,
            **{who: bool(text) for who, text in said.items()},
            "why not": UNSEEN.get(name, ("", ""))[1],
        }
        for name, said in found.items()
    ]
    record("tamper-published", rows)
    return found


def test_untouched_logs_are_whole_to_everybody(table: dict[str, dict[str, str]]) -> None:
    for name in ("nothing", "nothing (66,000 entries)"):
        assert table[name] == dict.fromkeys(NOBODY, ""), table[name]


@pytest.mark.parametrize("name", [*SMALL, *BIG])
def test_it_is_noticed(table: dict[str, dict[str, str]], name: str) -> None:
    blind, _why = UNSEEN.get(name, ((), ""))
    said = table[name]
    for who in (OURS, FILE):
        assert bool(said[who]) == (who not in blind), (who, said[who])
    if AICS in blind:
        assert not said[AICS] and not said[META], said
    else:
        assert said[AICS] or said[META], said


def test_enough_of_them() -> None:
    assert len(SMALL) + len(BIG) - len(UNSEEN) >= 24


def test_the_sentences_name_the_place(table: dict[str, dict[str, str]]) -> None:
    assert "tile/0/000" in table["a bit of a tile of level 0 flipped"][FILE]
    assert "entries 5 to 5" in table["a bit of a tile of level 0 flipped"][FILE]
    for who in (OURS, FILE):
        assert "FORK" in table["fork before a witnessed size"][who]
        assert "ROLLBACK" in table["replay: the store of 200 entries put back"][who]
        assert "tile/entries/000.p/200" in table["an outgrown partial bundle changed"][who]
        put_back = "an older checkpoint put back that witnesses saw beyond"
        assert "ROLLBACK" in table[put_back][who]
        assert "entry 599" in table["an entry not in canonical form, signed by the real key"][who]
    assert SIZES[1] == WITNESSED
    assert Path(FIRST).name == "000"
