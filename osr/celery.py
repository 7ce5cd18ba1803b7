"""Celery says when; PostgreSQL holds what must be done (architecture.md, 'Doing later').

With `REDIS_URL` the messages go through Redis; without it, as under `make run`, through files in the data folder.
"""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osr.settings")

app = Celery("osr")
app.autodiscover_tasks()
app.conf.update(
    timezone="Europe/Amsterdam",
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    beat_schedule={
        "keep-check-log": {"task": "mandates.tasks.keep_check_log", "schedule": crontab(hour=3, minute=15)},
        "forget-errors": {"task": "accounts.tasks.forget_errors", "schedule": crontab(hour=3, minute=45)},
        "remind-signatories": {"task": "agreements.tasks.remind_signatories", "schedule": crontab(hour=6, minute=45)},
        # A round that could not begin within its minute is done by the next.
        "send-mail": {"task": "notifications.tasks.send_mail", "schedule": 60, "options": {"expires": 60}},
    },
)


@app.on_configure.connect
def choose_transport(sender: Celery, **kwargs) -> None:
    """Redis when there is one, else folders below the data folder."""
    if settings.REDIS_URL:
        sender.conf.broker_url = settings.REDIS_URL
        return
    messages = settings.OSR_DATA_DIR / "celery"
    for folder in ("messages", "control", "processed"):
        (messages / folder).mkdir(parents=True, exist_ok=True)
    sender.conf.broker_url = "filesystem://"
    sender.conf.broker_transport_options = {
        "data_folder_in": str(messages / "messages"),
        "data_folder_out": str(messages / "messages"),
        "control_folder": str(messages / "control"),
        "processed_folder": str(messages / "processed"),
    }
