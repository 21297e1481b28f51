"""The roster on the command line: signed by the root, an entry in this workstation's log, said when it is old."""

from __future__ import annotations

from pathlib import Path

from reviewer.commands import users
from tests.commands.conftest import CUSTODY, ROOT, Run, by
from tests.commands.test_custody import NEW, WHY


def test_people_come_change_and_leave(agency: Path, run: Run) -> None:
    (agency / "lind.txt").write_text("secret of lind\n")
    run("key", "new", "lind", "--passphrase-file", "lind.txt")
    entry = ("lind", "--name", "M. Lind", "--badge", "0500", "--role", "investigator", "--key", "home/keys/lind.json")
    added = run("user", "add", *entry, *ROOT)
    assert (added["status"], added["version"]) == (0, 2)
    assert run("queue", *by("lind"))["status"] == 0
    again = run("user", "add", *entry, *ROOT)
    assert (again["status"], again["error"]) == (1, "The roster names lind already.")
    assert run("user", "roles", "lind", "--role", "auditor", *ROOT)["version"] == 3
    assert "lind  M. Lind 0500  auditor" in run("user", "list")["out"]

    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    gone = run("user", "remove", "salo", *ROOT)
    assert (gone["status"], gone["version"], gone["cases"]) == (0, 4, ["CR-1"])
    assert "take them off" in gone["out"]
    refused = run("queue", *by("salo"))
    assert (refused["status"], "Nobody in the roster" in refused["err"]) == (1, True)
    assert run("user", "remove", "salo", *ROOT)["error"] == "The roster has no salo."
    off = run("assign", "take-off", "CR-1", "salo", "--reason", "left", *by("hill"), *CUSTODY)
    assert (off["status"], off["members"]) == (0, [])
    verified = run("log", "verify")
    assert verified["ok"], verified
    assert any(log["origin"].split("/")[2] == "station" for log in verified["logs"])
    assert users.user_remove.__doc__


def test_new_keys_and_the_wrong_ones(agency: Path, run: Run) -> None:
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    assert run("queue", *by("salo"))["status"] == 0
    other = agency / "new.json"
    run("key", "new", "salo", "--out", other, "--passphrase-file", "salo.txt")
    wrong = run("user", "rotate", "aro", "--key", other, *ROOT)
    assert (wrong["status"], wrong["error"]) == (1, "The key of aro in that file is salo’s.")
    turned = run("user", "rotate", "salo", "--key", other, *ROOT)
    assert (turned["status"], turned["cases"]) == (0, ["CR-1"])
    assert "another key for you" in run("queue", *by("salo"))["err"]
    (agency / "home" / "keys" / "salo.json").write_bytes(other.read_bytes())
    (case,) = run("queue", *by("salo"))["cases"]
    assert case["title"] == "CR-1"  # sealed to the old key
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    (case,) = run("queue", *by("salo"))["cases"]
    assert case["title"] == "A street"
    assert run("log", "verify")["ok"]


def test_only_the_root_key_signs(agency: Path, run: Run) -> None:
    (agency / "stranger.txt").write_text("secret\n")
    run("key", "new", "root", "--out", "stranger.json", "--passphrase-file", "stranger.txt")
    root = ("--root-key", "stranger.json", "--passphrase-file", "stranger.txt")
    said = run("user", "remove", "salo", *root)
    assert (said["status"], said["error"]) == (1, "This is not the root key that this machine trusts.")
    assert run("user", "list")["version"] == 1
