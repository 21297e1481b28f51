"""A bucket that refuses: whose credentials ask, and the one sentence that is said of each failure."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reviewer.domain.errors import (
    CertificateRefused,
    ClockRefused,
    CredentialsRefused,
    NoSuchBucket,
    ReviewerError,
    StoreUnreachable,
)
from reviewer.domain.timebase import SECOND
from reviewer.stores.base import Store, locate
from tests.stores.behind import behind, said
from tests.stores.engines.certificates import make_authority
from tests.stores.engines.client import Engine, write_keys
from tests.stores.engines.fault_proxy import FaultProxy
from tests.stores.engines.processes import free_ports

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400 * SECOND


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest that engines take: what is larger goes in parts."""
    monkeypatch.setattr("reviewer.stores.s3_put.PART", 5 << 20)


# -- what is said when it fails --------------------------------------------------------------------------------------


def test_nobody_answers(tmp_path: Path) -> None:
    keys = write_keys(tmp_path / "keys.json", "AKIDNOBODY", "secret")
    store = locate(f"s3://bucket?endpoint=https://127.0.0.1:{free_ports(1)[0]}&keys={keys}")
    said(StoreUnreachable, store, "cannot be reached")


def test_no_machine_has_that_name(tmp_path: Path) -> None:
    keys = write_keys(tmp_path / "keys.json", "AKIDNOBODY", "secret")
    store = locate(f"s3://bucket?endpoint=https://no-such-machine.invalid&keys={keys}")
    said(StoreUnreachable, store, "No machine is found under the name no-such-machine.invalid")


