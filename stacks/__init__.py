"""Stacks: one Terraform state each, of one kind in one region. They only wire."""
