"""Moving a region's running MirrorMaker 2 from ECS to EKS and back, step by step, with a journal."""
