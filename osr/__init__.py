"""The site: settings, URLs, health, logs, and the stack that `make run` starts."""

from osr.celery import app as celery_app

__all__ = ["celery_app"]
