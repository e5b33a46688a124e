"""Rules for the workload and the charts."""
