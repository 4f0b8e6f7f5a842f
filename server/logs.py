"""Logs of a process: one line an entry, to standard error, for people or as JSON."""

import json
import logging
import sys
from datetime import UTC, datetime

from domain.log_ids import noted

CHATTY = ("aiohttp", "alembic", "asyncio", "httpx2", "openai", "procrastinate", "uvicorn")
SILENT = ("client", "mcp")
"""What goes wrong there is raised as well; its log would hold what servers send."""


def configure_logs(level: str, form: str) -> None:
    """Log from `level` on, as `text` or `json`; libraries that chat are held to warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class Lines(logging.Formatter):
    """For people. An entry is one line whatever it quotes, so that nobody can make up another; only the traceback of
    an error follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        line = super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
        ids = " ".join(f"{name}={value}" for name, value in noted().items())
        return f"{line} [{ids}]" if ids else line


class JsonLines(logging.Formatter):
    """For programs: an object a line with `time`, `level`, `logger`, `message`, ids, and a traceback as `error`."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **noted(),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)
