"""Ask with OpenAI's own client: PARLEY_KEY=… python examples/completions.py"""

import os
import sys

from openai import OpenAI

parley = OpenAI(
    base_url=os.environ.get("PARLEY_URL", "http://127.0.0.1:8000") + "/v1", api_key=os.environ["PARLEY_KEY"]
)
question = sys.argv[1] if len(sys.argv) > 1 else "What is the capital of France?"

answer = parley.chat.completions.create(model="auto", messages=[{"role": "user", "content": question}], stream=True)
for chunk in answer:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
