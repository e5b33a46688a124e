"""Everything that the project runs on, installed once into a cache; a bare Python starts it."""
