"""Everything that the project runs on, installed once into a cache: standard library only, so that a bare Python starts it."""
