"""Logs of a process: one line an entry, to standard error."""

import logging
import sys


def configure_logs(level: str) -> None:
    """Log from `level` on; libraries that chat are held to warnings."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for name in ("aiohttp", "alembic", "asyncio", "httpx2", "openai", "procrastinate", "uvicorn"):
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
