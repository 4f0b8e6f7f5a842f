"""MCP servers: connect, list, call, watch."""
