from celery import shared_task
from django.utils import timezone

from notifications import sending


@shared_task
def send_mail() -> None:
    """Every minute: mail people about what happened, once a day about what will happen, and what did not go before."""
    sending.read_journal()
    sending.make_digests(timezone.now())
    sending.send_waiting()
