import structlog
from celery import shared_task

from agreements.actions import remind_in_time

log = structlog.get_logger()


@shared_task
def remind_signatories() -> None:
    """Each morning: remind who must sign an agreement before the day on which an answer is asked is there."""
    log.info("signatories reminded", offers=remind_in_time())
