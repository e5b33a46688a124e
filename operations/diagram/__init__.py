"""A picture of an environment: regions with their clusters and workers, and the flows between them."""
