"""The API against its specifications, and against those who mean it harm."""
