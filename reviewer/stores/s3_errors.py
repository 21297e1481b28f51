"""What S3 engines answer when they do not do what was asked: one sentence each, and whether to ask again.

Nothing of an answer's own text is passed on but its error code: answers repeat access keys and signed headers.
"""

from __future__ import annotations

import re
import secrets
import ssl
import threading
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
)
from obstore.exceptions import BaseError

from reviewer.domain.errors import (
    CertificateRefused,
    ClockRefused,
    CredentialsRefused,
    NoSuchBucket,
    ReviewerError,
    StoreBusy,
    StoreUnreachable,
)
from reviewer.stores.location import Location
from reviewer.stores.objects import missing

TROUBLE = (BaseError, BotoCoreError, ClientError, OSError)
"""What boto3 and obstore raise. obstore's “not found” and “permission denied” are OSErrors of Python's own."""

LONGEST_PAUSE = 2.0
"""Seconds between two tries, at most."""

_LATER = "Work goes on with what is on this machine."
_CODE = re.compile(r"<Code>\s*([A-Za-z0-9.]{1,64})\s*</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_UNKNOWN = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidClientTokenId", "AuthFailure"}
_UNKNOWN |= {"UnrecognizedClientException", "MissingSecurityHeader", "MissingAuthenticationToken"}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "UnauthorizedAccess",
    "Forbidden",
    "401",
    "403",
}
_CLOCK = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_BUSY = {
    "SlowDown",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "RequestLimitExceeded",
}
_BUSY |= {"503", "429"}
_STUMBLED = {"InternalError", "RequestTimeout", "OperationAborted", "ConcurrentModification", "UnknownError"}
_STUMBLED |= {"BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "InvalidDigest", "500", "502", "504", "408"}
_GONE = {"NoSuchKey", "NoSuchVersion", "NotFound", "404"}
_DNS = (
    "dns error",
    "failed to lookup address",
    "name resolution",
    "name or service not known",
    "failed to resolve",
    "nodename nor servname",
    "getaddrinfo failed",
    "no address associated",
)
_TLS = ("certificate", "unknownissuer", "notvalidforname", "ssl", "tls handshake", "invalid peer")
_SLOW = ("operation timed out", "timed out", "timeout")
_REFUSED = ("connection refused", "error trying to connect", "no route to host", "network is unreachable")


class Again(Enum):
    """Whether asking once more may help."""

    NO = auto()
    BUSY = auto()  # yes, and again, waiting longer each time
    CUT = auto()  # a few times
    UNREACHED = auto()  # once: nobody listens there now
    RENEW = auto()  # with new credentials


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What to say, whether to ask again, and the engine's own code if it gave one."""

    error: ReviewerError
    again: Again = Again.NO
    code: str = ""


class Patience:
    """How often one piece of work may be asked for again. `another` waits and says whether to."""

    _TRIES: ClassVar = {Again.NO: 0, Again.BUSY: 14, Again.CUT: 5, Again.UNREACHED: 1, Again.RENEW: 2}

    def __init__(self) -> None:
        self._tried = dict.fromkeys(Again, 0)

    def another(self, again: Again) -> bool:
        """Whether to try again; returns when it is time to (at random, so that many do not come at once)."""
        if self._tried[again] >= self._TRIES[again]:
            return False
        longest = min(LONGEST_PAUSE, 0.05 * 1.6 ** self._tried[again])
        self._tried[again] += 1
        threading.Event().wait(longest * (0.5 + secrets.randbelow(1_000) / 2_000))
        return True

    def went_on(self) -> None:
        """Something came: a cut counts from the beginning."""
        self._tried[Again.CUT] = self._tried[Again.BUSY] = 0


def diagnose(wrong: BaseException, where: Location, path: str = "") -> Diagnosis:
    """What an exception of boto3 or obstore means."""
    code = code_of(wrong)
    if code:
        return _answered(code, where, path)
    if isinstance(wrong, NoCredentialsError | PartialCredentialsError | ProfileNotFound | CredentialRetrievalError):
        return Diagnosis(
            CredentialsRefused(
                f"There are no credentials for {where.place}.",
                "Name a file of them with keys=, a profile with profile=, or set them in the environment.",
            )
        )
    return _not_answered(wrong, where, path)


def code_of(wrong: BaseException) -> str:
    """The error code that the engine gave, or the status; empty if none was given."""
    if isinstance(wrong, ClientError):
        code = str(wrong.response.get("Error", {}).get("Code") or "")
        status = str(wrong.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or "")
        return code if re.fullmatch(r"[A-Za-z0-9.]{1,64}", code) else status
    if isinstance(wrong, BotoCoreError):
        return ""
    text = str(wrong)
    if found := _CODE.search(text) or _STATUS.search(text):
        return found[1]
    return "NoSuchKey" if isinstance(wrong, FileNotFoundError) else ""


def _answered(code: str, where: Location, path: str) -> Diagnosis:
    what = path or where.place
    if code in _GONE and path:
        return Diagnosis(missing(path), code=code)
    if code == "NoSuchBucket" or code in _GONE:
        return Diagnosis(
            NoSuchBucket(
                f"{where.host} has no bucket {where.bucket}.",
                "Look at the name in the store's location, or make it with `reviewer store create`.",
            ),
            code=code,
        )
    if code in _EXPIRED:
        said = CredentialsRefused(
            f"The credentials for {where.place} have expired.", "Ask who keeps the store for new ones."
        )
        return Diagnosis(said, Again.RENEW, code)
    if code in _UNKNOWN:
        said = CredentialsRefused(
            f"{where.host} does not know these credentials.",
            "Look at the keys, or ask who keeps the store for new ones.",
        )
        return Diagnosis(said, Again.RENEW, code)
    if code in _DENIED:
        said = CredentialsRefused(
            f"{where.host} does not let these credentials do this with {what}.",
            "Ask who keeps the store for the right.",
        )
        return Diagnosis(said, Again.RENEW, code)
    return _in_between(code, where, path)


def _in_between(code: str, where: Location, path: str) -> Diagnosis:
    if code in _CLOCK:
        return Diagnosis(
            ClockRefused(
                f"{where.host} refuses this machine because its clock is too far off.",
                "Set this machine's clock, then try again.",
            ),
            code=code,
        )
    if code in _BUSY:
        said = StoreBusy(f"{where.host} is too busy and said so time after time.", f"Try again later. {_LATER}")
        return Diagnosis(said, Again.BUSY, code)
    if code == "500":  # botocore calls an answer so that ended before its end
        broken = StoreUnreachable(f"{where.host} failed, or its answer about {path or where.place} broke off.", _LATER)
        return Diagnosis(broken, Again.CUT, code)
    unreachable = StoreUnreachable(
        f"{where.host} did not do what was asked with {path or where.place} ({code}).", _LATER
    )
    return Diagnosis(unreachable, Again.CUT if code in _STUMBLED else Again.NO, code)


def _not_answered(wrong: BaseException, where: Location, path: str) -> Diagnosis:
    text = _whole(wrong)
    if isinstance(wrong, SSLError) or any(isinstance(each, ssl.SSLError) for each in _chain(wrong)):
        return _certificate(where) if "certificate" in text or "verify" in text else _cut(where, path)
    if any(word in text for word in _DNS):
        said = StoreUnreachable(f"No machine is found under the name {where.host}.", f"Look at the network. {_LATER}")
        return Diagnosis(said, Again.UNREACHED)
    if any(word in text for word in _TLS) and "connect" in text:
        return _certificate(where)
    if isinstance(wrong, ReadTimeoutError | ConnectTimeoutError) or any(word in text for word in _SLOW):
        said = StoreUnreachable(f"{where.host} did not answer in time.", _LATER)
        return Diagnosis(said, Again.UNREACHED)
    if any(word in text for word in _REFUSED) or type(wrong) is ConnectionError:
        return Diagnosis(StoreUnreachable(f"{where.host} cannot be reached.", _LATER), Again.UNREACHED)
    if "could not connect" in text:
        return Diagnosis(StoreUnreachable(f"{where.host} cannot be reached.", _LATER), Again.UNREACHED)
    if isinstance(wrong, BotoCoreError) and not isinstance(wrong, HTTPClientError):
        said = StoreUnreachable(f"{where.host} gave no answer that can be read.", _LATER)
        return Diagnosis(said, Again.CUT)
    return _cut(where, path)


def cut(where: Location, path: str) -> Diagnosis:
    """An answer that ended before its end."""
    return _cut(where, path)


def _cut(where: Location, path: str) -> Diagnosis:
    what = path or where.place
    return Diagnosis(StoreUnreachable(f"The connection broke while {what} was on its way.", "Try again."), Again.CUT)


def _certificate(where: Location) -> Diagnosis:
    return Diagnosis(
        CertificateRefused(
            f"The certificate of {where.host} was not signed by the authority that this store's location names.",
            "Look at ca= and the machine's name; do not go on if nobody can say why.",
        )
    )


def _chain(wrong: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    each: BaseException | None = wrong
    while each is not None and each not in found:
        found.append(each)
        each = each.__cause__ or each.__context__
    return found


def _whole(wrong: BaseException) -> str:
    """All that an exception and its causes say, to look for words in; never shown."""
    kwargs = getattr(wrong, "kwargs", None)
    inner = str(kwargs.get("error", "")) if isinstance(kwargs, dict) else ""
    return " ".join([*(str(each) for each in _chain(wrong)), inner]).casefold()
