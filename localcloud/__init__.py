"""An AWS account, Kafka clusters, a WAN and Connect workers on one machine, for the demo and the tests."""
