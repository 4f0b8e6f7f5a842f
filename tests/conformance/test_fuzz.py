"""Random operations: whatever is asked, the answer is data or an error that says what is wrong, never a fault of ours.

`FUZZ_CASES` and `FUZZ_SEED` ask for more of them, or for others.
"""

import json
import os

from tests.conformance.documents import Fuzz
from tests.people import Person

CASES, SEED = int(os.environ.get("FUZZ_CASES", "120")), int(os.environ.get("FUZZ_SEED", "1"))
HEADERS = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}


async def test_nothing_that_is_asked_makes_the_server_fail(ada: Person) -> None:
    failed, answered = [], 0
    for body in Fuzz(SEED).operations(CASES):
        async with ada.http.post(f"{ada.url}/graphql", data=json.dumps(body), headers=HEADERS) as response:
            answer = await response.json(content_type=None)
            answered += "data" in answer
            codes = {error["extensions"].get("code") for error in answer.get("errors", ())}
            if response.status >= 500 or "INTERNAL" in codes or None in codes:
                failed.append((response.status, answer["errors"], body))

    assert not failed, f"{len(failed)} of {CASES} with the seed {SEED}: {failed[:3]}"
    assert answered > CASES / 5
    assert (await ada.gql("{ viewer { email } }"))["viewer"]["email"] == ada.email
