"""The single file that verifies packages: its own arithmetic, and what a forger with a key of their own gets."""

from __future__ import annotations

import base64
import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from reviewer import config
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services import disclosure_copies
from reviewer.services.copy_check import Checked
from reviewer.services.disclosure_package import PackageDone, make_package
from reviewer.services.session import Session
from tests.services.agency import Agency
from tests.services.copies_room import agency_of_copies, asked, custodian, rendered
from tests.services.log_desk import ZONE, cosign

FILE = config.resource("verifier", "verify_disclosure.py")
TOOL: dict[str, Any] = runpy.run_path(str(FILE))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_signatures_are_judged_as_a_library_judges_them(seed: bytes, message: bytes, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert TOOL["holds"](public, message, signature)
    assert not TOOL["holds"](public, message + b"x", signature)
    bad = bytearray(signature)
    bad[bit // 8] ^= 1 << bit % 8
    try:
        assert not TOOL["holds"](public, message, bytes(bad))
    except TOOL["Wrong"]:
        return


def test_rfc_8032_has_this_signature() -> None:
    """RFC 8032, 7.1, TEST 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert TOOL["holds"](public, b"\x72", signature)
    order = TOOL["ORDER"]
    high = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not TOOL["holds"](public, b"\x72", high)  # RFC 8032, 5.1.7: S is below the order


def test_it_imports_nothing_but_python() -> None:
    code = (
        f"import runpy,sys; sys.path=[p for p in sys.path if 'site-packages' not in p]; runpy.run_path({str(FILE)!r})"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, timeout=60)


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def agency(tmp_path: Path, cached: Path) -> Agency:
    return agency_of_copies(tmp_path, cached, witness=True)


@pytest.fixture
def session(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(disclosure_copies, "check_copy", lambda *_: Checked((), ("compared",)))
    with custodian(agency) as opened:
        yield opened


def _made(session: Session, agency: Agency, out: Path) -> PackageDone:
    copy = rendered(session, out.parent / "one.mp4")
    cosign(agency, session, Utc(agency.now + 60 * SECOND))
    return make_package(session, asked(out, copy), {}, zone=ZONE, now=lambda: agency.now)


def test_it_says_how_much_witnesses_saw(session: Session, agency: Agency, tmp_path: Path) -> None:
    done = _made(session, agency, tmp_path / "given")
    problems, remarks = TOOL["verify"](str(done.path))
    assert problems == [] and "Witnesses saw 3 of the 4 entries" in " ".join(remarks)
    assert any("Not witnessed yet" in each for each in done.said)
    problems, _ = TOOL["verify"](str(done.path), None, True)
    assert problems == ["Witnesses saw 3 of the 4 entries; others rest on the log's own key alone."]


def test_another_log_under_the_same_name_is_a_fork(session: Session, agency: Agency, tmp_path: Path) -> None:
    done = _made(session, agency, tmp_path / "given")
    path = done.path / "package-made.json"
    bundle = json.loads(path.read_text())
    assert bundle["logs"][0]["consistency"]
    bundle["logs"][0]["consistency"] = [{"size": e["size"], "proof": []} for e in bundle["logs"][0]["consistency"]]
    path.write_text(json.dumps(bundle))
    problems, _ = TOOL["verify"](str(done.path))
    assert any("FORK" in each for each in problems)


def test_a_forger_with_keys_of_their_own_meets_the_agencys(
    session: Session, agency: Agency, tmp_path: Path, cached: Path
) -> None:
    """Another agency makes a package of the same request; it agrees with itself and with nobody else."""
    done = _made(session, agency, tmp_path / "given")
    keys = json.loads((done.path / "data/proofs/keys.json").read_text())
    forged = tmp_path / "forged"
    shutil.copytree(done.path, forged)
    note = json.loads((forged / "package-made.json").read_text())
    origin = note["logs"][0]["origin"]
    key = Ed25519PrivateKey.generate()
    public = b"\x01" + key.public_key().public_bytes_raw()
    known = sha256(origin.encode() + b"\n" + public).digest()[:4]
    vkey = f"{origin}+{known.hex()}+{base64.b64encode(public).decode()}"
    own = {**keys, "logs": [{**each, "vkey": vkey} for each in keys["logs"]]}
    for name in ("data/proofs/bundle.json", "package-made.json"):
        bundle = json.loads((forged / name).read_text())
        for log in bundle["logs"]:
            text = log["checkpoint"].partition("\n\n")[0] + "\n"
            signed = base64.b64encode(known + key.sign(text.encode())).decode()
            log["checkpoint"] = f"{text}\n— {origin} {signed}\n"
        (forged / name).write_text(json.dumps(bundle))
    (forged / "data/proofs/keys.json").write_text(json.dumps(own))
    problems, _ = TOOL["verify"](str(forged), keys)
    assert any("did not sign it" in each for each in problems)


def _relisted(folder: Path, name: str, data: bytes) -> None:
    """Another file in the place of one, with lists that say so."""
    (folder / name).write_bytes(data)
    for listed, of in (("manifest-sha256.txt", name), ("tagmanifest-sha256.txt", "manifest-sha256.txt")):
        lines = (folder / listed).read_text().splitlines()
        new = sha256((folder / of).read_bytes()).hexdigest()
        (folder / listed).write_text("".join(f"{new if x.endswith('  ' + of) else x[:64]}{x[64:]}\n" for x in lines))


@pytest.mark.parametrize("harm", ["link", "folder", "deep", "empty"])
def test_what_is_no_package_is_a_sentence(session: Session, agency: Agency, tmp_path: Path, harm: str) -> None:
    folder = _made(session, agency, tmp_path / "given").path
    if harm == "link":
        (folder / "data" / "more").symlink_to("/etc")
    elif harm == "folder":
        (folder / "data/letter.pdf").unlink()
        (folder / "data/letter.pdf").mkdir()
    elif harm == "deep":
        _relisted(folder, "data/index.json", b"[" * 100_000)
    else:
        (folder / "manifest-sha256.txt").write_bytes(b"")
    words = [sys.executable, "-I", FILE, folder]
    found = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (found.returncode, found.stderr, found.stdout.splitlines()[-1]) == (1, "", "FAIL")
    gone = subprocess.run([*words[:3], tmp_path], capture_output=True, text=True, check=False, timeout=60)
    assert (gone.returncode, gone.stderr) == (2, "")
