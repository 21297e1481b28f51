"""Faults between this machine and the engine: connections, answers, names, certificates, clocks."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from unittest import mock

from reviewer.domain.errors import CertificateRefused, ClockRefused, ReviewerError, StoreBusy, StoreUnreachable
from reviewer.services.sync import ObjectState
from reviewer.stores.base import locate
from tests.faults.store_site import Site
from tests.stores.engines.certificates import make_authority

_FOOTAGE = "/objects/"
_LIBRARIES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1")
_OFF = 20 * 60  # seconds
_SOON = 30  # seconds until a person is told


def _comes_after_a_stop(site: Site, **faults: object) -> None:
    """Every answer about footage goes wrong: it stops with a sentence; then it goes on."""
    store = site.way()
    site.proxy.set(only=_FOOTAGE, **faults)
    report = site.fetch(store)
    assert not report.complete
    site.told(report)
    site.nothing_unverified()
    site.nothing_lost(store)


def cut_mid_object(site: Site) -> None:
    """The connection is reset in the middle: a few times, then in every answer, then before the first byte."""
    site.proxy.set(only=_FOOTAGE, cut_after=150_000, times=4)
    assert site.fetch().complete, "it did not go on after resets"
    site.nothing_unverified()
    site.forget()
    site.proxy.set(only=_FOOTAGE, cut_after=1_000_000, times=15)
    assert site.fetch().complete, "each answer brings something, and it did not go on"
    site.nothing_unverified()
    site.forget()
    _comes_after_a_stop(site, cut_after=0)
    site.puts(forget=True, times=1)
    site.puts(forget=True)
    site.puts(size=17_000_000, forget=True, times=2)


def early_close(site: Site) -> None:
    """The connection is closed in good order before the promised end."""
    site.proxy.set(only=_FOOTAGE, close_after=99_999, times=4)
    assert site.fetch().complete, "it did not go on after early ends"
    site.nothing_unverified()
    site.forget()
    _comes_after_a_stop(site, close_after=0)
    site.proxy.set(close_after=40)
    site.read()
    site.proxy.set()
    assert site.read() == []


def slow_down(site: Site) -> None:
    """503 SlowDown to three of four requests of every kind."""
    site.proxy.set(busy=3)
    assert site.read() == []
    report = site.fetch(site.way())
    assert report.complete, f"it did not go on: {report.stopped}"
    asked = {each.split()[0] for each in site.proxy.requests}
    assert asked >= {"GET"}
    site.nothing_unverified()
    store, part = site.way(), site.manifest.parts[0]
    site.proxy.set(busy=3)
    store.protection(f"objects/{part.object[:2]}/{part.object}")
    assert any(each.startswith("HEAD") for each in site.proxy.requests), "HEAD was not asked"
    site.puts(busy=3, verbs=("GET", "HEAD", "PUT", "POST"))
    site.nothing_lost()


def too_busy(site: Site) -> None:
    """503 SlowDown to everything: it is said within half a minute, and not for ever waited for."""
    store = site.way()
    site.proxy.set(busy=1_000_000)
    began = time.monotonic()
    try:
        store.get(f"recordings/{site.manifest.recording_id}/1.json")
    except StoreBusy as why:
        site.sentence(why)
    else:
        raise AssertionError("a store that answers nothing gave something")
    assert time.monotonic() - began <= _SOON, "it took too long until it was said"
    began = time.monotonic()
    report = site.fetch(store)
    assert isinstance(report.stopped, StoreBusy), f"stopped by {report.stopped!r}"
    site.told(report)
    assert site.waits, "nobody was told while it was asked again"
    at, why = site.waits[0]
    site.sentence(why)
    assert at - began <= _SOON, f"it was said after {at - began:.0f} s"
    site.nothing_unverified()
    site.proxy.set()
    first = len(site.waits)
    report = site.fetch(store, during=lambda: site.proxy.set(busy=1_000_000, only=_FOOTAGE, times=40), cap=6_000_000)
    assert report.complete, f"it did not go on by itself: {report.stopped}"
    assert len(site.waits) > first, "a silence in the middle was not said"
    site.nothing_lost(store)


def byte_flipped(site: Site) -> None:
    """One bit is another on the way: in footage, in documents, and in what is put."""
    site.proxy.set(only=_FOOTAGE, flip_at=70_000, times=1)
    report = site.fetch()
    site.nothing_unverified()
    if not report.complete:
        assert "does not match its signed manifest" in site.told(report)
    site.nothing_lost()
    site.forget()
    site.proxy.set(only=_FOOTAGE, flip_at=100)
    report = site.fetch()
    assert not any(o.state is ObjectState.PRESENT for o in report.objects if o.item.sealed_size > 1_000)
    site.told(report)
    site.nothing_unverified()
    site.proxy.set(only="/recordings/", flip_at=300)
    assert site.read(), "a manifest with another bit in it, and nothing is said"
    site.puts(flip_sent=1_000, times=1)
    site.puts(flip_sent=1_000)
    site.nothing_lost()


def truncated(site: Site) -> None:
    """Answers shorter than the object, whose length says so too; then such an object in the store itself."""
    site.proxy.set(only=_FOOTAGE, truncate_to=1_000, times=6)
    assert site.fetch().complete, "it did not go on after answers that were too short"
    site.nothing_unverified()
    site.forget()
    _comes_after_a_stop(site, truncate_to=0)
    site.proxy.set(only="/recordings/", truncate_to=100)
    site.read()
    assert site.engine is not None
    client = site.engine.client()
    store = site.way()
    for version in client.list_object_versions(Bucket=site.bucket, Prefix=site.key(1))["Versions"]:
        client.delete_object(Bucket=site.bucket, Key=site.key(1), VersionId=version["VersionId"])
    whole = site.workspace.cached(site.manifest.parts[1].object).read_bytes()
    short = client.put_object(Bucket=site.bucket, Key=site.key(1), Body=whole[: len(whole) // 2])["VersionId"]
    site.forget()
    site.proxy.set()
    report = site.fetch(store)
    assert report.fetched == 2
    assert "does not match its signed manifest" in site.told(report)
    site.nothing_unverified()
    client.delete_object(Bucket=site.bucket, Key=site.key(1), VersionId=short)
    client.put_object(Bucket=site.bucket, Key=site.key(1), Body=whole)
    site.nothing_lost()


def wrong_length(site: Site) -> None:
    """The length says more than there is, or more comes than there is."""
    site.proxy.set(only=_FOOTAGE, wrong_length=5_000, times=3)
    report = site.fetch()
    site.nothing_unverified()
    if not report.complete:
        site.told(report)
    site.nothing_lost()
    site.forget()
    site.proxy.set(only=_FOOTAGE, longer_by=5_000)
    report = site.fetch(patience=(0.05, 0.1))
    site.nothing_unverified()
    if not report.complete:
        site.told(report)
    site.proxy.set(only="/recordings/", wrong_length=50)
    site.read()
    site.nothing_lost()


def clock_off(site: Site) -> None:
    """This machine's clock is 20 minutes off: when it begins, then in the middle."""
    library = next((str(f) for pattern in _LIBRARIES for f in Path("/").glob(pattern[1:])), "")
    for sign in ("+", "-"):
        if library:
            shifted = {"LD_PRELOAD": library, "FAKETIME": f"{sign}{_OFF}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            words = site.heard(site.child(shifted))
            kind, said = words["kind"], str(words["said"])
        else:
            kind, said = _signed_at(site, _OFF if sign == "+" else -_OFF)
        assert kind == ClockRefused.__name__ or "clock" in said, f"not said to be the clock: {kind} {said}"
        site.nothing_unverified()
    store = site.way()
    report = site.fetch(store, during=lambda: site.proxy.set(only=_FOOTAGE, answer="skewed"), cap=6_000_000)
    assert isinstance(report.stopped, ClockRefused), f"stopped by {report.stopped!r}"
    site.told(report)
    site.nothing_unverified()
    site.nothing_lost(store)


def _signed_at(site: Site, off: int) -> tuple[str, str]:
    """Ask the engine with requests that are signed for another time."""
    then = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=off)
    with mock.patch("botocore.auth.get_current_datetime", lambda *_a, **_k: then):
        try:
            locate(site.on_the_way).check()
        except ReviewerError as why:
            return type(why).__name__, site.sentence(why)
    return "", "nothing"


