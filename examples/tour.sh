#!/bin/sh
# Ask a question and watch the answer arrive, with nothing but curl: PARLEY_KEY=… sh examples/tour.sh
set -eu

url="${PARLEY_URL:-http://127.0.0.1:8000}/graphql"
question="${1:-What is the capital of France?}"

graphql() { # media type, document, variables
  curl -sSN --fail-with-body "$url" -H "Authorization: Bearer $PARLEY_KEY" -H "Content-Type: application/json" \
    -H "Accept: $1" -d "{\"query\": \"$2\", \"variables\": $3}"
}

sent=$(graphql application/json \
  'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }' \
  "{\"input\": {\"content\": \"$question\"}}")
run=$(printf '%s' "$sent" | sed -n 's/.*"run":{"id":"\([^"]*\)".*/\1/p')
[ -n "$run" ] || { printf '%s\n' "$sent" >&2; exit 1; }

graphql text/event-stream \
  'subscription ($run: ID!) { runEvents(runId: $run) { __typename sequence ... on TextDelta { text } ... on RunFinished { run { status } message { content } } } }' \
  "{\"run\": \"$run\"}"
