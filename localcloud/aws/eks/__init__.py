"""EKS: clusters whose endpoint and CA are those of local ones."""
