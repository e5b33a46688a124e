"""Reading an environment file: YAML with line numbers, merging, and problems with their place."""
