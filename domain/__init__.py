"""Plain facts that every room shares; imports nothing of ours and no framework."""
