"""PostgreSQL out of a wheel: started, watched and stopped by this process, and gone when this process is."""
