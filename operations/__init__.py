"""What runs after a deploy: check, bootstrap, reconcile connectors, verify replication.

Reads `topology` and the synthesized output and never imports cdktf: it fits a small image and answers fast.
"""
