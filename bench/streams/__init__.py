"""Parley as a benchmark from outside starts it: an empty database in, a server with people and API keys out."""
