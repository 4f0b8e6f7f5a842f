"""Local models: their files, the small one that comes with Parley, and the engine that serves them."""
