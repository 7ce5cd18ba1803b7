"""What happened: the append-only record of every change (rule D14).

History pages, the event feed, webhooks, 'as of' answers and undo all read this one record. The database writes it:
`journal.acts.act` says who does what and why, and the triggers of `journal.triggers` add one entry per changed row.
"""
