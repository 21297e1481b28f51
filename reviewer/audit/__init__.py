"""A tamper-evident log, as a small library of its own: bytes in, proofs out. It imports nothing of the rest of
Reviewer.

`merkle` hashes and proves (RFC 6962, RFC 9162) · `note` signs checkpoints (C2SP signed-note, tlog-checkpoint) ·
`entry` is what one entry says (RFC 8785) · `tiles` lays the tree out in files (C2SP tlog-tiles) · `log` keeps it in
SQLite · `publish` writes the files · `published` reads them at one checkpoint, a few files an entry, and gives out only
what that checkpoint vouches for · `verify` reads all of them (`whole`) and names every problem · `witness` cosigns
(tlog-cosignature), `witnessing` keeps what a witness must remember · `bundle` shows a few entries with their proofs.
"""
