"""Structured logs: one event per line, JSON in production, readable in development.

What is logged is chosen here and in `osr.middleware`: never a header, a query string, a form or a token.
"""

import logging
from datetime import UTC, datetime

import orjson
import structlog

_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

# The standard library would look these up for every line; no line shows them.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = logging.logAsyncioTasks = False


def logging_settings(*, level: str, json: bool) -> dict:
    """The `LOGGING` setting; also tells structlog to write through the standard library.

    `level` is a name such as INFO; `json` chooses between one JSON object and one readable line per event.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # A traceback tells where, never with what: local variables hold keys and passwords.
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    renderer = (
        [structlog.processors.ExceptionRenderer(without_locals), structlog.processors.JSONRenderer(_in_json)]
        if json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": _Formatter,
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        # `osr.middleware.RequestLog` says it better than Django, and without the query string.
        # pyhanko warns at length of every file that someone tampered with; `verify` says so in a word.
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "pyhanko": {"level": "ERROR"},
            "pyhanko_certvalidator": {"level": "ERROR"},
        },
    }


def log_event(logger: logging.Logger, event: str, **fields: object) -> None:
    """Log an event of level INFO of which everything is known already.

    It comes out as structlog's events do, for a quarter of the work: there is one for every request.
    """
    if logger.isEnabledFor(logging.INFO):
        logger.handle(logging.LogRecord(logger.name, logging.INFO, "", 0, _Event(fields, event=event), None, None))


class _Event(dict):
    """The fields of an event that needs no processors any more."""


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        if not isinstance(record.msg, _Event):
            return super().format(record)
        moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        record.msg |= {"level": "info", "logger": record.name, "timestamp": moment}
        return self.processors[-1](None, "info", dict(record.msg))


def _in_json(event: dict, **unused: object) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
