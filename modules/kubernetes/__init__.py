"""Constructs of the workers as pods, and of charts."""
