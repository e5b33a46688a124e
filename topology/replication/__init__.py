"""Flows, topics, connectors and the files of the workers."""
