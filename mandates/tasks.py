import structlog
from celery import shared_task
from django.conf import settings

from journal.clock import today
from mandates import check_log

log = structlog.get_logger()


@shared_task
def keep_check_log() -> None:
    """Nightly: partitions of the check log for the months to come, and none past `OSR_CHECK_LOG_MONTHS`."""
    check_log.make_partitions(today())
    dropped = check_log.drop_partitions(today(), months=settings.OSR_CHECK_LOG_MONTHS)
    log.info("check log kept", dropped=dropped)
