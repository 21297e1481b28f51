"""The way to one bucket: boto3's client and obstore's store for the credentials of the moment, and asking again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from obstore.store import S3Store as ByteStore

from reviewer.domain.errors import CertificateRefused
from reviewer.stores.location import Location
from reviewer.stores.s3_credentials import Credentials, Keys, client_options
from reviewer.stores.s3_errors import TROUBLE, Again, Diagnosis, Patience, diagnose

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

T = TypeVar("T")

for _name in ("botocore", "boto3", "urllib3"):  # at DEBUG they log headers and answers with credentials in them
    logging.getLogger(_name).setLevel(logging.WARNING)


class Link:
    """Thread-safe. Both clients are made anew when the credentials change; asking for them does not use the network
    unless a role has to be taken on."""

    def __init__(self, location: Location) -> None:
        self.where = location
        self._credentials = Credentials(location)
        self._lock = threading.Lock()
        self._client: tuple[Keys, Any] | None = None
        self._bytes: tuple[Keys, ByteStore] | None = None
        self._authority: bytes | None = None

    def client(self) -> tuple[Keys, Any]:
        """boto3's client, for all but bytes, and the credentials it has."""
        keys = self._credentials.current()
        with self._lock:
            if self._client is None or self._client[0] is not keys:
                self._read_authority()
                made = boto3.session.Session().client(
                    "s3", **client_options(self.where, keys), endpoint_url=self.where.endpoint or None
                )
                self._client = (keys, made)
            return self._client

    def byte_store(self) -> tuple[Keys, ByteStore]:
        """obstore's store, for bytes, and the credentials it has. It asks once: `Patience` decides on more."""
        keys = self._credentials.current()
        with self._lock:
            if self._bytes is None or self._bytes[0] is not keys:
                self._bytes = (keys, self._make_byte_store(keys))
            return self._bytes

    def ask(self, call: Callable[[Any], T], path: str = "", *, none_if: Collection[str] = ()) -> T | None:
        """What a call of boto3's client answers; None for the error codes in `none_if`. Raises the ReviewerError that
        says what is wrong, after as many tries as make sense."""
        patience = Patience()
        while True:
            try:
                keys, client = self.client()
                return call(client)
            except TROUBLE as wrong:
                said = diagnose(wrong, self.where, path)
            if said.code in none_if:
                return None
            if not self.again(said, keys, patience):
                raise said.error

    def must(self, call: Callable[[Any], T], path: str = "") -> T:
        """`ask` where there is always an answer."""
        answer = self.ask(call, path)
        assert answer is not None  # noqa: S101 - boto3 answers with a dictionary; None comes from `none_if` alone
        return answer

    def again(self, said: Diagnosis, keys: Keys, patience: Patience) -> bool:
        """Whether to ask once more after this; waits, or gets new credentials."""
        if said.again is Again.RENEW and not self._credentials.renew(keys):
            return False
        return patience.another(said.again)

    def _make_byte_store(self, keys: Keys) -> ByteStore:
        where = self.where
        config: S3Config = {
            "region": where.region,
            "access_key_id": keys.access,
            "secret_access_key": keys.secret,
            "virtual_hosted_style_request": False,
        }
        if keys.token:
            config["session_token"] = keys.token
        if where.endpoint:
            config["endpoint"] = where.endpoint
        client: ClientConfig = {
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=30),
            "timeout": timedelta(days=1),  # of a whole answer, which may be a film over a thin line
            "allow_http": where.endpoint.startswith("http:"),
        }
        if authority := self._read_authority():
            client["root_certificate"] = authority
        return ByteStore(where.bucket, config=config, client_options=client, retry_config={"max_retries": 0})

    def _read_authority(self) -> bytes | None:
        """The agency's authority. Raises CertificateRefused if its file cannot be read."""
        ca = self.where.ca
        if ca is None or self._authority is not None:
            return self._authority
        try:
            found = ca.read_bytes()
        except OSError as wrong:
            raise CertificateRefused(
                f"The authority's certificate {ca} cannot be read ({wrong.strerror}).",
                "Look at ca= in the store's location.",
            ) from wrong
        if b"-----BEGIN CERTIFICATE-----" not in found:
            raise CertificateRefused(f"{ca} holds no certificate in PEM form.", "Look at ca= in the store's location.")
        self._authority = found
        return found
