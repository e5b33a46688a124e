"""Kafka Connect workers as processes, from the very configuration that the Kubernetes stack synthesizes."""

from localcloud.workers.dedicated import DedicatedMirrorMaker, dedicated_properties
from localcloud.workers.localize import Change, Localized, localize
from localcloud.workers.rest_login import RestLogin, rest_login
from localcloud.workers.worker import ConnectWorker, WorkerError, bootstrap_environment

__all__ = ["Change", "ConnectWorker", "DedicatedMirrorMaker", "Localized", "RestLogin", "WorkerError"]
__all__ += ["bootstrap_environment", "dedicated_properties", "localize", "rest_login"]
