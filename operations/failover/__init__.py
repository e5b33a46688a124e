"""Moving a consumer group to the other cluster and back, so that it misses no record and reads few twice."""
