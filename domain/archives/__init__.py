"""Chats as files: what is exported, and exports of other programs that can be imported."""
