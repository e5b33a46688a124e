"""The Kubernetes API as the operations pod and `msk-mirror rollout` use it."""
