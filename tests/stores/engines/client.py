"""An engine as tests see it: one for each pytest run, shared by its workers, gone when the last of them is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from filelock import FileLock

from tests.stores.engines.host import SOCKET, lock_of
from tests.stores.engines.processes import READY, EngineFailed

_ROOT = Path(__file__).resolve().parents[3]
Client = Any  # boto3 has no types
_LONGEST = 4 * READY
_HOSTS: list[subprocess.Popen[bytes]] = []  # they end by themselves, after everybody has


@dataclass
class Engine:
    """A running engine. `access`/`secret` are its owner's; `other_…` somebody's without rights. Ports of loopback."""

    kind: str
    http: int
    https: int
    ca: str
    role: str
    access: str = field(repr=False)
    secret: str = field(repr=False)
    other_access: str = field(repr=False)
    other_secret: str = field(repr=False)
    daemons: list[str]
    conf: str = ""
    connection: socket.socket | None = field(default=None, repr=False)

    @property
    def plain(self) -> str:
        """The http endpoint."""
        return _address("http", self.http)

    @property
    def secure(self) -> str:
        """The https endpoint; its certificate is for `localhost` and 127.0.0.1, by the authority in `ca`."""
        return _address("https", self.https)

    def keys_file(self, folder: Path, *, other: bool = False, name: str = "keys.json") -> Path:
        """A file of static credentials as the location's `keys=` takes it."""
        access, secret = (self.other_access, self.other_secret) if other else (self.access, self.secret)
        return write_keys(folder / name, access, secret)

    def location(self, bucket: str, keys: Path, *, endpoint: str = "", **more: str) -> str:
        """A location string: over https with the engine's own authority, unless another endpoint is given."""
        said = {"endpoint": endpoint or self.secure, "keys": str(keys), **more}
        if not endpoint:
            said.setdefault("ca", self.ca)
        return f"s3://{bucket}?" + "&".join(f"{key}={value}" for key, value in said.items())

    def client(self, *, other: bool = False) -> Client:
        """A plain boto3 client with the owner's rights: what an attacker who has them would use."""
        access, secret = (self.other_access, self.other_secret) if other else (self.access, self.secret)
        return boto3.client(
            "s3",
            endpoint_url=self.plain,
            region_name="us-east-1",
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            config=Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"max_attempts": 3},
            ),
        )

    def bucket(self, *, lock: bool = True, versions: bool = True) -> str:
        """A new bucket made with `client`, and its name."""
        name = f"b-{uuid.uuid4().hex[:16]}"
        client = self.client()
        client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
        if versions and not lock:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        client.close()
        return name

    def stop(self, daemon: str) -> None:
        """Kill one of `daemons` (SIGKILL)."""
        self._ask("stop", daemon)

    def start(self, daemon: str) -> None:
        """Start one again that was killed. Returns before it answers."""
        self._ask("start", daemon)

    def close(self) -> None:
        """Let go of it; the last one to do so ends it."""
        if self.connection is not None:
            self.connection.close()

    def _ask(self, verb: str, daemon: str) -> None:
        assert self.connection is not None
        self.connection.sendall(json.dumps([verb, daemon]).encode() + b"\n")
        answer = _line(self.connection)
        if "error" in answer:
            raise EngineFailed(answer["error"])


def engine(kind: str, run: str) -> Engine:
    """The engine of this kind (ceph, ceph3, seaweed) and test run, started if need be. Raises EngineFailed."""
    folder = _folder(kind, run)
    with FileLock(lock_of(folder), timeout=_LONGEST):
        connection = _connect(folder) or _start(kind, folder)
    try:
        facts = _line(connection)
        if "error" in facts:
            raise EngineFailed(facts["error"])
    except BaseException:
        connection.close()
        raise
    return Engine(**facts, connection=connection)


def write_keys(path: Path, access: str, secret: str, token: str = "") -> Path:
    """A file of static credentials (0600)."""
    path.touch(mode=0o600)
    words = {"access_key_id": access, "secret_access_key": secret}
    path.write_text(json.dumps(words | ({"session_token": token} if token else {})))
    return path


def _folder(kind: str, run: str) -> Path:
    """Short, for sockets have no long names; of this account alone."""
    base = Path(tempfile.gettempdir()) / f"reviewer-engines-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    return base / f"{kind}-{hashlib.sha256(run.encode()).hexdigest()[:10]}"


def _start(kind: str, folder: Path) -> socket.socket:
    shutil.rmtree(folder, ignore_errors=True)  # of a host that was killed
    folder.mkdir(mode=0o700)
    log = Path(f"{folder}.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.stores.engines.host", kind, str(folder)],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    _HOSTS.append(process)
    end = time.monotonic() + READY
    while (connection := _connect(folder)) is None:
        if process.poll() is not None or time.monotonic() > end:
            raise EngineFailed(f"The host of {kind} did not start: {log.read_text(errors='replace')[-800:]}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)  # one that ends is known at once
    log.unlink()
    return connection


def _connect(folder: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_LONGEST)
    try:
        connection.connect(str(folder / SOCKET))
    except OSError:
        connection.close()
        return None
    return connection


def _line(connection: socket.socket) -> dict[str, Any]:
    heard = b""
    while not heard.endswith(b"\n"):
        more = connection.recv(65536)
        if not more:
            raise EngineFailed("The engine's host ended.")
        heard += more
    words: dict[str, Any] = json.loads(heard)
    return words


def _address(scheme: str, port: int) -> str:
    return f"{scheme}://127.0.0.1:{port}"
