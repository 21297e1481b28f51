"""The agency's certificate: the root alone makes it, those who may release hold it, nobody else's counts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reviewer.domain.certificate import AgencyCertificate
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, NotTrusted
from reviewer.domain.making_acts import CertificateMade
from reviewer.domain.timebase import Utc
from reviewer.sealing import envelope
from reviewer.services.certificate import copy_signer, make_certificate, newest_certificate
from reviewer.services.storecheck_documents import kind_of
from tests.services.agency import YEAR, Agency, keys, root_key, station_key


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def test_the_root_makes_it_and_who_may_release_holds_it(agency: Agency, tmp_path: Path) -> None:
    told: list[object] = []

    class Done:
        def result(self) -> None: ...

    def record(event: object) -> Done:
        told.append(event)
        return Done()

    trust = agency.trust()
    assert newest_certificate(trust) is None
    made = make_certificate(trust, root_key(), record=record, now=lambda: agency.now)  # type: ignore[arg-type]
    assert newest_certificate(agency.trust()) == made == decode(AgencyCertificate, encode(made))
    assert told == [CertificateMade(1, ("salo", "aro", "hill"), made.expires)]
    for who in ("salo", "aro", "hill"):
        assert copy_signer(trust, keys(who), now=lambda: agency.now).leaf == made.leaf
    with pytest.raises(AccessRefused, match="before you could release"):
        copy_signer(trust, keys("falk"), now=lambda: agency.now)
    with pytest.raises(AccessRefused, match="has expired"):
        copy_signer(trust, keys("hill"), now=lambda: Utc(agency.now + 3 * YEAR))
    (tmp_path / "ca.pem").write_text(made.authority)
    (tmp_path / "leaf.pem").write_text(made.leaf)
    words = ["openssl", "verify", "-attime", str(agency.now // 1_000_000 + 60), "-CAfile", "ca.pem", "leaf.pem"]
    assert subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "leaf.pem: OK\n"


def test_nobody_else_makes_one(agency: Agency) -> None:
    trust = agency.trust()
    with pytest.raises(NotTrusted, match="not the key"):
        make_certificate(trust, station_key(), now=lambda: agency.now)
    made = make_certificate(trust, root_key(), now=lambda: agency.now)
    forged = envelope.sign("certificate", {**encode(made), "n": 2}, "root", station_key())
    agency.store.put_if_absent("certificates/2.json", forged)
    agency.store.put_if_absent("certificates/3.json", envelope.sign("certificate", encode(made), "root", root_key()))
    assert newest_certificate(agency.trust()) == made  # a forgery, and one in another's place, hide nothing
    assert kind_of("certificates/1.json") != "strange" and kind_of("certificates/x.json") == "strange"


def test_every_certificate_of_a_root_has_the_same_authority(agency: Agency) -> None:
    first, second = (make_certificate(agency.trust(), root_key(), now=lambda: agency.now) for _ in range(2))
    assert (first.n, second.n) == (1, 2) and first.leaf != second.leaf

    def key(pem: str) -> str:
        words = ["openssl", "x509", "-noout", "-pubkey"]
        return subprocess.run(words, input=pem, capture_output=True, text=True, check=True).stdout

    assert key(first.authority) == key(second.authority) != key(first.leaf)
