"""Ask a question and print the answer as it is written: `PARLEY_KEY=… python examples/tour.py`."""

import asyncio
import os
import sys

from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

URL = os.environ.get("PARLEY_URL", "http://127.0.0.1:8000").replace("http", "ws", 1) + "/graphql"
QUESTION = sys.argv[1] if len(sys.argv) > 1 else "What is the capital of France?"

SEND = gql("mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }")
WATCH = gql("""subscription ($run: ID!) { runEvents(runId: $run) {
  ... on TextDelta { text }
  ... on MessageDiscarded { reason }
  ... on RunFinished { run { status error { message } } }
} }""")


async def main() -> None:
    key = {"Authorization": f"Bearer {os.environ['PARLEY_KEY']}"}
    socket = WebsocketsTransport(url=URL, init_payload=key, subprotocols=["graphql-transport-ws"])
    async with Client(transport=socket) as parley:
        SEND.variable_values = {"input": {"content": QUESTION}}
        sent = await parley.execute(SEND)
        WATCH.variable_values = {"run": sent["sendMessage"]["run"]["id"]}
        async for data in parley.subscribe(WATCH):
            event = data["runEvents"]
            if "text" in event:
                print(event["text"], end="", flush=True)
            elif "reason" in event:  # what was written so far is void; it is written anew
                print(f"\n({event['reason']})")
            elif "run" in event:
                print(f"\n{event['run']['status']}")


asyncio.run(main())
