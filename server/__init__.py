"""The process edge: application, settings, sessions, health and the command line."""
