"""Rules for the clusters and their broker properties."""
