"""What the headless doors do, one file a noun: each has its functions, from arguments to what is said, and an `add`
that puts their words into the table. `cli` assembles them.
"""
