"""Kafka clusters as clients see them: topics, partitions, consumer groups, offset translation."""
