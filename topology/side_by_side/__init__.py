"""Several environments in one account, region or EKS cluster: what two of them would both create."""
