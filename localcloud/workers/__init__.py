"""Kafka Connect workers as processes, from the very configuration that the Kubernetes stack synthesizes."""

from localcloud.workers.localize import Change, Localized, localize
from localcloud.workers.worker import ConnectWorker, WorkerError, bootstrap_environment

__all__ = ["Change", "ConnectWorker", "Localized", "WorkerError", "bootstrap_environment", "localize"]
