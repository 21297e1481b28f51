"""Entries: one canonical form, and no second way to spell it."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.entry import MAX_INTEGER, MAX_SIZE, Entry, body_commitment, commitment_of, new_salt
from reviewer.audit.errors import BadEntry

BODY = "ab" * 32
integers = st.integers(0, MAX_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
entries = st.builds(
    Entry,
    at=integers,
    mono=integers,
    boot=texts.filter(bool),
    lamport=integers,
    kind=texts.filter(bool),
    case=st.none() | texts,
    recording=st.none() | texts,
    reason=st.none() | texts,
    body=st.binary(max_size=8).map(lambda seed: sha256(seed).hexdigest()),
)


def plain(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - wrong values are the point
    whole: dict[str, Any] = {
        "v": 1,
        "at": 5,
        "mono": 6,
        "boot": "b",
        "lamport": 7,
        "kind": "k",
        "body": BODY,
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def test_the_form_is_fixed() -> None:
    entry = Entry(at=1, mono=2, boot="b", lamport=3, kind="view_opened", case="C-1", reason="Päivä", body=BODY)
    assert (
        entry.to_bytes()
        == (
            f'{{"at":1,"body":"{BODY}","boot":"b","case":"C-1","kind":"view_opened","lamport":3,"mono":2,'
            '"reason":"Päivä","v":1}'
        ).encode()
    )


@given(entries)
def test_an_entry_is_its_bytes(entry: Entry) -> None:
    data = entry.to_bytes()
    assert Entry.from_bytes(data) == entry
    assert commitment_of(data) == entry.body
    members = {name: getattr(entry, name) for name in ("v", "at", "mono", "boot", "lamport", "kind", "body")}
    optional = {name: getattr(entry, name) for name in ("case", "recording", "reason")}
    assert data == rfc8785.dumps(members | {name: value for name, value in optional.items() if value is not None})


@given(entries, st.data())
def test_a_changed_byte_is_refused_or_is_another_entry(entry: Entry, data: st.DataObject) -> None:
    """Whatever is accepted, by the pattern or by the parser, reads back to exactly the same bytes."""
    altered = bytearray(entry.to_bytes())
    altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        commitment_of(bytes(altered))
    except BadEntry:
        with pytest.raises(BadEntry):
            Entry.from_bytes(bytes(altered))
    else:
        assert Entry.from_bytes(bytes(altered)).to_bytes() == altered


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    with pytest.raises(BadEntry):
        commitment_of(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "integers only"),
        (b"\xef\xbb\xbf{}", "integers only"),
        (b"[1]", "not a JSON object"),
        (b"[" * 60_000, "integers only"),
        (json.dumps(plain()).encode(), "canonical"),
        (rfc8785.dumps(plain()).replace(b'"v":1', b'"v":1,"v":1'), "canonical"),
        (rfc8785.dumps(plain()).replace(b'"v":1', b'"v":1.0'), "integers only"),
        (rfc8785.dumps(plain()).replace(b'"v":1', b'"v":NaN'), "integers only"),
        (rfc8785.dumps(plain()).replace(b'"k"', b'"\\u006b"'), "canonical"),
        (rfc8785.dumps(plain()).replace(b'"k"', b'"\\ud800"'), "cannot write"),
        (rfc8785.dumps(plain()).replace(b'"k"', b'"\xff"'), "integers only"),
        (rfc8785.dumps(plain()).replace(b'"at":5', b'"at":05'), "integers only"),
        (rfc8785.dumps(plain()).replace(b'"at":5', b'"at":9007199254740992'), "whole number"),
        (rfc8785.dumps(plain(at=-1)), "whole number"),
        (rfc8785.dumps(plain(at=True)), "whole number"),
        (rfc8785.dumps(plain(at="5")), "whole number"),
        (rfc8785.dumps(plain(lamport=None)), "lamport"),
        (rfc8785.dumps(plain(boot="")), "boot"),
        (rfc8785.dumps(plain(case=5)), "case"),
        (rfc8785.dumps(plain(body=BODY.upper())), "lower-case hex"),
        (rfc8785.dumps(plain(body=BODY[:-1])), "lower-case hex"),
        (rfc8785.dumps(plain(v=0)), "version 0"),
        (rfc8785.dumps(plain(extra="x")), "version 1"),
        (rfc8785.dumps(plain(reason="x" * MAX_SIZE)), "the most"),
    ],
)
def test_what_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(BadEntry, match=why):
        commitment_of(data)
    with pytest.raises(BadEntry, match=why):
        Entry.from_bytes(data)


def test_the_largest_that_fits() -> None:
    size = len(Entry.from_bytes(rfc8785.dumps(plain(reason=""))).to_bytes())
    assert len(Entry.from_bytes(rfc8785.dumps(plain(reason="x" * (MAX_SIZE - size)))).to_bytes()) == MAX_SIZE
    with pytest.raises(BadEntry, match="the most"):
        Entry(at=1, mono=1, boot="b", lamport=1, kind="k", body=BODY, reason="x" * (MAX_SIZE - size + 2)).to_bytes()


def test_values_without_a_form_are_not_written() -> None:
    for changed in ({"at": -1}, {"at": 2**53}, {"body": "x"}, {"kind": ""}, {"kind": "\ud800"}):
        values = {"at": 1, "mono": 1, "boot": "b", "lamport": 1, "kind": "k", "body": BODY, **changed}
        with pytest.raises(BadEntry):
            Entry(**values).to_bytes()  # type: ignore[arg-type]


def test_a_later_version_may_add_members() -> None:
    later = rfc8785.dumps(plain(v=2, seal={"kind": "new", "n": [1, 2]}))
    assert commitment_of(later) == BODY
    assert Entry.from_bytes(later).v == 2
    with pytest.raises(BadEntry):
        commitment_of(later.replace(b'"n":[1,2]', b'"n":[1, 2]'))


def test_commitments() -> None:
    salt = new_salt()
    assert len(salt) == 32
    assert new_salt() != salt
    assert body_commitment(salt, b"what was said") == sha256(salt + b"what was said").hexdigest()
    with pytest.raises(BadEntry, match="32 bytes"):
        body_commitment(b"short", b"what was said")
