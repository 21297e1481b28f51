"""The single-file verifier: what it is, what it says of exports, and that hostile files neither stop nor crash it."""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.bundle import bundle, check, disclose
from reviewer.audit.entry import Entry, body_commitment
from reviewer.audit.errors import BadEntry
from reviewer.audit.log import SqliteLog
from reviewer.audit.note import Signer, Verifier
from tests.audit.logs import KEY as OTHER_KEY
from tests.audit.logs import entry, grow, new_log
from tests.audit.tampering import KEY, WITNESSES, WORK, ask, record, verify_log

FILE = Path(verify_log.__file__)
SALTS = (b"\x05" * 32, b"\x06" * 32)
PAYLOADS = (b'{"kind":"bookmark_added","text":"P\xc3\xa4ivi"}', b'{"kind":"bookmark_added","text":"another"}')
Made = dict[str, Any]


def test_it_is_one_short_file_of_plain_python_that_needs_nothing_of_ours() -> None:
    text = FILE.read_text()
    assert len(text.splitlines()) < 500
    tree = ast.parse(text, feature_version=(3, 9))
    named = {n.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    named |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= {*sys.stdlib_module_names, "cryptography"}
    assert "reviewer" not in named


# -- exports -----------------------------------------------------------------------------------------------------------


def made() -> Made:
    conn, _ = new_log()
    log = SqliteLog.open(conn, WORK, Signer(WORK, KEY))
    shown = [
        Entry(at=n, mono=n, boot="b", lamport=n, kind="bookmark_added", body=body_commitment(salt, payload)).to_bytes()
        for n, (salt, payload) in enumerate(zip(SALTS, PAYLOADS, strict=True), 1)
    ]
    conn.execute("BEGIN")
    log.append([*shown, *(entry(n) for n in range(2, 300))], [b"sealed"] * 300)
    conn.execute("COMMIT")
    older, cosigned = log.checkpoint, [w.cosign(log.checkpoint, log.verifier, 1_763_000_000) for w in WITNESSES]
    conn.execute("BEGIN")
    log.append([entry(n) for n in range(300, 400)], [b"sealed"] * 100)
    conn.execute("COMMIT")
    bodies = dict(enumerate(zip(SALTS, PAYLOADS, strict=True)))
    one = disclose(log, [0, 1, 299], bodies, cosigned=cosigned, older=[older])
    found: Made = bundle([one], made_at=1, quorum=2, witnesses=[(w.verifier.name, w.vkey) for w in WITNESSES])
    return found


TRUE = json.loads(json.dumps(made()))
KEYS = {
    "logs": [{"origin": WORK, "vkey": Signer(WORK, KEY).vkey, "dir": f"logs/{WORK}", "cosigned": True}],
    "witnesses": [{"name": w.verifier.name, "vkey": w.vkey} for w in WITNESSES],
    "quorum": 2,
}


def _swap(made: Made, *names: str) -> None:
    first, second = made["logs"][0]["entries"][:2]
    for name in names:
        first[name], second[name] = second[name], first[name]


def _of(index: int, name: str, change: Callable[[Any], Any]) -> Callable[[Made], None]:
    def spoil(made: Made) -> None:
        each = made["logs"][0]["entries"][index]
        each[name] = change(each[name])

    return spoil


def _in_log(name: str, change: Callable[[Any], Any]) -> Callable[[Made], None]:
    return lambda made: made["logs"][0].update({name: change(made["logs"][0][name])})


SPOILS: dict[str, Callable[[Made], object]] = {
    "bodies exchanged between two entries": lambda m: _swap(m, "salt", "payload"),
    "a salt changed": _of(0, "salt", lambda salt: "00" + salt[2:]),
    "a salt shortened, the payload lengthened by it": lambda m: (
        _of(0, "payload", lambda text: "\x05" + text)(m),
        _of(0, "salt", lambda salt: salt[2:])(m),
    ),
    "a payload changed": _of(0, "payload", lambda text: text.replace("P", "B")),
    "an entry changed": _of(0, "entry", lambda text: text.replace('"lamport":1', '"lamport":2')),
    "two entries exchanged": lambda m: _swap(m, "entry", "salt", "payload"),
    "an entry at another index": _of(2, "index", lambda index: index - 1),
    "a proof cut": _of(2, "proof", lambda proof: proof[:-1]),
    "a proof extended": _of(2, "proof", lambda proof: [*proof, proof[0]]),
    "a proof shifted": _of(2, "proof", lambda proof: [*proof[1:], proof[0]]),
    "an entry of a log that another key signed": lambda m: _foreign(m),
    "an entry twice": _in_log("entries", lambda entries: [*entries, entries[0]]),
    "the checkpoint's size changed": _in_log("checkpoint", lambda note: note.replace("\n400\n", "\n401\n")),
    "an older checkpoint in the newer's place": lambda m: m["logs"][0].update(checkpoint=m["logs"][0]["older"][0]),
    "the consistency proofs left out": _in_log("consistency", lambda _: []),
    "a cosignature left out": _in_log("cosigned", lambda notes: notes[1:]),
    "one cosignature twice": _in_log("cosigned", lambda notes: [notes[0], notes[0]]),
    "a cosignature's checkpoint changed": _in_log(
        "cosigned", lambda notes: [notes[0].replace("\n300\n", "\n301\n"), *notes]
    ),
    "another version": lambda m: m.update(v=2),
    "no log": lambda m: m.update(logs=[]),
}


def _foreign(made: Made) -> None:
    conn, log = new_log(WORK)
    grow(conn, log, 400)
    one = disclose(log, [0], {})
    assert log.verifier == Verifier(WORK, OTHER_KEY.public_key().public_bytes_raw())
    made["logs"][0].update(checkpoint=one["checkpoint"], entries=one["entries"])


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(KEYS))
    return path


