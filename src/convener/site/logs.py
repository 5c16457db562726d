"""Structured logs that carry no names, content or addresses: event names, counts, IDs and durations only."""

from __future__ import annotations

import logging
import sys

import structlog

#: Counts, durations, keys and the names of our own things: nothing that somebody wrote.
ALLOWED_FIELDS = frozenset(
    {
        *("event", "level", "timestamp", "request", "method", "route", "status", "ms", "where", "version"),
        *("import_id", "batch", "rows", "added", "updated", "skipped", "errors", "count", "kind"),
        *("job", "worker", "attempt", "consumer", "position", "reason", "error_type", "command", "exit_code"),
    }
)


def _drop_unlisted(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep only fields known to be harmless, so that a careless call cannot leak a name into a log."""
    return {key: value for key, value in event.items() if key in ALLOWED_FIELDS}


class _Reduce(logging.Filter):
    """Cuts records of other libraries down to logger, level and error type: their texts quote addresses and values."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        trace = record.exc_info[2] if record.exc_info else None
        where = ""
        while trace is not None:
            where = f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
            trace = trace.tb_next
        record.msg = " ".join(part for part in (record.name, error, where) if part)
        record.args, record.exc_info, record.exc_text = (), None, None
        return True


def configure(log_format: str) -> None:
    """Set up logging to standard error; ``log_format`` is 'text' or 'json'."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_unlisted,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(_Reduce())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
