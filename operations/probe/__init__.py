"""How replication into a region goes, each minute: looked at, published, and what stands still named."""