def _asked(made: object, keys: Path) -> tuple[int, str]:
    path = keys.with_name("bundle.json")
    path.write_text(json.dumps(made))
    return ask(verify_log.main, [str(path), "--keys", str(keys)])


def test_a_true_export_passes_and_what_it_shows_is_what_the_entries_commit_to(keys: Path) -> None:
    status, text = _asked(TRUE, keys)
    assert (status, text.splitlines()[-1]) == (0, "PASS"), text
    assert "2 of the 2 witnesses" in text and "hours ago" in text
    for each in TRUE["logs"][0]["entries"][:2]:
        # and by a program that nobody here wrote: coreutils
        said = bytes.fromhex(each["salt"]) + each["payload"].encode()
        summed = subprocess.run(["sha256sum"], input=said, capture_output=True, check=True).stdout.split()[0]
        assert summed.decode() == json.loads(each["entry"])["body"]


def test_a_spoilt_export_fails_here_and_there(keys: Path) -> None:
    rows = []
    for name, spoil in SPOILS.items():
        made = copy.deepcopy(TRUE)
        spoil(made)
        status, text = _asked(made, keys)
        assert status in (1, 2), (name, text)
        ours = check(made, keys={WORK: KEYS["logs"][0]["vkey"]}, witnesses=[w.vkey for w in WITNESSES], quorum=2)
        assert not ours.ok, name
        rows.append({"manipulation": name, "verify_log.py": True, "reviewer log verify --bundle": True})
    record("tamper-bundle", rows)


def test_newer_entries_than_witnesses_saw_are_a_failure_where_a_quorum_is_demanded(keys: Path) -> None:
    conn, log = new_log()
    grow(conn, log, 3)
    note = [w.cosign(log.checkpoint, log.verifier, 1_763_000_000) for w in WITNESSES]
    grow(conn, log, 1)
    known = [(w.verifier.name, w.vkey) for w in WITNESSES]
    for indexes, status in (([0, 2], 0), ([3], 1)):
        made = bundle([disclose(log, indexes, {}, cosigned=note)], made_at=1, quorum=2, witnesses=known)
        path = keys.with_name("own.json")
        path.write_text(json.dumps(made))
        assert ask(verify_log.main, [str(path)])[0] == status
        assert check(made).ok == (status == 0)


def test_as_a_command_it_says_what_it_found_by_its_exit_status(keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(TRUE))
    for words, status in (
        ([path, "--keys", keys], 0),
        ([path], 0),
        ([tmp_path / "none.json"], 2),
        ([keys, tmp_path], 1),
    ):
        done = subprocess.run([sys.executable, "-I", FILE, *words], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (status, ""), done


# -- hostile files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"logs":' * 50_000, "nothing", "", "null", "7", '"\\ud800"', "[]", "{}", "1" * 10_000]
)
def test_a_file_that_is_no_bundle_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(text)
    assert ask(verify_log.main, [str(path)])[0] == 2


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    status, text = ask(verify_log.main, [str(path)])
    assert status == 2 and "larger" in text


def test_links_and_pipes_are_not_followed(keys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store" / "logs" / WORK
    (folder / "tile").mkdir(parents=True)
    (folder / "tile" / "entries").symlink_to(folder / "tile")
    os.mkfifo(folder / "checkpoint")
    status, text = ask(verify_log.main, [str(keys), str(tmp_path / "store")])
    assert status == 1 and "checkpoint: It is missing." in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from(sorted(TRUE)), st.sampled_from(sorted(TRUE["logs"][0])), st.booleans())
def test_whatever_stands_where_it_is_judged(value: object, key: str, inner: str, deep: bool) -> None:
    made = copy.deepcopy(TRUE)
    made["logs"][0][inner] = value
    if deep:
        made[key] = value
    folder = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 (a file of this process alone)
    path = folder / f"verify-log-{os.getpid()}.json"
    path.write_text(json.dumps(made))
    try:
        assert ask(verify_log.main, [str(path)])[0] in (0, 1, 2)
    finally:
        path.unlink()


NAMES = st.sampled_from(["at", "body", "boot", "case", "kind", "lamport", "mono", "reason", "recording", "v", "new"])
VALUES = st.sampled_from(
    [0, 1, 2, -1, 2**53 - 1, 2**53, "", "x", 'a"\\\u0001\n\u00e9', hashlib.sha256().hexdigest(), None, [], 1.5]
)


@given(st.dictionaries(NAMES, VALUES), st.sampled_from([(",", ":"), (", ", ":")]), st.booleans())
def test_both_readers_agree_on_what_an_entry_is(
    change: dict[str, Any], separators: tuple[str, str], sort: bool
) -> None:
    """Ours (audit.entry, by an RFC 8785 library) and the single file's (by a regular expression)."""
    value = {**json.loads(entry(1)), **change}
    data = json.dumps(value, ensure_ascii=False, sort_keys=sort, separators=separators).encode()
    try:
        ours = Entry.from_bytes(data).body
    except BadEntry:
        ours = None
    try:
        theirs = verify_log.entry_facts(data)[2]
    except verify_log.Wrong:
        theirs = None
    assert ours == theirs, data
