"""Some entries of a log, proven without the others: what is disclosed holds, and nothing else does."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.bundle import bundle, check, disclose
from reviewer.audit.entry import Entry, body_commitment
from reviewer.audit.errors import BadNote, BadProof, LogMisused, NotPublished, RolledBack
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer, sign_note, vkey
from reviewer.audit.published import PublishedLog
from reviewer.audit.witness import Cosigner
from tests.audit.logs import KEY, ORIGIN, Files, grow, new_log

VKEY = vkey(ORIGIN, KEY.public_key().public_bytes_raw())
WITNESS = Cosigner("ws-2", Ed25519PrivateKey.from_private_bytes(b"\x21" * 32))
SALT, PAYLOAD = b"\x05" * 32, b'{"kind":"bookmark_added","text":"P\xc3\xa4ivi"}'


def logs() -> tuple[SqliteLog, Files, list[bytes]]:
    """A log of 600 entries, published at 300 and 600, cosigned at 300; entry 299 has a body to show."""
    conn, log = new_log()
    grow(conn, log, 299)
    commitment = body_commitment(SALT, PAYLOAD)
    shown = Entry(at=1, mono=1, boot="b", lamport=1, kind="bookmark_added", case="Ä", body=commitment)
    conn.execute("BEGIN")
    log.append([shown.to_bytes()], [b"sealed"])
    conn.execute("COMMIT")
    files = Files()
    files.publish(log)
    cosigned = [WITNESS.cosign(log.checkpoint, log.verifier, 1_763_000_000)]
    grow(conn, log, 300)
    files.publish(log)
    return log, files, cosigned


def whole(indexes: tuple[int, ...] = (0, 299)) -> dict[str, Any]:
    log, files, cosigned = logs()
    shown = disclose(log, indexes, {299: (SALT, PAYLOAD)}, cosigned=cosigned, older=[files["checkpoints/300"]])
    made: dict[str, Any] = bundle([shown], made_at=1, quorum=1, witnesses=[(WITNESS.verifier.name, WITNESS.vkey)])
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def test_what_is_disclosed_holds() -> None:
    for keys in (None, {ORIGIN: VKEY}):
        report = check(whole(), keys=keys)
        assert report.ok, report
        (log,) = report.logs
        assert (log.origin, log.size, log.entries, log.witnessed) == (ORIGIN, 600, 2, 300)
        assert [(each.witness, each.size, each.at) for each in log.cosigned] == [("ws-2", 300, 1_763_000_000)]
    assert b"view_opened" not in json.dumps(whole((299,))).encode()


def test_a_published_log_discloses_the_same() -> None:
    log, files, cosigned = logs()
    read = PublishedLog(files.get, log.verifier)
    for index in (0, 255, 256, 299, 599):
        assert disclose(read, [index], {}, cosigned=cosigned) == disclose(log, [index], {}, cosigned=cosigned)


def test_what_cannot_be_disclosed_is_said() -> None:
    log, files, _cosigned = logs()
    with pytest.raises(LogMisused):
        disclose(log, [600], {})
    with pytest.raises(LogMisused):
        disclose(PublishedLog(files.get, log.verifier), [600], {})
    with pytest.raises(BadProof):
        disclose(log, [299], {299: (SALT, b"another")})
    files.pop("tile/entries/001")
    with pytest.raises(NotPublished):
        disclose(PublishedLog(files.get, log.verifier), [300], {})
    ahead = sign_note(f"{ORIGIN}\n601\n{'A' * 43}=\n", [Signer(ORIGIN, KEY)])
    with pytest.raises(RolledBack):
        disclose(log, [0], {}, older=[ahead])
    other = Signer("other", Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    left_out = disclose(log, [0], {}, cosigned=[sign_note("other\n1\n" + "A" * 43 + "=\n", [other]), b"nothing"])
    assert left_out["cosigned"] == []


def _entry(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda made: change(made["logs"][0]["entries"][1])


@pytest.mark.parametrize(
    "change",
    [
        _entry(lambda e: e.update(entry=e["entry"].replace("Ä", "B"))),
        _entry(lambda e: e.update(index=298)),
        _entry(lambda e: e.update(proof=e["proof"][1:])),
        _entry(lambda e: e.update(proof=[*e["proof"], e["proof"][0]])),
        _entry(lambda e: e.update(payload=e["payload"].replace("P", "B"))),
        _entry(lambda e: e.update(salt="00" * 32)),
        _entry(lambda e: e.update(salt=None)),
        _entry(lambda e: e.update(salt="zz")),
        _entry(lambda e: e.update(payload=7)),
        _entry(lambda e: e.update(index=2**70)),
        _entry(lambda e: e.update(entry="\ud800")),
        lambda made: made["logs"][0]["entries"].append(made["logs"][0]["entries"][0]),
        lambda made: made["logs"][0].update(consistency=[]),
        lambda made: made["logs"][0].update(cosigned=[]),
        lambda made: made["logs"][0].update(cosigned=[7]),
        lambda made: made["logs"][0].update(checkpoint="nothing"),
        lambda made: made["logs"][0].update(origin="another"),
        lambda made: made["logs"].append(made["logs"][0]),
        lambda made: made.update(logs=[]),
        lambda made: made.update(logs=7),
        lambda made: made.update(v=2),
        lambda made: made.update(quorum=2),
        lambda made: made.update(witnesses=[{"name": "ws-2", "vkey": "nothing"}]),
    ],
)
def test_what_was_changed_does_not(change: Callable[[dict[str, Any]], object]) -> None:
    made = copy.deepcopy(whole())
    change(made)
    assert not check(made).ok


def test_an_entry_that_no_witness_saw_is_not_vouched_for() -> None:
    made = whole((0, 300))
    assert not check(made).ok
    assert check(made, quorum=0).ok


def test_a_workstations_own_word_does_not_count_for_its_own_logs() -> None:
    log, _files, _cosigned = logs()
    own = Cosigner("ws-1", Ed25519PrivateKey.from_private_bytes(b"\x22" * 32))
    shown = disclose(log, [0], {}, cosigned=[own.cosign(log.checkpoint, log.verifier, 1_763_000_000)])
    made = bundle([shown], made_at=1, quorum=1, witnesses=[("ws-1", own.vkey)])
    assert not check(made).ok


def test_a_bundles_own_keys_are_not_trusted_when_others_are() -> None:
    stranger = vkey(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32).public_key().public_bytes_raw())
    assert not check(whole(), keys={ORIGIN: stranger}).ok
    assert not check(whole(), keys={}).ok
    assert not check(whole(), keys={ORIGIN: VKEY}, witnesses=[]).ok
    with pytest.raises(BadNote):
        check(whole(), witnesses=["nothing"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["v", "made_at", "quorum", "witnesses", "logs"])
INNER = st.sampled_from(["origin", "vkey", "checkpoint", "cosigned", "older", "consistency", "entries"])


@given(JSON, KEYS, INNER)
def test_whatever_it_holds_it_is_judged(value: object, key: str, inner: str) -> None:
    made = copy.deepcopy(MADE)
    made["logs"][0][inner] = value
    check(made)
    made[key] = value
    check(made)
    check(value)


MADE = whole()
