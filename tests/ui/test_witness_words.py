"""What is said of witnesses: how old, how many, and that there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.audit.note import Verifier
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services import witness_policy
from reviewer.services.witnessed import Witnessed
from reviewer.ui import witness_words
from reviewer.ui.theme import Tone
from tests.services.agency import root_key
from tests.services.witness_site import ACCESS, ORIGINS, Site

HOUR = 3600 * SECOND


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def _session(site: Site) -> Witnessed:
    verifiers = tuple(Verifier(origin, site.salo_key()) for origin in ORIGINS.values())
    return Witnessed(site.records, verifiers, site.trust(), now=lambda: site.now)


def test_that_there_is_no_witness_is_said(site: Site) -> None:
    site.write(3)
    watch = _session(site).look()
    assert witness_words.status(watch, site.now) == ("Log writing · no witness", Tone.OK)
    assert witness_words.bar(watch, site.now) is None
    card = witness_words.witnessed(watch, site.now)
    assert (card.title, card.words) == (
        "No witness",
        "Entries could be rewritten by this machine’s administrator until one sees them.",
    )


def test_past_the_limit_the_bar_says_what_to_do(site: Site) -> None:
    site.witness("records-01")
    site.write(2)
    session = _session(site)
    session.look()
    site.now = Utc(site.now + 73 * HOUR)
    refused = session.refusal()
    assert refused is not None
    title, words, tone = witness_words.bar(session.watch, site.now) or ("", "", Tone.OK)
    assert (title, tone) == ("No witness has seen this log for 73 h", Tone.STOP)
    assert "no new view opens" in words and refused.next_step in words


def test_words_tell_how_old_and_how_many(site: Site) -> None:
    first, second = site.witness("records-01"), site.witness("records-02")
    witness_policy.change_policy(site.trust(), root_key(), quorum=2)
    site.write(3)
    session = _session(site)
    words = witness_words.status(session.look(), site.now)
    assert words == ("Log writing · not yet witnessed", Tone.PLAIN)
    assert witness_words.witnessed(session.watch, site.now).title == "Not yet witnessed"
    first.run()
    second.run()
    watch = session.look()
    later = Utc(site.now + 4 * 60 * SECOND)
    assert witness_words.status(watch, later) == ("Log writing · witnessed 4 min ago", Tone.OK)
    card = witness_words.witnessed(watch, later)
    assert (card.title, card.words) == ("Witnessed by 2 of 2", "Newest cosignature 4 min old; 72 h is the limit")
    assert witness_words.not_witnessed(watch, later).title == "All witnessed"
    said = watch.standing(ACCESS)
    assert witness_words.proof_words(said, 1) == "witnessed ×2"
    assert witness_words.proof_words(said, 3) == witness_words.proof_words(None, 0) == ""
    assert witness_words.proof_lines(said, 1) == [
        "witness records-01 · 20:00:00Z",
        "witness records-02 · 20:00:00Z",
    ]
    site.record(1)
    watch = session.look()
    rest = witness_words.not_witnessed(watch, Utc(site.now + 30 * HOUR))
    assert (rest.title, rest.words) == ("1 entry not yet witnessed", "The oldest for 30 h")
    assert witness_words.status(watch, Utc(site.now + 30 * HOUR)) == ("Log writing · not witnessed for 30 h", Tone.WARN)
    early = Utc(site.now - 3 * HOUR)  # this machine's clock is behind, or the witness's is ahead
    assert "clock is 3 h ahead of this machine’s" in witness_words.status(watch, early)[0]
