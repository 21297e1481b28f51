"""Verification of published files: whole logs verify, and no byte of them can change unseen."""

from __future__ import annotations

from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.audit.errors import BadNote
from reviewer.audit.merkle import leaf_hash, tree_root
from reviewer.audit.note import Checkpoint, Signer, sign_note
from reviewer.audit.tiles import pack_entries, unpack_entries
from reviewer.audit.verify import Cosigned, Report, verify_published
from reviewer.audit.witness import Cosigner
from tests.audit.logs import KEY, ORIGIN, Files, entry, grow, new_log, published

SIGNER = Signer(ORIGIN, KEY)
W1 = Cosigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x21" * 32))
W2 = Cosigner("witness.example/w2", Ed25519PrivateKey.from_private_bytes(b"\x22" * 32))
AT = 1_718_304_137


@cache
def _sample() -> Files:
    return published(3, 200, 300, 600)


def sample() -> Files:
    """A log of 600 entries that was published at 3, 200 and 300 too."""
    files = Files()
    files.update(_sample())
    return files


def verify(files: Files, **options: object) -> Report:
    return verify_published(files.get, ORIGIN, SIGNER.vkey, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 600, 65_536, 65_537, 70_000])
def test_a_whole_log_verifies(size: int) -> None:
    files = published(size)
    report = verify(files, listed=files)
    assert report.problems == ()
    assert report.ok
    assert (report.origin, report.size, report.entries) == (ORIGIN, size, size)
    assert report.root == tree_root([leaf_hash(entry(n)) for n in range(size)])


def test_a_log_published_in_steps_verifies_with_all_its_files() -> None:
    files = sample()
    older = [files[f"checkpoints/{size}"] for size in (3, 200, 300)]
    report = verify(files, listed=[*files, "bodies/ab/abcd", "notes.txt", "checkpoints/x"], older=older)
    assert (report.ok, report.entries) == (True, 600)


@settings(max_examples=300)
@given(st.data())
def test_no_byte_of_any_file_can_change(data: st.DataObject) -> None:
    files = sample()
    path = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[path]) - 1))
    altered = bytearray(files[path])
    altered[at] ^= data.draw(st.integers(1, 255))
    files[path] = bytes(altered)
    report = verify(files, listed=files)
    assert not report.ok
    assert any(path in problem for problem in report.problems), report.problems


@settings(max_examples=100)
@given(st.data())
def test_no_file_can_be_cut_lengthened_replaced_or_taken(data: st.DataObject) -> None:
    files = sample()
    path = data.draw(st.sampled_from(sorted(files)))
    whole = files[path]
    other = data.draw(st.binary(max_size=100) | st.integers(0, len(whole) - 1).map(lambda n: whole[:n]))
    change = data.draw(st.sampled_from(["other", "more", "gone"]))
    if change == "gone":
        del files[path]
    else:
        files[path] = other if change == "other" else whole + (other or b"\0")
    report = verify(files, listed=_sample())
    assert not report.ok
    assert any(path in problem for problem in report.problems), report.problems


def test_what_the_current_checkpoint_does_not_need_is_looked_at_if_listed() -> None:
    files = sample()
    files["tile/0/000.p/3"] = b"another"
    files["checkpoints/200"] = b"another"
    assert verify(files).ok
    assert verify(files, listed=files).problems == (
        "checkpoints/200 cannot be trusted. The note is not a text, an empty line and signatures.",
        "tile/0/000.p/3 is damaged. It is 7 bytes, not a number of whole hashes.",
    )


def test_the_rest_stays_usable_and_the_place_is_named() -> None:
    files = sample()
    files["tile/entries/001"] = files["tile/entries/001"].replace(b'"mono":300,', b'"mono":301,')
    report = verify(files)
    assert report.problems == ("tile/entries/001: entry 300 does not have the hash that tile/0/001 gives it.",)
    assert report.entries == 599


def test_an_entry_that_is_no_entry_is_named_even_if_it_was_signed() -> None:
    entries = [entry(0), b'{"v": 1}', entry(2)]
    files = _forge(entries)
    report = verify(files)
    assert report.problems == (
        "tile/entries/000.p/3: entry 1 is malformed. The entry's at is not a whole number from 0 to 2^53 - 1.",
    )
    assert report.entries == 2


