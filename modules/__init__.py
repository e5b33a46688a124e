"""Constructs, one concern each: they take typed values and expose typed attributes."""
