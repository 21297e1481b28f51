"""Location strings: what they may say, and what is refused with a sentence that repeats no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.stores.base import locate
from reviewer.stores.folder import FolderStore
from reviewer.stores.location import Location, days_of, parse_location


def test_all_of_it() -> None:
    text = (
        "s3://evidence/agency/2026?endpoint=https://store.example:8443/&region=ca-central-1&ca=/etc/agency.pem"
        "&keys=/etc/keys.json&profile=dock&role=arn:aws:iam:::role/r&seconds=900&sts=https://sts.example/&retain=7y"
    )
    assert parse_location(text) == Location(
        text=text,
        bucket="evidence",
        prefix="agency/2026/",
        endpoint="https://store.example:8443",
        region="ca-central-1",
        ca=Path("/etc/agency.pem"),
        keys=Path("/etc/keys.json"),
        profile="dock",
        role="arn:aws:iam:::role/r",
        seconds=900,
        sts="https://sts.example",
        retain=7 * 366,
    )
    assert parse_location("s3://evidence").endpoint == ""
    assert parse_location("s3://evidence").place == "bucket evidence at Amazon S3 in us-east-1"
    assert parse_location("s3://e-1?endpoint=https://store.example").place == "bucket e-1 at store.example"
    assert isinstance(locate("relative/folder"), FolderStore)
    assert locate("s3://evidence?endpoint=https://store.example").location.startswith("s3://")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("s3://", "names no bucket"),
        ("s3://A_B", "names no bucket"),
        ("s3://bucket#x", "names no bucket"),
        ("s3://bucket/a/../b", "not a path in a store"),
        ("s3://bucket?endpoint", "cannot be read"),
        ("s3://bucket?colour=red", "has no option “colour”"),
        ("s3://bucket?region=a&region=b", "names an option twice"),
        ("s3://bucket?endpoint=ftp://store.example", "no https address"),
        ("s3://bucket?endpoint=store.example", "no https address"),
        ("s3://bucket?endpoint=https://store.example/bucket", "more than a machine"),
        ("s3://bucket?endpoint=https://store.example:port", "no address"),
        ("s3://bucket?endpoint={}://store.example".format("http"), "without https"),
        ("s3://bucket?seconds=soon", "no number"),
        ("s3://bucket?retain=long", "not a time to keep evidence"),
        ("az://container/x", "Azure Blob Storage was never tried"),
        ("gs://bucket/x", "Google Cloud Storage was never tried"),
        ("ftp://example/x", "no store of the kind “ftp”"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(ReviewerError, match=words) as caught:
        locate(text)
    assert caught.value.next_step.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "s3://AKID:hush@bucket",
        "s3://bucket?endpoint={}://AKID:hush@store.example".format("https"),
        "s3://bucket?secret=hush",
    ],
)
def test_credentials_in_a_location_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ReviewerError) as caught:
        locate(text)
    assert "hush" not in f"{caught.value}{caught.value!r}{caught.value.__cause__}"


def test_http_on_this_machine_is_for_tests_and_tunnels() -> None:
    for host in ("127.0.0.1:8080", "localhost", "[::1]:80"):
        assert parse_location("s3://bucket?endpoint={}://{}".format("http", host)).endpoint.endswith(host)


def test_how_long_evidence_is_kept() -> None:
    assert (days_of("30d"), days_of("1y")) == (30, 366)
    for text in ("", "0d", "30", "-1d", "1.5y", "30D", "d"):
        with pytest.raises(ReviewerError):
            days_of(text)
