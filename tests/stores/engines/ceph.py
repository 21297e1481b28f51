"""Ceph's object gateway from the Debian packages ceph-mon, ceph-osd, radosgw and ceph-common: one monitor, one or
three OSDs on sparse files, one gateway with http and https, cephx keys all through.

No manager and no systemd: the monitor is made from a keyring that holds every key, so only OSDs need a command.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

from tests.stores.engines.certificates import make_authority
from tests.stores.engines.processes import Daemons, EngineFailed, free_ports

NEEDS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool", "setpriv")
PACKAGES = "ceph-mon ceph-osd radosgw ceph-common"
ROLE = "arn:aws:iam:::role/reviewer"
_CAPS = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *", "mds": "allow *"},
    "client.rgw.a": {"mon": "allow rw", "osd": "allow rwx"},
}
_CONF = """\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon}]
mon initial members = a
public network = 127.0.0.0/8
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {folder}/keyring
run dir = {folder}
admin socket = {folder}/$name.asok
crash dir = {folder}/crash
pid file =
log file =
log to stderr = true
err to stderr = true
debug ms = 0/0
mon cluster log file = /dev/null
osd pool default size = {copies}
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
mon osd min down reporters = 1
mon data avail crit = 0
mon data avail warn = 0
osd heartbeat grace = 6
osd heartbeat interval = 1
[mon]
mon data = {folder}/mon-$id
[osd]
osd data = {folder}/osd-$id
osd objectstore = bluestore
bluestore block size = 34359738368
bluestore block create = true
bluestore cache autotune = false
bluestore cache size = 134217728
osd memory target = 939524096
osd class load list = *
osd class default list = *
osd max backfills = 1
[client.rgw.a]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{http} ssl_endpoint=127.0.0.1:{https} {certificate} tcp_nodelay=1
rgw thread pool size = 64
rgw enable usage log = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw s3 auth use sts = true
rgw sts key = {sts}
rgw sts min session duration = 1
[client]
rgw sts min session duration = 1
"""


class Ceph:
    """Starts in the calling process's main thread and belongs to it. `facts` says what a client needs."""

    def __init__(self, folder: Path, osds: int = 1) -> None:
        missing = [each for each in NEEDS if shutil.which(each) is None]
        if missing:
            raise EngineFailed(f"Ceph is not installed ({', '.join(missing)} missing): apt-get install {PACKAGES}")
        self.folder = folder
        self.daemons = Daemons(folder)
        self._osds = osds
        self._conf = str(folder / "ceph.conf")
        mon, http, https = free_ports(3)
        authority, key, chain = make_authority(folder)
        certificate = f"ssl_certificate={chain} ssl_private_key={key}"
        self._configure(mon=mon, http=http, https=https, certificate=certificate)
        self._start_monitor(mon)
        for number in range(osds):
            self._start_osd(number)
        keys = self._add_people()
        self.daemons.start("rgw", ["radosgw", "-f", "-c", self._conf, "-n", "client.rgw.a"])
        self.daemons.wait_for("rgw", http, https)
        self.facts: dict[str, Any] = {
            "kind": "ceph",
            "http": http,
            "https": https,
            "ca": str(authority),
            "role": ROLE,
            "conf": self._conf,
            "daemons": ["mon", *(f"osd.{n}" for n in range(osds)), "rgw"],
            **keys,
        }

    def _configure(self, **values: object) -> None:
        (self.folder / "rgw").mkdir()
        (self.folder / "crash").mkdir()
        self._fsid = str(uuid.uuid4())
        Path(self._conf).write_text(
            _CONF.format(
                fsid=self._fsid, folder=self.folder, copies=min(self._osds, 2), sts=uuid.uuid4().hex[:16], **values
            )
        )
        keyring = str(self.folder / "keyring")
        people = dict(_CAPS)
        for number in range(self._osds):
            people[f"osd.{number}"] = {"mon": "allow profile osd", "osd": "allow *", "mgr": "allow profile osd"}
        for n, (name, caps) in enumerate(people.items()):
            create = [] if n else ["--create-keyring"]
            allowed = [word for what, may in caps.items() for word in ("--cap", what, may)]
            self._run("ceph-authtool", *create, keyring, "--gen-key", "-n", name, *allowed)

    def _start_monitor(self, port: int) -> None:
        monmap = str(self.folder / "monmap")
        address = f"[v2:127.0.0.1:{port}]"
        self._run("monmaptool", "--create", "--addv", "a", address, "--fsid", self._fsid, monmap)
        options = ("--monmap", monmap, "--keyring", str(self.folder / "keyring"))
        self._run("ceph-mon", "-c", self._conf, "--mkfs", "-i", "a", *options)
        self.daemons.start("mon", ["ceph-mon", "-f", "-c", self._conf, "-i", "a"])
        self.daemons.wait_for("mon", port)

    def _start_osd(self, number: int) -> None:
        name = str(uuid.uuid4())
        self._run("ceph", "-c", self._conf, "--connect-timeout", "30", "osd", "new", name, str(number))
        (self.folder / f"osd-{number}").mkdir()
        self._run("ceph-osd", "-c", self._conf, "-i", str(number), "--mkfs", "--osd-uuid", name)
        self.daemons.start(f"osd.{number}", ["ceph-osd", "-f", "-c", self._conf, "-i", str(number)])

    def _add_people(self) -> dict[str, str]:
        """The account that owns the buckets, one without any right to them, and a role that the first may take on."""
        owner = self._user("owner")
        other = self._user("other")
        statement = {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/owner"]}, "Action": "sts:AssumeRole"}
        may = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}
        policies = [json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (statement, may)]
        role = ("--role-name", "reviewer")
        self._admin("role", "create", *role, "--path", "/", "--assume-role-policy-doc", policies[0])
        self._admin("role-policy", "put", *role, "--policy-name", "all", "--policy-doc", policies[1])
        return {
            "access": owner["access_key"],
            "secret": owner["secret_key"],
            "other_access": other["access_key"],
            "other_secret": other["secret_key"],
        }

    def _user(self, name: str) -> dict[str, str]:
        made = json.loads(self._admin("user", "create", "--uid", name, "--display-name", name))
        keys: dict[str, str] = made["keys"][0]
        return keys

    def _admin(self, *command: str) -> str:
        return self._run("radosgw-admin", "-c", self._conf, "-n", "client.rgw.a", *command)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=90, check=False)
        if done.returncode:
            raise EngineFailed(f"{' '.join(command[:6])} …: {done.stderr[-800:]}")
        return done.stdout
