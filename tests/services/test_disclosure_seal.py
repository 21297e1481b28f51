"""Packages closed under a password or for a key: outside programs open the first, the key's holder the second."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import pyzipper

from reviewer.domain.errors import AccessRefused, IntegrityError, MalformedDocument, ReviewerError
from reviewer.services.disclosure_seal import (
    check_password,
    check_recipient,
    open_package,
    seal_for,
    sealed_to,
    zip_under,
)
from reviewer.services.workspace import Workspace
from tests.services.agency import flip, keys

PASSWORD = "a long enough word"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "FOI-1"
    (made / "data").mkdir(parents=True)
    (made / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    (made / "data" / "copy.mp4").write_bytes(b"the footage of it" * 200_000)
    return made


def _same(one: Path, two: Path) -> bool:
    files = {p.relative_to(one): p.read_bytes() for p in one.rglob("*") if p.is_file()}
    return files == {p.relative_to(two): p.read_bytes() for p in two.rglob("*") if p.is_file()}


def test_a_zip_is_aes_256_and_opens_with_its_password(folder: Path, tmp_path: Path) -> None:
    target, told = tmp_path / "out.zip", list[int]()
    zip_under(folder, target, PASSWORD, told.append)
    assert sum(told) == sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    assert b"the footage of it" not in target.read_bytes()
    with pyzipper.AESZipFile(target) as packed:
        packed.setpassword(PASSWORD.encode())
        assert packed.testzip() is None
        assert {info.wz_aes_strength for info in packed.infolist()} == {3}  # 256 bits
    assert _same(open_package(Workspace(tmp_path / "home"), target, tmp_path / "opened", password=PASSWORD), folder)
    with pytest.raises(ReviewerError, match="does not open"):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "wrong", password=PASSWORD + "x")
    assert not (tmp_path / "wrong").exists()
    with pytest.raises(ReviewerError, match="There is something at"):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "opened", password=PASSWORD)


@pytest.mark.skipif(shutil.which("7z") is None, reason="7-Zip is not installed")
def test_7_zip_opens_it(folder: Path, tmp_path: Path) -> None:
    zip_under(folder, tmp_path / "out.zip", PASSWORD)
    subprocess.run(["7z", "x", f"-p{PASSWORD}", "out.zip", "-osevenzip"], cwd=tmp_path, check=True, capture_output=True)
    assert _same(tmp_path / "sevenzip" / "FOI-1", folder)


def test_what_is_sealed_to_a_key_opens_with_that_alone(folder: Path, tmp_path: Path) -> None:
    target, public = tmp_path / "out.sealed", keys("salo").public.sealing
    seal_for(folder, target, public)
    assert sealed_to(target) == public and b"the footage of it" not in target.read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {"FOI-1", "out.sealed"}
    assert _same(open_package(Workspace(tmp_path / "home"), target, tmp_path / "opened", keys=keys("salo")), folder)
    with pytest.raises(AccessRefused):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "other", keys=keys("aro"))
    with pytest.raises(ReviewerError, match="is sealed to a key"):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "other")
    flip(target, -40)
    with pytest.raises(IntegrityError):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "other", keys=keys("salo"))
    assert not (tmp_path / "other").exists()


def test_the_first_line_is_part_of_what_is_sealed(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.sealed"
    seal_for(folder, target, keys("salo").public.sealing)
    data = target.read_bytes()
    target.write_bytes(data.replace(b'"v":1}', b'"v":1 }', 1))
    with pytest.raises(IntegrityError):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "other", keys=keys("salo"))
    target.write_bytes(b"{}\n")
    with pytest.raises(MalformedDocument):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "other", keys=keys("salo"))


@pytest.mark.parametrize("name", ["../evil", "/evil", "FOI-1/../../evil", "alone", "FOI-1\\..\\evil"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "in" / "bad.zip"
    target.parent.mkdir()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(name, b"evil")
    with pytest.raises(IntegrityError, match="a file with a name"):
        open_package(Workspace(tmp_path / "home"), target, tmp_path / "in" / "out")
    assert [p.name for p in (tmp_path / "in").rglob("*")] == ["bad.zip"]


def test_short_passwords_and_keys_that_are_none_are_refused() -> None:
    with pytest.raises(ReviewerError, match="fewer than 12"):
        check_password("short")
    check_password(PASSWORD)
    for wrong in ("", "abc", "AAAA", "ä"):
        with pytest.raises(ReviewerError, match="no public key"):
            check_recipient(wrong)
    check_recipient(keys("salo").public.sealing)
