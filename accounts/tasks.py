import structlog
from celery import shared_task

from accounts import actions

log = structlog.get_logger()


@shared_task
def forget_errors() -> None:
    """Nightly: no error page is kept longer than `OSR_ERROR_DAYS`."""
    log.info("error pages forgotten", deleted=actions.forget_errors())
