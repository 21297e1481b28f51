"""Faults of the engine and of those who may write there: objects, rosters, credentials, disks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reviewer.domain.errors import CredentialsRefused, NotTrusted
from reviewer.domain.roster import Roster
from reviewer.domain.storecheck import Fault, Finding
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.storecheck import StoreCheck
from reviewer.services.sync import ObjectState
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from reviewer.stores.location import parse_location
from reviewer.stores.s3_credentials import Keys, sts_client
from tests.faults.store_site import Site
from tests.services.agency import NOW
from tests.stores.engines.client import write_keys

_FOOTAGE = "/objects/"


def _found(site: Site, fault: Fault) -> list[Finding]:
    """What a check of the store says of this kind."""
    report = StoreCheck(site.direct(), site.agency.root, Workspace(site.folder / "checker"), now=lambda: NOW).run()
    for each in report.findings:
        site.words(each.message, each.next_step)
    return [each for each in report.findings if each.fault is fault]


def deleted(site: Site) -> None:
    """The bucket's owner deletes an object as people do (a marker over it), then one for good."""
    assert site.engine is not None
    client = site.engine.client()
    for part in range(3):
        client.delete_object(Bucket=site.bucket, Key=site.key(part))
    assert site.fetch().complete, "a marker over an object hid it"
    site.nothing_unverified()
    assert len(_found(site, Fault.DELETED)) == 3, "a check does not say what was deleted"
    sealed = site.workspace.cached(site.manifest.parts[1].object).read_bytes()
    site.forget()
    _remove(site, site.key(1))
    report = site.fetch()
    assert [o.state for o in report.objects].count(ObjectState.PRESENT) == 2, "the others did not come"
    assert "has no objects/" in site.told(report)
    site.nothing_unverified()
    assert _found(site, Fault.MISSING)
    client.put_object(Bucket=site.bucket, Key=site.key(1), Body=sealed)  # from a backup
    site.nothing_lost()


def _remove(site: Site, key: str) -> None:
    """Every version of a key, for good."""
    assert site.engine is not None
    client = site.engine.client()
    listed = client.list_object_versions(Bucket=site.bucket, Prefix=key)
    for each in (*listed.get("Versions", []), *listed.get("DeleteMarkers", [])):
        client.delete_object(Bucket=site.bucket, Key=key, VersionId=each["VersionId"])


def overwritten(site: Site) -> None:
    """The bucket's owner lays something else over objects and documents: before they are fetched, and while one is."""
    assert site.engine is not None
    client, size = site.engine.client(), site.manifest.parts[0].sealed_size
    client.put_object(Bucket=site.bucket, Key=site.key(0), Body=bytes(size))
    client.put_object(Bucket=site.bucket, Key=site.key(2), Body=b"something else")
    client.put_object(Bucket=site.bucket, Key=f"{site.prefix}/recordings/r1/1.json", Body=b"{}")
    report = site.fetch(
        during=lambda: client.put_object(Bucket=site.bucket, Key=site.key(1), Body=bytes(7_000_700)), cap=6_000_000
    )
    assert report.complete, f"the oldest version did not come: {report.problems} {report.stopped}"
    site.nothing_unverified()
    assert site.read() == []
    assert len(_found(site, Fault.VERSIONS)) >= 3, "a check does not say what was written over"
    site.forget()
    site.nothing_lost()


def roster_rolled_back(site: Site) -> None:
    """Somebody removes the newest roster, or lays the old one over it, or in its place."""
    first = site.agency.trust().roster()
    site.agency.put_roster(replace(first, version=2, users=first.users[:-1]))
    assert site.agency.trust().roster().version == 2
    key = f"{site.prefix}/roster/2.json"
    assert site.engine is not None
    client = site.engine.client()
    old = site.direct().get("roster/1.json")
    client.put_object(Bucket=site.bucket, Key=key, Body=old)
    assert site.agency.trust().roster().version == 2
    _remove(site, key)
    trust = site.agency.trust()
    assert trust.roster().version == 2, "the copy on this machine does not count"
    assert [site.words(n.message, n.next_step) for n in trust.notices], "nobody is told"
    copy = site.workspace.documents / "roster/2.json"
    kept = copy.read_bytes()
    copy.unlink()
    assert "went back from version 2 to 1" in _refused(site, site.agency.trust().roster)
    client.put_object(Bucket=site.bucket, Key=key, Body=old)
    assert _refused(site, site.agency.trust().roster)
    _remove(site, key)
    copy.write_bytes(kept)
    site.direct().put_if_absent("roster/2.json", kept)
    site.nothing_lost()


