"""Failures of an exchange with a provider, as the openai package names them, so that the SDK's retry advice
works.
"""

import re
from collections.abc import Mapping
from functools import cached_property

import aiohttp
import httpx2
import openai
import orjson

BY_STATUS: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}

SHORTEST_SECRET = 6
"""Characters of a key below which it is a placeholder, such as `x`, that any word may hold."""

EXCERPT = 160
"""Characters of a foreign body that an error quotes."""


class NotAModelEndpoint(openai.APIError):
    """The address answers, but not in the language of the chat-completions API."""


class StreamCut(openai.APIConnectionError):
    """The answer broke off in the middle."""


class Stalled(openai.APITimeoutError):
    """Connected, but nothing came for too long. `waited` is in seconds."""

    def __init__(self, request: httpx2.Request, waited: float) -> None:
        super().__init__(request)
        self.waited = waited


class Exchange:
    """One request to a provider, and the errors it can end in. Some providers repeat the key that they refuse: it is
    cut out of whatever they say.
    """

    def __init__(self, method: str, url: str, secret: str | None = None) -> None:
        self.method, self.url = method, url
        self._secret = secret if secret is not None and len(secret) >= SHORTEST_SECRET else None

    @cached_property
    def request(self) -> httpx2.Request:
        """As errors of the openai package name it; an exchange that ends well needs none."""
        return httpx2.Request(self.method, self.url)

    @property
    def address(self) -> str:
        url = self.request.url
        return f"{url.host}:{url.port or url.scheme}"

    def refused(self, status: int, headers: Mapping[str, str], body: bytes) -> openai.APIStatusError:
        """An answer of status 300 or more, with the provider's own words where it has any."""
        body = self._clean(body)
        try:
            data = orjson.loads(body)
        except orjson.JSONDecodeError:
            data = excerpt(body)
        error = data.get("error", data) if isinstance(data, dict) else data
        said = error.get("message") if isinstance(error, dict) else error
        message = f"Error code: {status}" + (f" - {said}" if isinstance(said, str) and said else "")
        kind = BY_STATUS.get(status, openai.InternalServerError if status >= 500 else openai.APIStatusError)
        kept = {name: value for name, value in headers.items() if name.lower() in KEPT_HEADERS}
        response = httpx2.Response(status, headers=kept, content=body, request=self.request)
        return kind(message, response=response, body=error)

    def unreachable(self, error: BaseException) -> openai.APIConnectionError:
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            message = f"The name {self.request.url.host} cannot be resolved."
        elif isinstance(error, aiohttp.ClientConnectorCertificateError):
            message = f"The certificate of {self.address} is not valid."
        elif isinstance(error, aiohttp.ClientConnectorError):
            message = f"{self.address} refuses connections ({error.os_error.strerror or 'no reason given'})."
        else:
            message = f"The connection to {self.address} broke ({type(error).__name__})."
        return openai.APIConnectionError(message=message, request=self.request)

    def cut(self) -> StreamCut:
        return StreamCut(message=f"The answer of {self.address} broke off.", request=self.request)

    def stalled(self, waited: float) -> Stalled:
        return Stalled(self.request, waited)

    def malformed(self, payload: bytes) -> openai.APIError:
        message = f"{self.address} sent a chunk that is not JSON: {excerpt(self._clean(payload))}"
        return openai.APIError(message, self.request, body=None)

    def oversized(self, limit: int) -> openai.APIError:
        message = f"{self.address} sent an event of more than {limit:,} bytes."
        return openai.APIError(message, self.request, body=None)

    def foreign(self, status: int, media_type: str, body: bytes) -> NotAModelEndpoint:
        message = f"{self.address} answered {media_type} (status {status}): {excerpt(self._clean(body))}"
        return NotAModelEndpoint(message, self.request, body=None)

    def reported(self, message: str, error: object) -> openai.APIError:
        """What a provider says went wrong, in the midst of a stream or with status 200."""
        said = message if self._secret is None else message.replace(self._secret, "…")
        return openai.APIError(message=said, request=self.request, body=error)

    def _clean(self, body: bytes) -> bytes:
        return body if self._secret is None else body.replace(self._secret.encode(), "…".encode())


KEPT_HEADERS = frozenset({"x-request-id", "retry-after", "retry-after-ms", "x-should-retry", "content-type"})
_TAGS = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def excerpt(body: bytes) -> str:
    """The first words of a body, without markup."""
    words = " ".join(_TAGS.sub(b" ", body[:4_096]).decode("utf-8", "replace").split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1] + "…"
