"""GraphQL over HTTP, WebSocket and server-sent events: protocols, limits and a fast executor."""