def _forge(entries: list[bytes], size: int | None = None, name: str = ORIGIN) -> Files:
    """What somebody with the log's key, but not its program, could publish."""
    files, hashes = Files(), [leaf_hash(each) for each in entries]
    files[f"tile/entries/000.p/{len(entries)}"] = pack_entries(entries)
    files[f"tile/0/000.p/{len(entries)}"] = b"".join(hashes)
    size = len(entries) if size is None else size
    note = sign_note(Checkpoint(name, size, tree_root(hashes)).to_text(), [SIGNER])
    files["checkpoint"] = files[f"checkpoints/{size}"] = note
    return files


def test_entries_and_tile_changed_together_do_not_lead_to_the_signed_root() -> None:
    files = sample()
    entries = unpack_entries(files["tile/entries/001"])
    entries[44] = entry(9_999)
    files["tile/entries/001"] = pack_entries(entries)
    files["tile/0/001"] = b"".join(leaf_hash(each) for each in entries)
    assert verify(files).problems == (
        "tile/1/000.p/2: the hash for the entries from 256 on is not the root of tile/0/001.",
    )
    above = files["tile/1/000.p/2"]
    files["tile/1/000.p/2"] = above[:32] + tree_root([leaf_hash(each) for each in entries])
    assert verify(files).problems == ("checkpoint: the root of the published hashes is not the root that was signed.",)


def test_a_missing_tile_is_named_and_computed_around() -> None:
    files = sample()
    del files["tile/0/001"], files["tile/1/000.p/2"]
    assert verify(files).problems == ("tile/0/001 is missing.", "tile/1/000.p/2 is missing.")
    del files["tile/entries/001"]
    report = verify(files)
    assert report.problems[-1] == ("checkpoint: the root cannot be recomputed, because files are missing or damaged.")
    assert report.entries == 344


@pytest.mark.parametrize("size", [10**6, 10**18])
def test_a_checkpoint_that_claims_a_giant_log_is_given_up(size: int) -> None:
    report = verify(_forge([entry(0)], size))
    assert "More than 100 bundles are missing, so the rest was not looked at." in report.problems
    assert len(report.problems) < 400


def test_a_log_of_another_origin_or_key_is_not_this_one() -> None:
    files = sample()
    assert verify(_forge([entry(0)], name="another")).problems == (
        f"checkpoint is of the log another, not of {ORIGIN}.",
    )
    stranger = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    report = verify_published(files.get, ORIGIN, stranger.vkey)
    assert report.problems == ("checkpoint cannot be trusted. No trusted key signed it.",)
    assert verify(Files()).problems == ("checkpoint is missing.",)
    with pytest.raises(BadNote):
        verify_published(files.get, ORIGIN, "no key")


def test_a_checkpoint_under_the_wrong_size_is_named() -> None:
    files = sample()
    files["checkpoints/200"] = files["checkpoints/300"]
    assert verify(files, listed=files).problems == ("checkpoints/200 is the checkpoint of 300 entries.",)


def test_an_older_checkpoint_must_still_hold() -> None:
    older = _sample()["checkpoints/300"]
    shorter = published(200)
    assert verify(shorter, older=[older]).problems == (
        "ROLLBACK: Older checkpoint 1 is of 300 entries, and checkpoint of only 200.",
    )
    conn, log = new_log()
    grow(conn, log, 299)
    grow(conn, log, 301, kind="log_on")
    forked = Files()
    forked.publish(log)
    assert verify(forked).ok
    assert verify(forked, older=[_sample()["checkpoints/200"], older]).problems == (
        "FORK: Older checkpoint 2 signs 300 entries that are not the first 300 of this log.",
    )
    assert not verify(sample(), older=[b"nonsense"]).ok


def unfinished() -> Files:
    """Published up to the last step: `checkpoint` was not moved from 300."""
    files = sample()
    files["checkpoint"] = files["checkpoints/300"]
    return files


def test_a_publication_that_lacks_only_its_last_step_is_said_and_all_of_it_is_verified() -> None:
    files = unfinished()
    seen = {"older": [files["checkpoints/200"]], "cosignatures": [cosigned(W1, 300)], "witnesses": [W1.vkey]}
    report = verify(files, listed=files, **seen)
    assert (report.ok, report.size, report.entries) == (True, 600, 600)
    assert report.remarks == (
        "UNFINISHED: checkpoints/600 is signed and whole, and checkpoint still says 300: the workstation has yet to "
        "publish again, or somebody put an older checkpoint back.",
    )
    assert verify(sample(), listed=sample()).remarks == ()


