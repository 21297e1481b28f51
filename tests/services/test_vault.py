"""The vault: what is opened was compared with its signed manifest, and nothing else is ever opened."""

from __future__ import annotations

import ast
import errno
import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reviewer
from reviewer.domain.errors import AccessRefused, IntegrityError, NotTrusted
from reviewer.domain.events import AccessDenied, Event, ObjectQuarantined
from reviewer.domain.recording import Manifest, TrackRef
from reviewer.media.proxy import ENCODER
from reviewer.sealing import stream
from reviewer.services.custody import Grants
from reviewer.services.disk import NoRoom
from reviewer.services.proxy_files import Cover
from reviewer.services.quarantine import Item
from reviewer.services.sync import Sync
from reviewer.services.vault import NotFetched, Vault, VerifiedFile
from tests.services.agency import CASE, Agency, flip, keys

PLAIN = bytes(range(256)) * 9000  # three segments


class Case:
    """One case with one recording of two parts, fetched."""

    def __init__(self, folder: Path) -> None:
        self.agency = Agency(folder)
        self.manifest = self.agency.recording("r1", PLAIN, b"second part")
        self.agency.assign("r1")
        self.events: list[Event] = []
        Sync(self.agency.workspace, self.agency.store, self.events.append).fetch(CASE, [self.manifest])
        self.events.clear()
        self.vault = self.of("salo")

    def of(self, who: str) -> Vault:
        trust = self.agency.trust()
        return Vault(self.agency.workspace, trust, Grants(trust, keys(who)), self.events.append)

    def cached(self, part: int = 0) -> Path:
        return self.agency.workspace.cached(self.manifest.parts[part].object)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


def test_readers_are_independent_seekable_and_have_the_plaintext(case: Case) -> None:
    file = case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    assert (file.size, file.object) == (len(PLAIN), case.manifest.parts[0].object)
    with file.open() as one, file.open() as two:
        one.seek(2_000_001)
        assert one.read(10) == PLAIN[2_000_001:2_000_011]
        assert two.read() == PLAIN
        assert one.seek(0, io.SEEK_END) == len(PLAIN)
    assert case.events == []


def test_no_plaintext_touches_the_disk(case: Case) -> None:
    case.vault.open(case.manifest, case.manifest.parts[1], CASE).open().close()
    for path in case.agency.folder.rglob("*"):
        assert not path.is_file() or b"second part" not in path.read_bytes()


