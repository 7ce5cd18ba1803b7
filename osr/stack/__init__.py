"""The whole register on one machine, for development: what `make run` starts.

A PostgreSQL of its own, the web server, Celery worker and beat, and an identity provider that plays Mijn DUO and
eHerkenning.
"""
