"""Besturen, schools and vestigingen, as DUO lists them (rule D19)."""
