"""What the targets of the Makefile need: a module for each, which installs it into the cache."""
