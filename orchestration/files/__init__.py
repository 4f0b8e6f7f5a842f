"""Files that people attach: taken in and made safe, read once, and shown to models."""
