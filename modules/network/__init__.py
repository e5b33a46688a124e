"""Constructs for VPCs, endpoints, peering and flow logs."""