@pytest.mark.parametrize("damage", ["first", "middle", "last", "cut", "longer"])
def test_a_changed_file_is_put_aside_recorded_and_never_opened(case: Case, damage: str) -> None:
    path = case.cached()
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[:-1])
    elif damage == "longer":
        path.write_bytes(data + b"\0")
    else:
        flip(path, {"first": 0, "middle": len(data) // 2, "last": -1}[damage])
    changed = path.read_bytes()
    with pytest.raises(IntegrityError, match=r"Ofc\. A\. Niemi 2214, part 1 does not match its signed manifest\."):
        case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    assert not path.exists()
    (aside,) = case.agency.workspace.quarantine.iterdir()
    assert aside.read_bytes() == changed
    (event,) = case.events
    assert isinstance(event, ObjectQuarantined)
    assert (event.recording, event.object, event.case) == ("r1", case.manifest.parts[0].object, CASE)
    assert case.vault.open(case.manifest, case.manifest.parts[1], CASE).open().read() == b"second part"
    with pytest.raises(NotFetched):
        case.vault.open(case.manifest, case.manifest.parts[0], CASE)


def test_a_file_changed_between_two_readers_is_noticed(case: Case) -> None:
    file = case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    flip(case.cached(), 5)
    with pytest.raises(IntegrityError):
        file.open()


def test_a_file_changed_while_it_is_read_gives_no_false_byte(case: Case) -> None:
    with case.vault.open(case.manifest, case.manifest.parts[0], CASE).open() as reader:
        flip(case.cached(), 1_500_000)
        with pytest.raises(IntegrityError):
            reader.read()


def test_the_whole_object_is_hashed_once_for_a_file(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []

    def counting(file: io.FileIO) -> str:
        hashed.append(file)
        return quarantine_digest(file)

    from reviewer.services.quarantine import digest as quarantine_digest

    monkeypatch.setattr("reviewer.services.vault.digest", counting)
    file = case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    file.open().close()
    threads = [threading.Thread(target=lambda: file.open().read()) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(hashed) == 1
    copy = case.cached().read_bytes()
    case.cached().unlink()
    case.cached().write_bytes(copy)  # another file of the same content
    file.open().close()
    assert len(hashed) == 2


def test_who_is_not_on_the_case_opens_nothing(case: Case) -> None:
    with pytest.raises(AccessRefused):
        case.of("falk").open(case.manifest, case.manifest.parts[0], CASE)
    (denied,) = case.events
    assert isinstance(denied, AccessDenied)
    assert (denied.what, denied.case, denied.recording) == ("open Ofc. A. Niemi 2214, part 1", CASE, "r1")


def test_an_unverified_manifest_opens_nothing(case: Case) -> None:
    forged = replace(case.manifest, officer="somebody else")
    with pytest.raises(NotTrusted):
        case.vault.open(forged, forged.parts[0], CASE)
    part = replace(case.manifest.parts[0], object=case.manifest.parts[1].object)
    with pytest.raises(NotTrusted):
        case.vault.open(case.manifest, part, CASE)
    with pytest.raises(NotTrusted):
        case.vault.open(case.manifest, TrackRef("0" * 64, "gpx"), CASE)


def test_a_swapped_object_of_the_same_recording_is_refused(case: Case) -> None:
    case.cached(0).write_bytes(case.cached(1).read_bytes())
    with pytest.raises(IntegrityError):
        case.vault.open(case.manifest, case.manifest.parts[0], CASE)


def test_a_manifest_that_lies_about_the_plaintext_is_refused(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    made: Manifest = agency.recording("r1", b"footage")
    lie = replace(made, n=2, parts=(replace(made.parts[0], size=3),))
    agency.put_manifest(lie)
    agency.assign("r1")
    trust = agency.trust()
    manifest = trust.manifest("r1")
    Sync(agency.workspace, agency.store, lambda _: None).fetch(CASE, [manifest])
    with pytest.raises(IntegrityError):
        Vault(agency.workspace, trust, Grants(trust, keys("salo")), lambda _: None).open(
            manifest, manifest.parts[0], CASE
        )


def test_nobody_else_makes_a_verified_file() -> None:
    with pytest.raises(TypeError):
        VerifiedFile(object(), Item("0" * 64, 1, "r", "x"), 1, io.BytesIO)
    root = Path(reviewer.__file__).parent
    makers = [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and "VerifiedFile" in ast.unparse(node.func)
    ]
    assert makers == ["services/vault.py"]


def test_only_the_vault_opens_sealed_footage() -> None:
    """`OpenStream` is the way to plaintext and `SealedSource` sends it to another process: sealing makes them, the
    vault alone uses them on footage; a case's documents, what a render has made so far, and packages that were sealed
    to somebody have doors of their own."""
    root = Path(reviewer.__file__).parent
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    assert {name for name, text in texts.items() if "OpenStream" in text} == {
        "sealing/stream.py",
        "sealing/source.py",
        "services/vault.py",
        "services/disclosure_seal.py",
    }
    assert {name for name, text in texts.items() if "SealedSource" in text} == {
        "sealing/source.py",
        "services/vault.py",
        "services/papers.py",
        "services/paper_shelf.py",
        "services/rendering_spool.py",
    }


# -- proxies ---------------------------------------------------------------------------------------------------------


def _proxies(case: Case, vault: Vault | None = None) -> list[tuple[int, int, bytes]]:
    found = []
    for chunk in (vault or case.vault).proxies(case.manifest, case.manifest.parts[0], CASE):
        with chunk.source() as file:
            found.append((chunk.first, chunk.count, file.read()))
    return found


def _keep(case: Case, *chunks: tuple[int, int, bytes]) -> Path:
    for first, count, data in chunks:
        case.vault.keep_proxy(case.manifest, case.manifest.parts[0], CASE, first, count, data)
    return case.agency.workspace.proxies(case.manifest.parts[0].object)


def test_proxies_are_kept_sealed_and_given_in_order(case: Case) -> None:
    folder = _keep(case, (100, 50, b"second video"), (0, 100, b"first video"), (150, 3, b""), (153, 0, b""))
    assert _proxies(case) == _proxies(case, case.of("aro")) == [(0, 100, b"first video"), (100, 50, b"second video")]
    assert not [p for p in case.agency.folder.rglob("*") if p.is_file() and b" video" in p.read_bytes()]
    cover = case.vault.proxy_cover(case.manifest, case.manifest.parts[0], CASE)
    assert cover == Cover(((0, 100), (100, 50), (150, 3)), 153, 2, 3)
    assert cover.complete
    assert folder.parent.name == case.manifest.parts[0].object[:2]
    assert case.vault.proxies(case.manifest, case.manifest.parts[1], CASE) == ()


def test_a_proxy_is_sealed_under_a_key_of_its_own(case: Case) -> None:
    folder = _keep(case, (0, 9, b"video"))
    (path,) = folder.iterdir()
    key = Grants(case.agency.trust(), keys("salo")).data_key(CASE, "r1")
    for wrong in (key, stream.subkey(key, "another purpose")):
        with pytest.raises(IntegrityError):
            stream.open_bytes(path.read_bytes(), wrong, f"reviewer proxy/{ENCODER}/{folder.name}/0/9".encode())


def test_only_who_may_open_the_part_has_its_proxies(case: Case) -> None:
    _keep(case, (0, 9, b"video"))
    assert _proxies(case, case.of("falk")) == []
    forged = replace(case.manifest, officer="somebody else")
    assert case.vault.proxies(forged, forged.parts[0], CASE) == ()
    with pytest.raises(NotTrusted):
        case.vault.keep_proxy(forged, forged.parts[0], CASE, 0, 1, b"video")
    assert case.events == []


@pytest.mark.parametrize("damage", ["flipped", "cut", "renamed", "of another part", "older", "strange", "overlapping"])
def test_a_damaged_or_foreign_proxy_is_ignored_and_removed(case: Case, damage: str) -> None:
    folder = _keep(case, (0, 9, b"video" * 1000), (9, 9, b"more"))
    path = folder / f"0-9.{ENCODER}.proxy"
    other = folder / f"9-9.{ENCODER}.proxy"
    if damage == "flipped":
        flip(path, 99)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "renamed":
        path = path.rename(folder / f"18-9.{ENCODER}.proxy")
    elif damage == "of another part":
        case.vault.keep_proxy(case.manifest, case.manifest.parts[1], CASE, 0, 9, b"another video")
        (case.agency.workspace.proxies(case.manifest.parts[1].object) / path.name).replace(path)
    elif damage == "older":
        path = path.rename(folder / "0-9.mpeg4-0.proxy")
    elif damage == "strange":
        path = path.rename(folder / "letter.txt")
    else:
        path = path.rename(folder / f"10-9.{ENCODER}.proxy")
    again = case.of("salo")
    assert _proxies(case, again) == [(9, 9, b"more")]
    assert not path.exists()
    assert other.exists()
    assert again.proxy_cover(case.manifest, case.manifest.parts[0], CASE).spans == ((9, 9),)


def test_proxies_go_with_their_object(case: Case) -> None:
    folder = _keep(case, (0, 9, b"video"))
    flip(case.cached())
    with pytest.raises(IntegrityError):
        case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    assert not folder.exists()
    with pytest.raises(NotFetched):
        _keep(case, (0, 9, b"video"))
    assert not folder.exists()


def test_proxies_of_what_is_gone_are_swept(case: Case) -> None:
    gone = _keep(case, (0, 9, b"video"))
    case.vault.keep_proxy(case.manifest, case.manifest.parts[1], CASE, 0, 9, b"video")
    case.cached().unlink()
    case.vault.sweep_proxies()
    assert not gone.exists()
    assert case.agency.workspace.proxies(case.manifest.parts[1].object).exists()


def test_a_full_disk_keeps_no_half_proxy(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NoRoom):
        _keep(case, (0, 9, b"video"))
    monkeypatch.undo()
    assert _proxies(case) == []


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20)), max_size=8), st.integers(0, 110), st.integers(1, 30))
def test_what_is_missing_is_every_frame_that_no_span_has(
    spans: list[tuple[int, int]], frames: int, longest: int
) -> None:
    apart: list[tuple[int, int]] = []
    for first, count in sorted(spans):
        if not apart or first >= sum(apart[-1]):
            apart.append((first, count))
    missing = Cover(tuple(apart)).missing(frames, longest)
    assert all(0 < count <= longest and first // longest == (first + count - 1) // longest for first, count in missing)
    have = {f for first, count in apart for f in range(first, first + count)}
    named = [f for first, count in missing for f in range(first, first + count)]
    assert named == [f for f in range(frames) if f not in have]


def test_bytes_that_do_not_open_are_hashed_again_whatever_the_ledger_says(case: Case) -> None:
    """As if a bit had turned on the disk: the file's identity is as it was."""
    path = case.cached()
    case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    flip(path)
    case.vault._ledger.note(case.manifest.parts[0].object, path.stat())
    with pytest.raises(IntegrityError):
        case.vault.open(case.manifest, case.manifest.parts[0], CASE)
    assert not path.exists()
    assert isinstance(case.events[-1], ObjectQuarantined)