def test_an_older_checkpoint_put_back_is_a_rollback_where_it_shows() -> None:
    files, said = unfinished(), "ROLLBACK: checkpoints/600 is of 600 entries, and checkpoint of only 300."
    for path in ("tile/0/002.p/88", "tile/entries/002.p/88", "tile/1/000.p/2"):
        cut = unfinished()
        del cut[path]
        report = verify(cut, listed=cut)
        assert (report.problems, report.remarks, report.size) == ((said,), (), 300), path
    seen = verify(files, listed=files, older=[files["checkpoints/600"]])
    assert seen.problems == ("ROLLBACK: Older checkpoint 1 is of 600 entries, and checkpoint of only 300.",)
    known = verify(files, listed=files, cosignatures=[cosigned(W1, 600)], witnesses=[W1.vkey])
    assert known.problems == ("ROLLBACK: Cosignature 1 is of 600 entries, and checkpoint of only 300.",)
    conn, log = new_log()
    grow(conn, log, 250, kind="log_on")
    forked = Files()
    forked.publish(log)
    files["checkpoint"] = forked["checkpoint"]
    assert verify(files, listed=[*files, "checkpoints/250"]).problems != ()


def cosigned(witness: Cosigner, size: int, at: int = AT) -> bytes:
    return witness.cosign(_sample()[f"checkpoints/{size}"], SIGNER.verifier, at)


def test_witnesses_vouch_for_what_they_saw() -> None:
    keys = [W1.vkey, W2.vkey]
    seen = [cosigned(W1, 300), cosigned(W1, 600, AT + 5), cosigned(W2, 200, AT + 9)]
    report = verify(sample(), cosignatures=seen, witnesses=keys, quorum=2)
    assert report.ok
    assert set(report.cosigned) == {
        Cosigned("witness.example/w1", 600, AT + 5),
        Cosigned("witness.example/w2", 200, AT + 9),
    }
    assert report.witnessed == 200
    assert verify(sample(), cosignatures=seen, witnesses=keys).witnessed == 600
    assert verify(sample(), cosignatures=seen, witnesses=keys, quorum=1).witnessed == 600


def test_a_quorum_is_of_different_witnesses() -> None:
    seen = [cosigned(W1, 300), cosigned(W1, 600)]
    report = verify(sample(), cosignatures=seen, witnesses=[W1.vkey, W2.vkey, W1.vkey], quorum=2)
    assert report.problems == ("1 of 3 known witnesses cosigned, and 2 are demanded.",)
    assert report.witnessed == 0


def test_cosignatures_in_the_checkpoint_itself_count() -> None:
    files = sample()
    files["checkpoint"] = W2.cosign(cosigned(W1, 600), SIGNER.verifier, AT)
    report = verify(files, witnesses=[W1.vkey, W2.vkey], quorum=2, listed=files)
    assert (report.problems, report.witnessed) == ((), 600)


def test_a_cosignature_by_a_stranger_or_of_another_history_counts_for_nothing() -> None:
    assert verify(sample(), cosignatures=[cosigned(W2, 600)], witnesses=[W1.vkey], quorum=1).problems == (
        "Cosignature 1 cannot be trusted. No trusted key signed it.",
        "0 of 1 known witnesses cosigned, and 1 are demanded.",
    )
    conn, log = new_log()
    grow(conn, log, 300, kind="log_on")
    other = W1.cosign(log.checkpoint, SIGNER.verifier, AT)
    report = verify(sample(), cosignatures=[other], witnesses=[W1.vkey], quorum=1)
    assert report.problems == (
        "FORK: Cosignature 1 signs 300 entries that are not the first 300 of this log.",
        "0 of 1 known witnesses cosigned, and 1 are demanded.",
    )
    grow(conn, log, 500, kind="log_on")
    ahead = W1.cosign(log.checkpoint, SIGNER.verifier, AT)
    assert verify(sample(), cosignatures=[ahead], witnesses=[W1.vkey]).problems == (
        "ROLLBACK: Cosignature 1 is of 800 entries, and checkpoint of only 600.",
    )


def test_what_read_raises_is_not_swallowed() -> None:
    def unreachable(path: str) -> bytes | None:
        raise ConnectionError(path)

    with pytest.raises(ConnectionError):
        verify_published(unreachable, ORIGIN, SIGNER.vkey)
