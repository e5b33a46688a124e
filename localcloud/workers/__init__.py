"""Kafka Connect workers as processes, from the very configuration that the Kubernetes stack synthesizes."""

from localcloud.workers.dedicated import DedicatedMirrorMaker, dedicated_properties, dedicated_recipe
from localcloud.workers.fleet import LocalFleet
from localcloud.workers.localize import Localized, Substitution, localize
from localcloud.workers.rest_login import RestLogin, rest_login
from localcloud.workers.worker import (
    ConnectWorker,
    WorkerError,
    WorkerRecipe,
    bootstrap_environment,
    worker_recipe,
)

__all__ = ["ConnectWorker", "DedicatedMirrorMaker", "LocalFleet", "Localized", "RestLogin", "Substitution"]
__all__ += ["WorkerError", "WorkerRecipe", "bootstrap_environment", "dedicated_properties"]
__all__ += ["dedicated_recipe", "localize", "rest_login", "worker_recipe"]