def name_gone(site: Site) -> None:
    """The engine's name is not found any more, in the middle of a case."""
    report = site.fetch(during=lambda: site.proxy.set(only=_FOOTAGE, answer="skewed"), cap=6_000_000)
    here = sum(o.here for o in report.objects)
    assert here
    gone = locate(site.locations(endpoint="https://evidence.reviewer-test.invalid"))
    report = site.fetch(gone)
    assert isinstance(report.stopped, StoreUnreachable), f"stopped by {report.stopped!r}: {report.problems}"
    assert "name" in site.told(report)
    assert sum(o.here for o in report.objects) == here, "what was here is gone"
    site.nothing_unverified()
    assert site.read(gone)
    site.nothing_lost()


def other_certificate(site: Site) -> None:
    """What answers has a certificate that another authority signed: nothing is asked of it."""
    assert site.engine is not None
    authority, _key, _chain = make_authority(site.folder / "others", "others")
    other = locate(site.locations(endpoint=site.engine.secure, ca=str(authority)))
    for store in (other, locate(site.locations(endpoint=site.engine.secure))):
        report = site.fetch(store)
        assert isinstance(report.stopped, CertificateRefused), f"stopped by {report.stopped!r}"
        site.told(report)
        assert not sum(o.here for o in report.objects)
        site.nothing_unverified()
    assert site.read(other)
    site.nothing_lost(site.direct())
