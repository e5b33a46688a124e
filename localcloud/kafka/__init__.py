"""Single-node KRaft clusters of the real Kafka, and the catalogue of the properties that Kafka defines."""
