"""Kafka Connect workers as processes, from the very configuration that the Kubernetes stack synthesizes."""

from localcloud.workers.localize import Change, Localized, localize
from localcloud.workers.rest_login import RestLogin, rest_login
from localcloud.workers.worker import ConnectWorker, WorkerError, bootstrap_environment

__all__ = ["Change", "ConnectWorker", "Localized", "RestLogin", "WorkerError"]
__all__ += ["bootstrap_environment", "localize", "rest_login"]
