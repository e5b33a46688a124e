"""Terraform's own syntax."""
