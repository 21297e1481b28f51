"""A tamper-evident log, as a small library of its own: bytes in, proofs out. It imports nothing of the rest of
Reviewer.

`merkle` hashes and proves (RFC 6962, RFC 9162) · `note` signs checkpoints (C2SP signed-note, tlog-checkpoint) ·
`entry` is what one entry says (RFC 8785) · `tiles` lays the tree out in files (C2SP tlog-tiles) · `log` keeps it in
SQLite · `publish` writes the files · `verify` reads them back with nothing but public keys · `witness` cosigns
(tlog-cosignature).
"""
