"""Address ranges, broker security group rules, VPC endpoints and flow logs."""
