"""What Schemathesis holds against an answer: a fault of the server. What is wrong with a request may be an error."""

import json
from typing import Any

import schemathesis


@schemathesis.check
def no_fault_of_the_server(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    assert response.status_code < 500, f"{response.status_code}: {response.text[:500]}"
    if "json" not in " ".join(response.headers.get("content-type", [])):
        return
    answer = json.loads(response.content)
    errors = (answer.get("errors") if isinstance(answer, dict) else None) or ()
    codes = {(error.get("extensions") or {}).get("code") for error in errors if isinstance(error, dict)}
    assert not codes & {None, "INTERNAL"}, response.text[:500]
