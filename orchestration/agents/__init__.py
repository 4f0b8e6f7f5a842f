"""Agents: stored configuration that each run is built from."""
