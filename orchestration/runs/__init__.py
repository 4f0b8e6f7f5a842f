"""Life of a run: start, claim, stream, cancel, finish, recover."""
