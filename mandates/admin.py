"""Registers what of the register itself is in the workplace of Kennisnet support."""

from mandates.workplace import agreements, cases, imports, pages, services, suppliers

__all__ = ["agreements", "cases", "imports", "pages", "services", "suppliers"]
