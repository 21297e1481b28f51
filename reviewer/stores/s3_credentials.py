"""Credentials of a bucket: where they come from, and new ones before the old ones end.

They are held here and handed to boto3 and obstore; no message, log line or repr has them.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from reviewer.domain.errors import CredentialsRefused, ReviewerError
from reviewer.domain.timebase import SECOND, Utc, from_datetime
from reviewer.stores.location import Location
from reviewer.stores.s3_errors import TROUBLE, Again, Patience, diagnose

Client = Any  # boto3 makes its clients from data: they have no types
_EARLY = 300 * SECOND  # renewed this long before they end, or a quarter of their life before if that is less


@dataclass(frozen=True, slots=True)
class Keys:
    """One set of credentials. `expires` is None for those that last until somebody changes them."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    began: Utc = field(default_factory=lambda: Utc(0))
    expires: Utc | None = None

    def same_as(self, other: Keys) -> bool:
        """Whether these are no others."""
        return (self.access, self.secret, self.token) == (other.access, other.secret, other.token)

    def ends_soon(self, now: Utc) -> bool:
        """Whether it is time for others."""
        if self.expires is None:
            return False
        return now >= self.expires - min(_EARLY, (self.expires - self.began) // 4)


class Credentials:
    """The credentials of one location. Thread-safe."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._lock = threading.Lock()
        self._keys: Keys | None = None
        self._fetch: Callable[[], Keys] = self._take_role if location.role else self._own
        self._profile: Any = None  # botocore's own, which renews what it can

    def current(self) -> Keys:
        """Those that hold now, renewed if they end soon. Raises CredentialsRefused, StoreUnreachable."""
        with self._lock:
            if self._keys is None or self._keys.ends_soon(_now()):
                self._keys = self._fetched(self._keys)
            return self._keys

    def renew(self, refused: Keys) -> bool:
        """Others, since the store refused these. False if there are none: the same came again."""
        with self._lock:
            if self._keys is not refused:
                return True  # somebody renewed them meanwhile
            fresh = self._fetch()
            if fresh.same_as(refused):
                return False
            self._keys = fresh
            return True

    def _fetched(self, old: Keys | None) -> Keys:
        try:
            return self._fetch()
        except ReviewerError:
            if old is not None and old.expires is not None and _now() < old.expires:
                return old  # they still hold; the next call tries again
            raise

    def _own(self) -> Keys:
        return _from_file(self._location.keys) if self._location.keys else self._from_profile()

    def _from_profile(self) -> Keys:
        """The environment's or a profile's, found by botocore. Never asks a cloud machine's own address for some."""
        where = self._location
        try:
            if self._profile is None:
                session = botocore.session.Session(profile=where.profile or None)
                session.get_component("credential_provider").remove("iam-role")
                self._profile = session.get_credentials()
            found = self._profile.get_frozen_credentials() if self._profile else None
        except TROUBLE as wrong:
            said = diagnose(wrong, where).error
        else:
            if found is not None and found.access_key and found.secret_key:
                return Keys(found.access_key, found.secret_key, found.token, _now(), _until(self._profile))
            said = CredentialsRefused(
                f"There are no credentials for {where.place}.",
                "Name a file of them with keys=, a profile with profile=, or set them in the environment.",
            )
        raise said

    def _take_role(self) -> Keys:
        where, own, patience = self._location, self._own(), Patience()
        while True:
            try:
                answer = sts_client(where, own).assume_role(
                    RoleArn=where.role, RoleSessionName="reviewer", DurationSeconds=where.seconds
                )["Credentials"]
            except TROUBLE as wrong:
                said = diagnose(wrong, where)
            else:
                ends = from_datetime(answer["Expiration"])
                keys = answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
                return Keys(*keys, _now(), ends)
            if said.again is Again.RENEW or not patience.another(said.again):
                raise said.error


def sts_client(where: Location, keys: Keys) -> Client:
    """A client of STS at the location's endpoint."""
    return boto3.session.Session().client(
        "sts", **client_options(where, keys), endpoint_url=where.sts or where.endpoint or None
    )


def client_options(where: Location, keys: Keys) -> dict[str, Any]:
    """What every boto3 client of a location is made with. It asks once: `Patience` decides on more."""
    return {
        "region_name": where.region,
        "aws_access_key_id": keys.access,
        "aws_secret_access_key": keys.secret,
        "aws_session_token": keys.token,
        "verify": str(where.ca) if where.ca else None,
        "config": Config(
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=32,
            parameter_validation=False,
            # Ceph 16 answers 411 to the checksums that boto3 would add by itself; uploads carry Content-MD5 instead.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": 1},
        ),
    }


def _from_file(path: Path) -> Keys:
    try:
        if os.name != "nt" and path.stat().st_mode & 0o077:
            raise CredentialsRefused(
                f"Others may read the credentials in {path}.", "Let nobody but its owner read it (chmod 600)."
            )
        found = json.loads(path.read_text(encoding="utf-8"))
        access, secret, token = found["access_key_id"], found["secret_access_key"], found.get("session_token")
        if not all(isinstance(each, str) and each for each in (access, secret, token or "none")):
            raise ValueError("not texts")
    except OSError as wrong:
        raise CredentialsRefused(
            f"The file of credentials {path} cannot be read ({wrong.strerror}).",
            "Look at keys= in the store's location.",
        ) from wrong
    except (ValueError, KeyError, TypeError, AttributeError):
        said = CredentialsRefused(
            f"{path} does not hold credentials.",
            "It is JSON with access_key_id and secret_access_key, and session_token if there is one.",
        )
    else:
        return Keys(access, secret, token or None, _now())
    raise said


def _until(credentials: object) -> Utc | None:
    """How long botocore's credentials may be used before asking it again: it renews them by itself when asked."""
    return Utc(_now() + 60 * SECOND) if hasattr(credentials, "refresh_needed") else None


def _now() -> Utc:
    return Utc(time.time_ns() // 1_000)
