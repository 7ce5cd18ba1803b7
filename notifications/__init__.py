"""Mail to people, fed by the journal: what happened, and what will happen.

Why it is done this way: docs/decisions/026-mail-from-the-journal.md.
"""
