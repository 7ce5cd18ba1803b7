import secrets
import time

import structlog

log = structlog.get_logger("osr.request")

# Letters and digits that cannot be mistaken for one another when read out over the telephone.
_REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class RequestLog:
    """One log line per request, and a reference that ties a person's error page to it.

    The path is logged, never the query string, headers or body: they may hold codes, keys and tokens.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        request.reference = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))
        with structlog.contextvars.bound_contextvars(reference=request.reference):
            began = time.perf_counter()
            response = self.get_response(request)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
            )
        response.headers["X-Reference"] = request.reference
        return response
