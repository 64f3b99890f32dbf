"""What happened in this process, a JSON line each, with nothing in it that names a person."""

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="")
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
OURS = "moothall"

requests = logging.getLogger("moothall.requests")


class JsonLines(logging.Formatter):
    """One JSON object to a line.

    A library's message is written without what it would fill in, and an error as its class and
    the lines of code it passed through: both can quote what a person typed. Our own messages are
    written whole, because we write none that does.
    """

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name == OURS or record.name.startswith(OURS + ".")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if ours else str(record.msg),
        }
        if known := request_id.get():
            line["request_id"] = known
        line |= getattr(record, "said", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["passed_through"] = [
                f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=True, default=str)


class RequestLog:
    """Number each request, time it, and write one line when it is answered."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token, began = request_id.set(number), time.perf_counter()
        try:
            response = self.answer(request)
            response["X-Request-ID"] = number
            match = request.resolver_match
            # Asking request.user would look the session up; a page that needed it has.
            person = getattr(request, "_cached_user", None)
            requests.info(
                "request",
                extra={
                    "said": {
                        "method": request.method,
                        "route": match.view_name if match else "(no such address)",
                        "status": response.status_code,
                        "ms": round((time.perf_counter() - began) * 1000, 1),
                        "person": person.pk if person is not None else None,
                    }
                },
            )
            return response
        finally:
            request_id.reset(token)


def logging_settings(level: str) -> dict[str, object]:
    """Django's LOGGING: everything to standard error, a JSON line each."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "moothall.core.logs.JsonLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "moothall": {"level": level},
            "django_tasks_db": {"level": "INFO"},
            "django_tasks": {"level": "INFO"},
            # Each request has its own line; what goes wrong in one keeps its error.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": False},
            "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        },
    }
