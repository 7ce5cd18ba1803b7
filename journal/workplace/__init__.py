"""The workplace of Kennisnet support: what the admin of every app is made of.

Lists and details are Django's admin, and only show (`rows`). Changing is done on pages of its own, one per thing that
support can intend: a form, if need be a preview, and one action of the register, with a reason (`pages`; D4, D14). So
the admin knows no other way to change a row than everybody else, and nothing in it can be deleted.
"""

from journal.workplace.pages import ActionPage, ReasonForm, support_page
from journal.workplace.rows import RowAdmin, column

__all__ = ["ActionPage", "ReasonForm", "RowAdmin", "column", "support_page"]