def _refused(site: Site, roster: Callable[[], Roster]) -> str:
    try:
        found = roster()
    except NotTrusted as why:
        return site.sentence(why)
    raise AssertionError(f"version {found.version} of the roster was believed")


def roster_expired(site: Site) -> None:
    """Nobody signed a new roster in time: it is said, and work goes on."""
    first = site.agency.trust().roster()
    site.agency.put_roster(replace(first, version=2, expires=Utc(NOW - SECOND)))
    trust = site.agency.trust()
    assert trust.roster().version == 2
    assert any("expired on" in site.words(n.message, n.next_step) for n in trust.notices), "nobody is told"
    assert _found(site, Fault.EXPIRED)
    site.nothing_lost()
    site.agency.put_roster(replace(first, version=3))
    trust.refresh()
    assert not any(
        "expired" in n.message for n in Trust(site.direct(), site.agency.root, site.workspace, now=lambda: NOW).notices
    )


def credentials_expire(site: Site) -> None:
    """Credentials end while an object is on its way: nobody has new ones; then they are renewed in time."""
    assert site.engine is not None
    if not site.engine.role:
        _said_to_be_expired(site)
        return
    keys = site.folder / "session.json"
    _session(site, keys, 4)
    store = locate(site.locations(endpoint=site.proxy.endpoint, keys=keys))
    store.check()
    report = site.fetch(store, during=lambda: threading.Event().wait(5), cap=2_500_000)
    assert isinstance(report.stopped, CredentialsRefused), f"stopped by {report.stopped!r}"
    assert sum(o.here for o in report.objects)
    site.told(report)
    site.nothing_unverified()
    _session(site, keys, 900)
    assert site.fetch(store).complete, "new credentials in the file were not taken"
    site.forget()
    _session(site, keys, 3)
    report = site.fetch(store, during=lambda: _session(site, keys, 900), cap=1_800_000)
    assert report.complete, f"credentials that were renewed in the middle: {report.stopped}"
    site.nothing_unverified()
    site.forget()
    asked = len(site.proxy.requests)
    roles = locate(site.locations(endpoint=site.proxy.endpoint, role=site.engine.role, seconds="2"))
    report = site.fetch(roles, cap=1_800_000)
    assert report.complete, f"a role that was taken on again and again: {report.stopped}"
    taken = [each for each in site.proxy.requests[asked:] if each.startswith("POST / ") or each == "POST /"]
    assert len(taken) >= 2, "the role was not taken on again"
    site.nothing_unverified()
    site.nothing_lost()


def _session(site: Site, file: Any, seconds: int) -> None:  # noqa: ANN401
    """Credentials for so long, from STS, in a file."""
    assert site.engine is not None
    where = parse_location(site.locations(endpoint=site.engine.plain))
    sts = sts_client(where, Keys(site.engine.access, site.engine.secret))
    made = sts.assume_role(RoleArn=site.engine.role, RoleSessionName="test", DurationSeconds=seconds)["Credentials"]
    write_keys(file, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def _said_to_be_expired(site: Site) -> None:
    """An engine without STS: the answer is the proxy's, then the keys are others', whom it does not let in."""
    assert site.engine is not None
    report = site.fetch(during=lambda: site.proxy.set(only=_FOOTAGE, answer="expired"), cap=6_000_000)
    assert isinstance(report.stopped, CredentialsRefused), f"stopped by {report.stopped!r}"
    site.told(report)
    site.nothing_unverified()
    site.proxy.set()
    keys = site.engine.keys_file(site.folder, name="changing.json")
    store = locate(site.locations(endpoint=site.proxy.endpoint, keys=keys))
    report = site.fetch(store)
    assert report.complete
    site.forget()
    site.engine.keys_file(site.folder, other=True, name="changing.json")
    other = locate(site.locations(endpoint=site.proxy.endpoint, keys=keys))
    report = site.fetch(other)
    assert isinstance(report.stopped, CredentialsRefused), f"stopped by {report.stopped!r}"
    site.told(report)
    site.engine.keys_file(site.folder, name="changing.json")
    site.nothing_lost(other)


def osd_killed(site: Site) -> None:
    """One of three disks' daemons is killed while an object comes: no bit is missed, and what is put is kept."""
    assert site.engine is not None
    stopped = site.engine.daemons[2]
    try:
        report = site.fetch(during=lambda: site.engine.stop(stopped) if site.engine else None, cap=4_000_000)
        if not report.complete:
            site.told(report)
        site.nothing_unverified()
        site.puts()
    finally:
        site.engine.start(stopped)
    site.nothing_lost()
