"""What a server's settings say about files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Bytes of one file, and of all files of one person."""

    largest: int = 20_000_000
    quota: int = 1_000_000_000
