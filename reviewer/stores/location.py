"""Location strings of buckets: `s3://bucket/prefix?profile=reviewer&ca=/etc/agency.pem&endpoint=https://store.example`.

| option | says |
|---|---|
| `endpoint` | where the engine answers; without it, Amazon's own for the region. http only on this machine itself |
| `region` | `us-east-1` unless given |
| `ca` | PEM file of the agency's own authority |
| `keys` | file of credentials that only its owner may read: JSON with access_key_id, secret_access_key, session_token |
| `profile` | a profile of the AWS configuration files. Without this and `keys`: the environment, the default one |
| `role`, `seconds` | role to take on with these credentials (STS AssumeRole), and for how long at a time (3600) |
| `sts` | where STS answers, if not at the endpoint |
| `retain` | how long what is put is kept in compliance mode: `30d`, `7y` |

Credentials themselves never stand in a location: it is kept in files and shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from reviewer.domain.errors import ReviewerError
from reviewer.stores.objects import check_path

_OPTIONS = {"endpoint", "region", "ca", "keys", "profile", "role", "seconds", "sts", "retain"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NEXT = "Name it like “s3://bucket/folder?ca=/path/of/authority.pem&endpoint=https://store.example/”."
_UNTRIED = {
    "az": "Azure Blob Storage",
    "azure": "Azure Blob Storage",
    "abfs": "Azure Blob Storage",
    "abfss": "Azure Blob Storage",
    "gs": "Google Cloud Storage",
    "gcs": "Google Cloud Storage",
}


@dataclass(frozen=True, slots=True)
class Location:
    """A bucket as it was named. `retain` in days, 0 for what the bucket itself does."""

    text: str
    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    ca: Path | None = None
    keys: Path | None = None
    profile: str = ""
    role: str = ""
    seconds: int = 3600
    sts: str = ""
    retain: int = 0

    @property
    def place(self) -> str:
        """For sentences: the bucket and the machine it lies on."""
        host = urlsplit(self.endpoint).netloc if self.endpoint else f"Amazon S3 in {self.region}"
        return f"bucket {self.bucket} at {host}"

    @property
    def host(self) -> str:
        """For sentences: the machine alone."""
        return urlsplit(self.endpoint).netloc if self.endpoint else f"Amazon S3 in {self.region}"


def parse_location(text: str) -> Location:
    """Read an `s3://` location. Raises ReviewerError, which never repeats what might be a secret."""
    try:
        split = urlsplit(text)
        pairs = parse_qsl(split.query, keep_blank_values=True, strict_parsing=bool(split.query))
    except ValueError as wrong:
        raise ReviewerError("This location of a store cannot be read.", _NEXT) from wrong
    _refuse_others(split)
    options = dict(pairs)
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown or len(options) != len(pairs):
        said = f"has no option “{unknown[0]}”" if unknown else "names an option twice"
        raise ReviewerError(f"A store's location {said}.", f"It may have {', '.join(sorted(_OPTIONS))}.")
    prefix = split.path.strip("/")
    if prefix:
        check_path(prefix)
    return Location(
        text=text,
        bucket=split.netloc,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=_endpoint(options.get("endpoint", "")),
        region=options.get("region") or "us-east-1",
        ca=_path(options.get("ca")),
        keys=_path(options.get("keys")),
        profile=options.get("profile", ""),
        role=options.get("role", ""),
        seconds=_seconds(options.get("seconds", "3600")),
        sts=_endpoint(options.get("sts", "")),
        retain=days_of(options["retain"]) if options.get("retain") else 0,
    )


def refuse_untried(scheme: str) -> None:
    """Raises ReviewerError for a kind of store that could be reached but was never tried: no promise is made of it."""
    if scheme in _UNTRIED:
        raise ReviewerError(
            f"{_UNTRIED[scheme]} was never tried with this release: nothing is known of its versions and locks.",
            "Name a folder or an s3:// bucket.",
        )


def days_of(text: str) -> int:
    """A retention like `30d` or `7y` in days. Raises ReviewerError."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([dy])", text)
    if found is None:
        raise ReviewerError(f"“{text}” is not a time to keep evidence.", "Write it in days or years: 30d, 7y.")
    return int(found[1]) * (366 if found[2] == "y" else 1)


def _refuse_others(split: SplitResult) -> None:
    if "@" in split.netloc:
        raise ReviewerError(
            "A store's location must not hold credentials.", "Put them into a file of mode 0600 and name it with keys=."
        )
    if split.scheme != "s3" or split.fragment or not _BUCKET.fullmatch(split.netloc):
        raise ReviewerError("This location names no bucket.", _NEXT)


def _endpoint(text: str) -> str:
    if not text:
        return ""
    try:
        split = urlsplit(text)
        host, _port = split.hostname or "", split.port
    except ValueError as wrong:
        raise ReviewerError("The endpoint of this store is no address.", _NEXT) from wrong
    if split.scheme not in ("http", "https") or not host:
        raise ReviewerError("The endpoint of this store is no https address.", _NEXT)
    if "@" in split.netloc or split.query or split.fragment or split.path.strip("/"):
        raise ReviewerError("The endpoint of this store says more than a machine and a port.", _NEXT)
    if split.scheme == "http" and not _is_here(host):
        raise ReviewerError(
            f"{host} would be asked without https, for everybody on the way to read and change.",
            "Name its https endpoint, and with ca= the authority that signed its certificate.",
        )
    return f"{split.scheme}://{split.netloc}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ReviewerError("The seconds that a role is taken on for are no number.", "Write it like seconds=3600.")
    return int(text)
