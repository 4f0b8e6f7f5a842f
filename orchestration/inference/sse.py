"""Server-sent events out of arbitrary slices of bytes (WHATWG HTML, section 9.2.6), data only."""

LARGEST_EVENT = 4_194_304
"""Bytes of one event. Ordinary ones have a few hundred; images in a chunk have megabytes."""

BOM = b"\xef\xbb\xbf"


class EventData:
    """Feed it what the socket gives; it returns the data of the events that are complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._carriage = False

    def feed(self, data: bytes) -> list[bytes]:
        if self._carriage or b"\r" in data:
            data = self._line_feeds(data)
        *events, self._rest = ((self._rest + data) if self._rest else data).split(b"\n\n")
        return [found for event in events if (found := data_of(event))]

    def end(self) -> bytes:
        """The data of a last event whose empty line never came."""
        rest, self._rest = self._rest, b""
        return data_of(rest)

    @property
    def oversized(self) -> bool:
        return len(self._rest) > LARGEST_EVENT

    def _line_feeds(self, data: bytes) -> bytes:
        # A carriage return that ends one slice may be half of a CRLF: what it means the next slice says.
        if self._carriage:
            data = b"\r" + data
        self._carriage = data.endswith(b"\r")
        if self._carriage:
            data = data[:-1]
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def data_of(event: bytes) -> bytes:
    """The data lines of one event, joined; empty for comments and events without data."""
    if event.startswith(b"data:") and b"\n" not in event:
        return event[5:].strip()
    lines = [line.partition(b":") for line in event.removeprefix(BOM).split(b"\n")]
    # `error:` is how older llama.cpp servers report a failure in the midst of a stream.
    return b"\n".join(value.strip() for name, _, value in lines if name in (b"data", b"error"))
