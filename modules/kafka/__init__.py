"""Constructs for MSK clusters and what belongs to them."""
