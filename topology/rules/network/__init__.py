"""Rules for address ranges and access to the brokers."""
