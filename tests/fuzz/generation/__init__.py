"""Environment documents that are valid, of any kind."""
