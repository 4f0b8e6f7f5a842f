"""Parley's own MCP server: chosen operations of the API, as tools for other programs' models."""
