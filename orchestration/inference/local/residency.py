"""Whether a file is in the system's page cache, so that loading it needs no disk."""

import ctypes
import mmap
import os
import sys
from pathlib import Path

WARM = 0.8
"""Share of a file's pages in memory from which on it counts as warm."""

FAILED = ctypes.c_void_p(-1).value


def is_warm(path: Path) -> bool:
    """Asked of the system (mincore(2), Linux); False where it does not say. Blocks for some milliseconds."""
    if sys.platform != "linux":
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return _resident(descriptor, os.fstat(descriptor).st_size) >= WARM
    finally:
        os.close(descriptor)


def _resident(descriptor: int, size: int) -> float:
    if size == 0:
        return 0.0
    libc = ctypes.CDLL(None, use_errno=True)
    # Python's own mmap does not give the address of a mapping that cannot be written.
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long,
    ]  # fmt: skip
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    address = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    if address == FAILED:
        return 0.0
    try:
        pages = (size + mmap.PAGESIZE - 1) // mmap.PAGESIZE
        seen = (ctypes.c_ubyte * pages)()
        if libc.mincore(address, size, seen) != 0:
            return 0.0
        return sum(page & 1 for page in bytes(seen)) / pages
    finally:
        libc.munmap(address, size)
