"""Workflows: stored graphs of steps, checked when they are stored and carried out in durable steps."""
