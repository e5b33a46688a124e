"""Constructs for the buckets of the Terraform states."""