def test_a_machine_that_does_not_talk_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and says nothing sensible: what answers is not a store."""
    keys = write_keys(tmp_path / "keys.json", "AKIDNOBODY", "secret")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    heard, _ = listening.accept()
                except OSError:
                    return
                with heard:
                    heard.recv(65_536)
                    heard.sendall(b"220 mail.example ESMTP\r\n")

        talker = threading.Thread(target=answer, daemon=True)
        talker.start()
        store = locate(
            "s3://bucket?endpoint={}://127.0.0.1:{}&keys={}".format("http", listening.getsockname()[1], keys)
        )
        with pytest.raises(StoreUnreachable):
            store.check()
        listening.shutdown(socket.SHUT_RDWR)
    talker.join(10)


def test_a_listing_that_breaks_off_is_said_without_a_number(engine: Engine, proxy: FaultProxy, keys: Path) -> None:
    store = behind(engine, proxy, keys)
    proxy.set(close_after=40)
    with pytest.raises(StoreUnreachable, match="broke") as caught:
        list(store.list("recordings"))
    assert "500" not in str(caught.value)


def test_another_bucket_name(engine: Engine, keys: Path) -> None:
    said(NoSuchBucket, locate(engine.location("no-such-bucket-here", keys)), "has no bucket no-such-bucket-here")


def test_another_authority(engine: Engine, keys: Path, tmp_path: Path) -> None:
    bucket = engine.bucket()
    other, _key, _chain = make_authority(tmp_path, "stranger")
    said(CertificateRefused, locate(engine.location(bucket, keys, ca=str(other))), "was not signed by the authority")
    bare = f"s3://{bucket}?endpoint={engine.secure}&keys={keys}"
    said(CertificateRefused, locate(bare), "was not signed by the authority")
    missing = engine.location(bucket, keys, ca=str(tmp_path / "none.pem"))
    said(CertificateRefused, locate(missing), "cannot be read")
    said(CertificateRefused, locate(engine.location(bucket, keys, ca=str(keys))), "no certificate in PEM form")


def test_bytes_are_refused_from_another_authority_too(engine: Engine, keys: Path, tmp_path: Path) -> None:
    """obstore has a way of its own to the store: it must not trust more than boto3 does."""
    bucket = engine.bucket()
    good = engine.location(bucket, keys)
    locate(good).put_if_absent("a/1", b"first")
    other, _key, _chain = make_authority(tmp_path, "stranger")
    store = locate(engine.location(bucket, keys, ca=str(other)))
    store._promise = locate_checked(good)._promise  # type: ignore[attr-defined]
    version = locate(good).stat("a/1").version
    with pytest.raises(CertificateRefused), store.stream("a/1", 0, 5, version) as chunks:
        list(chunks)


def locate_checked(location: str) -> Store:
    store = locate(location)
    store.check()
    return store


def test_wrong_keys_and_keys_without_rights(engine: Engine, keys: Path, tmp_path: Path) -> None:
    bucket = engine.bucket()
    locate(engine.location(bucket, keys)).put_if_absent("a/1", b"first")
    for name, access, secret, words in (
        ("unknown", "AKIDUNKNOWN123456789", "s" * 40, "does not know these credentials|does not let"),
        ("guessed", engine.access, "s" * 40, "does not know these credentials|does not let"),
        ("other", engine.other_access, engine.other_secret, "does not let these credentials"),
    ):
        file = write_keys(tmp_path / name, access, secret)
        said(CredentialsRefused, locate(engine.location(bucket, file)), words)


def test_files_of_keys_that_cannot_be_used(tmp_path: Path) -> None:
    at = "s3://bucket?endpoint=https://store.example/&keys="
    said(CredentialsRefused, locate(f"{at}{tmp_path / 'none'}"), "cannot be read")
    for number, text in enumerate(("", "[]", '{"access_key_id": "A"}', '{"access_key_id": 1, "secret_access_key": 2}')):
        bad = tmp_path / f"bad-{number}"
        bad.touch(mode=0o600)
        bad.write_text(text)
        said(CredentialsRefused, locate(f"{at}{bad}"), "does not hold credentials")
    loose = write_keys(tmp_path / "loose", "AKIDNOBODY", "secret")
    loose.chmod(0o640)
    said(CredentialsRefused, locate(f"{at}{loose}"), "Others may read")


def test_no_credentials_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    at = "s3://bucket?endpoint=https://store.example"
    said(CredentialsRefused, locate(at), "There are no credentials for bucket bucket at store.example")
    said(CredentialsRefused, locate(f"{at}&profile=nobody"), "There are no credentials")


def test_the_clock_is_twenty_minutes_off(engine: Engine, keys: Path) -> None:
    """A process of its own under libfaketime, for the bytes are asked for by Rust, which reads its own clock."""
    location = engine.location(engine.bucket(), keys)
    locate(location).put_if_absent("a/1", b"first")
    version = locate(location).stat("a/1").version
    program = (
        "import sys\n"
        "from reviewer.domain.errors import ReviewerError\n"
        "from reviewer.stores.base import ObjectStat, locate\n"
        "from reviewer.stores.s3_read import pieces\n"
        "store = locate(sys.argv[1])\n"
        "stat = ObjectStat('a/1', 5, sys.argv[2])\n"
        "for work in (store.check, lambda: list(pieces(store._link, 'a/1', stat, 0, 5))):\n"
        "    try:\n"
        "        print('done', work())\n"
        "    except ReviewerError as wrong:\n"
        "        print(type(wrong).__name__, wrong)\n"
    )
    done = subprocess.run(
        ["faketime", "-f", "-20m", sys.executable, "-c", program, location, str(version)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stdout + done.stderr
    for line in lines:
        assert line.startswith(ClockRefused.__name__) and "Set this machine's clock" in line, lines


# -- credentials -----------------------------------------------------------------------------------------------------


def secrets_of(engine: Engine) -> tuple[str, ...]:
    return (engine.access, engine.secret, engine.other_access, engine.other_secret)


def test_no_credential_is_ever_said(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    bucket, words = engine.bucket(), []
    good = engine.keys_file(tmp_path)
    bad = engine.keys_file(tmp_path, other=True, name="other.json")
    forged = write_keys(tmp_path / "forged.json", engine.access, engine.other_secret)
    for file in (good, bad, forged):
        store = locate(engine.location(bucket, file, endpoint=engine.plain))
        words += [repr(store), store.location, store.description, repr(vars(store))]
        for attempt in (store.check, lambda s=store: s.put_if_absent("a/1", b"x"), lambda s=store: s.get("a/2")):
            try:
                attempt()
            except ReviewerError as wrong:
                words += ["".join(traceback.format_exception(wrong)), repr(wrong), str(wrong.__dict__)]
    out = capfd.readouterr()
    everything = "\n".join([*words, caplog.text, out.out, out.err])
    assert "does not" in everything
    assert not [secret for secret in secrets_of(engine) if secret in everything]
    caplog.clear()


def test_environment_and_profile(ceph: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    location = f"s3://{ceph.bucket()}?endpoint={ceph.secure}&ca={ceph.ca}"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    shared = tmp_path / "credentials"
    shared.write_text(f"[dock]\naws_access_key_id = {ceph.access}\naws_secret_access_key = {ceph.secret}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    assert locate(f"{location}&profile=dock").reachable()
    assert not locate(location).reachable()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ceph.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ceph.secret)
    assert locate(location).reachable()


def test_keys_that_are_exchanged_in_their_file_are_taken_up(engine: Engine, tmp_path: Path) -> None:
    file = engine.keys_file(tmp_path)
    store = locate(engine.location(engine.bucket(), file))
    store.put_if_absent("a/1", b"first")
    stale = write_keys(tmp_path / "stale", "AKIDUNKNOWN123456789", "s" * 40)
    old = locate(engine.location(urlsplit(store.location).netloc, stale))
    assert not old.reachable()
    stale.write_text(file.read_text())
    assert old.get("a/1") == b"first"


def test_a_role_is_taken_on_and_renewed_in_the_middle_of_an_object(ceph: Engine, tmp_path: Path) -> None:
    """Credentials of three seconds, and an object whose reading takes longer: every range asks with what holds then."""
    keys = ceph.keys_file(tmp_path)
    bucket, data = ceph.bucket(), os.urandom(8 << 20)
    locate(ceph.location(bucket, keys)).put_if_absent("objects/aa/x", data)
    store = locate(ceph.location(bucket, keys, role=ceph.role, seconds="3"))
    assert store.reachable()
    got, pause, began = b"", threading.Event(), time.monotonic()
    version = store.stat("objects/aa/x").version
    for start in range(0, len(data), 1 << 20):
        with store.stream("objects/aa/x", start, start + (1 << 20), version) as chunks:
            got += b"".join(chunks)
        pause.wait(0.8)
    assert got == data and time.monotonic() - began > 6
    assert store.get("objects/aa/x") == data


def test_expired_credentials_are_exchanged_when_the_store_says_so(ceph: Engine, tmp_path: Path) -> None:
    """What they themselves say of their end may be wrong: then the store's word counts."""
    keys = ceph.keys_file(tmp_path)
    with FaultProxy(ceph.http) as proxy:
        bucket, data = ceph.bucket(), os.urandom(3 << 20)
        locate(ceph.location(bucket, keys)).put_if_absent("objects/aa/x", data)
        store = locate(ceph.location(bucket, keys, endpoint=proxy.endpoint, role=ceph.role))
        version = store.stat("objects/aa/x").version
        proxy.set(answer="expired", only="objects/", times=1)
        with store.stream("objects/aa/x", 0, len(data), version) as chunks:
            assert b"".join(chunks) == data
        proxy.set(answer="expired", only="list", times=1, verbs=("GET",))
        assert store.size("objects/aa/x") == len(data)
        assert sum(request.startswith("POST /") for request in proxy.requests) >= 2  # AssumeRole, and again
        proxy.set(answer="expired", only="objects/")
        with pytest.raises(CredentialsRefused, match="have expired"):
            store.get("objects/aa/x")


def test_a_role_that_may_not_be_taken_on_is_said(ceph: Engine, tmp_path: Path) -> None:
    other = ceph.keys_file(tmp_path, other=True)
    store = locate(ceph.location(ceph.bucket(), other, role=ceph.role))
    said(CredentialsRefused, store, "does not let these credentials|does not know these credentials")


def test_really_expired_credentials_are_said(ceph: Engine, tmp_path: Path) -> None:
    """A session's keys from a file, as somebody copies them: nobody can renew those."""
    import boto3

    client = boto3.client(
        "sts",
        endpoint_url=ceph.plain,
        region_name="us-east-1",
        aws_access_key_id=ceph.access,
        aws_secret_access_key=ceph.secret,
        config=boto3.session.Config(parameter_validation=False),
    )
    answer = client.assume_role(RoleArn=ceph.role, RoleSessionName="expired", DurationSeconds=2)["Credentials"]
    client.close()
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    keys = write_keys(tmp_path / "session.json", *(answer[name] for name in names))
    store = locate(ceph.location(ceph.bucket(), keys))
    threading.Event().wait(3)
    said(CredentialsRefused, store, "have expired|does not")
