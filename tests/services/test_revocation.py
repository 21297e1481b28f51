"""A certificate that no longer holds: the root alone says so, nothing is signed with it then, openssl reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reviewer.domain.certificate import Revocation
from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import AccessRefused, NotTrusted, ReviewerError
from reviewer.domain.making_acts import CertificateRevoked
from reviewer.domain.roster import DAY
from reviewer.domain.timebase import Utc
from reviewer.sealing import certificate, envelope
from reviewer.services.certificate import copy_signer, make_certificate, revoke_certificate
from reviewer.services.revocation import revocations, revoked
from reviewer.services.storecheck_documents import kind_of
from tests.services.agency import Agency, keys, root_key, station_key

WHY = "the workstation was stolen"


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    for _ in range(2):
        make_certificate(made.trust(), root_key(), now=lambda: made.now)
    return made


def _revoke(agency: Agency, n: int, since: int, why: str = WHY, **more: object) -> Revocation:
    return revoke_certificate(agency.trust(), root_key(), n, Utc(since), why, now=lambda: agency.now, **more)  # type: ignore[arg-type]


def test_from_then_on_nothing_is_signed_with_it(agency: Agency) -> None:
    told: list[object] = []

    class Done:
        def result(self) -> None: ...

    def record(event: object) -> Done:
        told.append(event)
        return Done()

    trust = agency.trust()
    assert revocations(trust) == ()
    end = _revoke(agency, 2, agency.now + DAY, record=record)
    assert told == [CertificateRevoked(2, Utc(agency.now + DAY), WHY)]
    assert revocations(agency.trust()) == (end,) and decode(Revocation, encode(end)) == end
    assert copy_signer(trust, keys("hill"), now=lambda: agency.now)  # until then it holds
    with pytest.raises(AccessRefused, match=r"no longer holds since .*stolen"):
        copy_signer(trust, keys("hill"), now=lambda: Utc(agency.now + DAY))
    make_certificate(trust, root_key(), now=lambda: agency.now)
    assert copy_signer(trust, keys("hill"), now=lambda: Utc(agency.now + DAY))  # a new one holds


def test_the_earliest_counts_and_an_older_one_ends_alone(agency: Agency) -> None:
    first, second = _revoke(agency, 2, agency.now + 5 * DAY), _revoke(agency, 2, agency.now + 2 * DAY)
    third = _revoke(agency, 2, agency.now + 9 * DAY)  # said later, and later: it gives no time back
    found = revocations(agency.trust())
    assert found == (first, second, third) and revoked(found, first.serial) == second
    _revoke(agency, 1, agency.now)
    assert copy_signer(agency.trust(), keys("hill"), now=lambda: agency.now)


def test_nobody_but_the_root_and_nothing_without_a_reason(agency: Agency) -> None:
    with pytest.raises(NotTrusted, match="not the key"):
        revoke_certificate(agency.trust(), station_key(), 2, agency.now, WHY, now=lambda: agency.now)
    with pytest.raises(ReviewerError, match="No reason"):
        _revoke(agency, 2, agency.now, " ")
    with pytest.raises(ReviewerError, match="no certificate 7"):
        _revoke(agency, 7, agency.now)
    end = _revoke(agency, 2, agency.now + DAY)
    forged = envelope.sign(
        "revocation", {**encode(end), "n": 2, "since": "2020-01-01T00:00:00Z"}, "root", station_key()
    )
    agency.store.put_if_absent("revocations/2.json", forged)
    agency.store.put_if_absent("revocations/3.json", envelope.sign("revocation", encode(end), "root", root_key()))
    assert revocations(agency.trust()) == (end,)
    assert kind_of("revocations/1.json") != "strange" and kind_of("revocations/x.json") == "strange"


def test_openssl_reads_the_list(agency: Agency, tmp_path: Path) -> None:
    holds, other = (make_certificate(agency.trust(), root_key(), now=lambda: agency.now) for _ in range(2))
    _revoke(agency, 1, agency.now)
    end = _revoke(agency, other.n, agency.now)
    (tmp_path / "ca.pem").write_text(holds.authority)
    (tmp_path / "crl.pem").write_text(end.crl)
    at = ("-attime", str(agency.now // 1_000_000 + 60))
    words = ["openssl", "verify", *at, "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", "leaf.pem"]
    for made, good in ((holds, True), (other, False)):
        (tmp_path / "leaf.pem").write_text(made.leaf)
        said = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (said.returncode == 0) is good and ("revoked" in said.stderr) is not good
    text = subprocess.run(
        ["openssl", "crl", "-noout", "-text"], input=end.crl, capture_output=True, text=True, check=True
    )
    assert text.stdout.count("Serial Number") == 2
    assert certificate.serial_of(other.leaf) == end.serial
