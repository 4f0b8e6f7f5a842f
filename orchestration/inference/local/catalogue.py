"""Local models that can be downloaded: those that Parley knows, and those that an administrator has added."""

import logging
import re
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("catalogue.json")
OWN = "catalogue.json"
"""A file of this name in the models folder, of the same form, adds models; a name that is known is replaced."""

FILE = re.compile(r"[\w][\w.+-]{0,150}\.gguf")
SHA256 = re.compile(r"[0-9a-f]{64}")


class Offer(msgspec.Struct, frozen=True):
    """A model file at its publisher's. `url` is the file itself, `publisher` a page about it."""

    name: str
    title: str
    file: str
    size_bytes: int
    sha256: str
    licence: str
    url: str
    publisher: str


def offers(folder: Path) -> dict[str, Offer]:
    """All models that can be downloaded, by name. Entries that cannot be right are left out. Blocks."""
    found = {offer.name: offer for offer in _read(SHIPPED)}
    own = folder / OWN
    if own.exists():
        found |= {offer.name: offer for offer in _read(own)}
    return found


def _read(path: Path) -> list[Offer]:
    try:
        given = msgspec.json.decode(path.read_bytes(), type=list[Offer])
    except (OSError, msgspec.DecodeError) as error:
        log.warning("the catalogue %s cannot be read (%s)", path, error)
        return []
    good = [offer for offer in given if _sound(offer)]
    if len(good) < len(given):
        log.warning("the catalogue %s has entries that are left out: a file, a hash or an address is wrong", path)
    return good


def _sound(offer: Offer) -> bool:
    """The file's name goes into a path, the address into a request."""
    named = FILE.fullmatch(offer.file) is not None and SHA256.fullmatch(offer.sha256) is not None
    return named and offer.size_bytes > 0 and offer.url.startswith(("https://", "http://"))
