"""Broker properties: what is derived, what a file may set, and Kafka's own definitions."""
