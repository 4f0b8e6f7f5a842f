"""Trusted documents: those that the web client and other known programs may ask for by an id."""

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from domain.errors import Forbidden, UnknownDocument

log = logging.getLogger(__name__)

PREFIX = "sha256:"
ONLY = "This server executes trusted documents only. Send the `documentId` of one, or have yours added."


class Manifest:
    """A file with an object of texts by their SHA-256 in hexadecimal, with or without `sha256:` before it. It is read
    again when it has changed, because a new client may come without a new server."""

    def __init__(self, file: Path) -> None:
        self._file, self._changed = file, 0
        self.texts: Mapping[str, str] = {}
        self.refresh()

    def refresh(self) -> None:
        try:
            changed = self._file.stat().st_mtime_ns
            if changed != self._changed:
                self.texts, self._changed = _read(self._file), changed
        except FileNotFoundError:
            self.texts, self._changed = {}, 0
        except (OSError, ValueError) as error:
            log.warning("the trusted documents of %s cannot be read (%s)", self._file, error)


def _read(file: Path) -> dict[str, str]:
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("it must be an object of texts by their hashes")
    return {named.removeprefix(PREFIX): text for named, text in found.items()}


class TrustedDocuments:
    """`only` refuses every other document."""

    def __init__(self, manifests: Iterable[Manifest] = (), *, only: bool = False) -> None:
        self._manifests, self._only = tuple(manifests), only

    def text(self, request: Mapping[str, Any]) -> Any:
        """The `query` of a request, or the document that it names: by `documentId`, or as Apollo's clients do by
        `extensions.persistedQuery.sha256Hash`. UnknownDocument for an id that is none, Forbidden for a document that
        is not trusted where only those are."""
        query = request.get("query")
        if query is None and (named := named_by(request)) is not None:
            return self._by_id(named)
        if self._only and not any(query in manifest.texts.values() for manifest in self._refreshed()):
            raise Forbidden(ONLY)
        return query

    def _by_id(self, named: str) -> str:
        key = named.removeprefix(PREFIX)
        for refreshing in (False, True):
            for manifest in self._refreshed() if refreshing else self._manifests:
                if key in manifest.texts:
                    return manifest.texts[key]
        raise UnknownDocument(f"This server does not know the document {named[:80]!r}. Send its text as `query`.")

    def _refreshed(self) -> tuple[Manifest, ...]:
        for manifest in self._manifests:
            manifest.refresh()
        return self._manifests


def named_by(request: Mapping[str, Any]) -> str | None:
    """The id of the document that a request names."""
    named = request.get("documentId")
    if named is None:
        extensions = request.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        named = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return named if isinstance(named, str) else None
