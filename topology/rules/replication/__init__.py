"""Rules for flows, workers and connectors."""
