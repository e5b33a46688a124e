"""Where Terraform states are, and the outputs that stacks read from each other."""
