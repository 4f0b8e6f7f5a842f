"""Tools that agents may call: one file each."""
