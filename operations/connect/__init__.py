"""Kafka Connect: REST client, desired connectors and where they are read from."""
