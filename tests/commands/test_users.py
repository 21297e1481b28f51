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


def _access_log(run: Run) -> str:
    return next(o for each in run("log", "keys")["logs"] if "/salo/access/" in (o := each["origin"]))


def test_a_stolen_key_is_revoked_where_its_logs_stand(agency: Path, run: Run) -> None:
    assert run("queue", *by("salo"))["status"] == 0
    origin, report = _access_log(run), run("log", "verify")
    size = next(log["size"] for log in report["logs"] if log["origin"] == origin)
    revoked = run("user", "revoke", "salo", *ROOT)
    assert (revoked["status"], revoked["version"]) == (0, 2)
    assert {each["origin"]: each["size"] for each in revoked["sizes"]}[origin] == size
    assert f"{origin} counts up to {size} entries." in revoked["out"]
    assert "salo is off the roster until they have new keys" in revoked["out"]
    assert "Nobody in the roster" in run("queue", *by("salo"))["err"]
    assert run("log", "verify")["ok"]
    assert run("user", "revoke", "nobody", *ROOT)["error"] == "The roster has no nobody."


def test_new_keys_come_with_the_revocation_of_the_old_ones(agency: Path, run: Run) -> None:
    run("queue", *by("salo"))
    run("key", "new", "salo", "--out", "new.json", "--passphrase-file", "salo.txt")
    same = run("user", "revoke", "salo", "--key", "home/keys/salo.json", *ROOT)
    assert (same["status"], same["error"]) == (1, "This is the key of K. Salo that is to be revoked.")
    assert run("user", "revoke", "salo", "--key", "new.json", *ROOT)["status"] == 0
    assert "another key for you" in run("queue", *by("salo"))["err"]
    (agency / "home" / "keys" / "salo.json").write_bytes((agency / "new.json").read_bytes())
    assert run("queue", *by("salo"))["status"] == 0
    report = run("log", "verify")
    assert report["ok"], report
    assert {log["origin"][-1] for log in report["logs"] if "/salo/" in log["origin"]} == {"1", "2"}
    late = run("user", "revoke", "salo", "--epoch", "7", *ROOT)
    assert (late["status"], late["error"]) == (1, "K. Salo never had a key 7.")


def test_what_stands_beyond_an_earlier_size_counts_no_more_also_in_an_export(agency: Path, run: Run) -> None:
    for _ in range(2):
        assert run("queue", *by("salo"))["status"] == 0
    assert run("log", "export", "court", *by("salo"))["status"] == 0
    assert run("log", "verify", "--bundle", "court/bundle.json")["ok"]
    origin = _access_log(run)
    sizes = sorted(int(file.name) for file in (agency / "store" / "logs" / origin / "checkpoints").iterdir())
    wrong = run("user", "revoke", "salo", "--up-to", origin, *ROOT)
    assert (wrong["status"], wrong["error"]) == (1, f"“{origin}” is not LOG=SIZE.")
    assert run("user", "revoke", "salo", "--up-to", f"{origin}={sizes[0]}", *ROOT)["status"] == 0
    exported, published = run("log", "verify", "--bundle", "court/bundle.json"), run("log", "verify")
    for said in (exported, published):
        assert (said["status"], said["ok"]) == (1, False)
        assert f"REVOKED: {sizes[0]} entries" in said["err"]
