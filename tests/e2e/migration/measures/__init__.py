"""What is counted and measured in a scenario, and the report of it."""
