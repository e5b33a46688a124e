"""A ConfigMap whose name says what is in it."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from constructs import Construct

from modules.kubernetes.workload_namespace import WorkloadNamespace
from modules.terraform.literals import literals
from topology.replication.worker_files import content_hash

__all__ = ["HashedConfigMap"]


class HashedConfigMap(Construct):
    """Immutable ConfigMap `<prefix>-<hash of the files>`. A change makes a new one before the old one goes,
    so that pods of the old kind still start while a Deployment rolls."""

    name: str
    resource: ConfigMapV1

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: WorkloadNamespace,
        prefix: str,
        files: Mapping[str, str],
        labels: dict[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = f"{prefix}-{content_hash(files)}"
        self.resource = ConfigMapV1(
            self,
            "Default",
            metadata=ConfigMapV1Metadata(name=self.name, namespace=namespace.name, labels=labels),
            data=literals(files),
            immutable=True,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            depends_on=[namespace.resource],
        )
