"""Kafka Connect workers as processes, from the very configuration that the Kubernetes stack synthesizes."""

from localcloud.workers.fleet import LocalFleet
from localcloud.workers.localize import Change, Localized, localize
from localcloud.workers.rest_login import RestLogin, rest_login
from localcloud.workers.worker import (
    ConnectWorker,
    WorkerError,
    WorkerRecipe,
    bootstrap_environment,
    worker_recipe,
)

__all__ = ["Change", "ConnectWorker", "LocalFleet", "Localized", "RestLogin", "WorkerError", "WorkerRecipe"]
__all__ += ["bootstrap_environment", "localize", "rest_login", "worker_recipe"]
