"""AWS's names, ARNs, regions and policy documents: what the other rooms build on."""
