"""Errors a person can act on.

Every error that may reach a screen is one clear sentence and the next step. Code below `ui` raises these; screens show
`message` and `next_step` where the eye is, the command line prints them on one line.
"""

from __future__ import annotations


class ReviewerError(Exception):
    """Something went wrong that a person can understand. `message` is one sentence, `next_step` another."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message, next_step)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class MalformedDocument(ReviewerError):
    """A document (manifest, roster, assignment, entry) does not have the shape that formats.md fixes."""


class NotTrusted(ReviewerError):
    """A signature, a key or a version is not one that the agency's root vouches for."""


class IntegrityError(ReviewerError):
    """Bytes are not the bytes that were signed or sealed. Nothing of them may be shown."""


class AccessRefused(ReviewerError):
    """The person has no grant for this. The refusal is logged by whoever raises it."""


class WrongPassphrase(AccessRefused):
    """The passphrase does not open the key."""


class StoreUnreachable(ReviewerError):
    """The evidence store cannot be reached or read now. Work goes on with what is here."""


class NoSuchBucket(StoreUnreachable):
    """The endpoint answers, and has no bucket of that name for this account."""


class CredentialsRefused(StoreUnreachable):
    """The store knows these credentials not, or no longer, or does not let them do this. Never names them."""


class ClockRefused(StoreUnreachable):
    """The store refuses to talk because this machine's clock and its own differ too much."""


class CertificateRefused(StoreUnreachable):
    """What answers shows a certificate that the agency's authority did not sign, or not for that name."""


class StoreBusy(StoreUnreachable):
    """The store answers “slow down” time after time."""


class StoreUnfit(ReviewerError):
    """A bucket that cannot hold evidence: it keeps no versions, or is no store of ours."""


class NotSupported(ReviewerError):
    """This kind of store cannot do that."""


class ProtectionRefused(ReviewerError):
    """The store does not shorten or lift what keeps an object."""


class NotInStore(ReviewerError):
    """The store answers, and has no such object."""


class AlreadyInStore(ReviewerError):
    """Put-if-absent found something there already. Nothing was overwritten."""


class LogUnwritable(ReviewerError):
    """The signed log cannot be written. No entry, no effect: the picture stops."""


class LogForked(ReviewerError):
    """The log on this machine and the published one disagree (a rollback or a fork). The app stops."""


class UnreadableMedia(ReviewerError):
    """A file cannot be probed or decoded as footage."""


class DecoderStopped(UnreadableMedia):
    """A file crashed the process that read it, hung it, or took more memory than it may. Nothing else is touched."""


class UnreadableTrack(ReviewerError):
    """A file cannot be read as a GPS track."""


class UnreadableCaptions(ReviewerError):
    """A file cannot be read as captions or a transcript."""


class UnreadableArchive(ReviewerError):
    """A map archive cannot be read."""


class UnreadablePaper(ReviewerError):
    """A document (PDF, picture, text) cannot be read, or not shown here."""


class Cancelled(ReviewerError):
    """A person cancelled long work. What was finished is kept."""

    def __init__(self, what: str = "The work") -> None:
        super().__init__(f"{what} was cancelled.", "What was finished is kept; start it again to go on.")
