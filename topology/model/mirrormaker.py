"""The MirrorMaker 2 workload on Kubernetes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology.model.base import Count, KafkaName, LabelKey, LabelValue, Model, Percent, Properties
from topology.model.exactly_once import ExactlyOnce, Switch
from topology.model.version import KAFKA_VERSION, VERSION

__all__ = [
    "Autoscaling",
    "BasicAuth",
    "ConnectCluster",
    "ConnectorProperties",
    "Heap",
    "Image",
    "MirrorMaker",
    "Operations",
    "Replicas",
    "Resources",
    "Rest",
    "Toleration",
    "Tracing",
]

SecretName = Annotated[str, Field(max_length=253, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
KubernetesName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]


class Image(Model):
    """A container image, by tag or by digest."""

    repository: Annotated[str, Field(pattern=r"^[a-z0-9.:/_-]+$", max_length=255)]
    """Registry, path and name of the image, without a tag."""
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")] | None = None
    """Tag of the image, where there is no digest."""
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    """Wins over the tag; required in environments of stage production."""

    @property
    def reference(self) -> str:
        """What a kubelet pulls: `repository@digest`, else `repository:tag`."""
        return f"{self.repository}@{self.digest}" if self.digest else f"{self.repository}:{self.tag}"


class Replicas(Model):
    """Bounds of the autoscaler. Default: 2 to 6, the report."""

    min: Count = 2
    """Fewest workers. Default: 2."""
    max: Count = 6
    """Most workers. Default: 6."""


class Resources(Model):
    """Requests and limits of a worker. Default: the report's 1000m/2000m and 2Gi/4Gi."""

    cpu_request_millicores: Count = 1000
    """CPU that is reserved for a worker. The autoscaler's CPU target is a percentage of it."""
    cpu_limit_millicores: Count = 2000
    """CPU that a worker may use at most."""
    memory_request_mib: Count = 2048
    """Memory that is reserved for a worker. The autoscaler's memory target is a percentage of it."""
    memory_limit_mib: Count = 4096
    """Memory above which a worker is killed."""


class Heap(Model):
    """JVM heap of a worker."""

    initial_mib: Count = 256
    """Heap when a worker starts (-Xms)."""
    max_mib: Count = 1024
    """Default: 1 GiB; 75 % of the 4 GiB limit would pin the autoscaler at its maximum, because its memory
    target is of the request (80 % of 2 GiB)."""


class Autoscaling(Model):
    """Targets of the HorizontalPodAutoscaler. Default: the report's numbers."""

    cpu_percent: Percent = 70
    """Average CPU use, percent of the request, above which workers are added."""
    memory_percent: Percent = 80
    """Average memory use, percent of the request, above which workers are added."""
    scale_up_stabilization_seconds: Annotated[int, Field(ge=0, le=3600)] = 120
    """How long more workers must be wanted before they are added."""
    scale_down_stabilization_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long fewer workers must be wanted before some are removed."""


class Toleration(Model):
    """A taint that the pods accept (spot node groups)."""

    key: LabelKey | None = None
    """Key of the taint; all keys without it, which needs operator Exists."""
    operator: Literal["Equal", "Exists"] = "Equal"
    """Equal compares the value, Exists accepts any value."""
    value: LabelValue | None = None
    """Value of the taint, for operator Equal."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; all effects without it."""


class ConnectCluster(Model):
    """Names that are the contract of a running Connect cluster: MirrorMaker's source offsets live under them,
    so that a runtime which takes over from another must keep them."""

    group_id: KafkaName | None = None
    """Default: `mirrormaker2-<environment>`."""
    config_topic: KafkaName | None = None
    """Default: `mirrormaker2.<environment>.configs.internal`."""
    offset_topic: KafkaName | None = None
    """Default: `mirrormaker2.<environment>.offsets.internal`."""
    status_topic: KafkaName | None = None
    """Default: `mirrormaker2.<environment>.status.internal`."""
    offset_partitions: Count = 25
    """Default: 25 (Kafka's default)."""
    status_partitions: Count = 5
    """Default: 5 (Kafka's default)."""
    initial_state: Literal["RUNNING", "STOPPED"] = "RUNNING"
    """State in which new connectors are created (KIP-980). STOPPED where a dedicated MirrorMaker still
    replicates the flows: they start when `msk-mirror migrate` has copied its source offsets."""


class ConnectorProperties(Model):
    """Properties added to the derived ones, by kind of connector."""

    source: Properties = {}
    """Of source connectors, which replicate records."""
    checkpoint: Properties = {}
    """Of checkpoint connectors, which translate offsets."""
    heartbeat: Properties = {}
    """Of heartbeat connectors."""


class BasicAuth(Model):
    """User and password for Connect's REST interface."""

    secret: SecretName
    """Name of a Secret in the namespace, made by people or External Secrets and never by Terraform. Its key
    `credentials.properties` holds lines of `user=password` in printable ASCII without backslashes; the
    reconciler, the probe and the pods' probes log in as the first."""


class Rest(Model):
    """Connect's REST interface, which can run code by configuration."""

    basic_auth: BasicAuth | None = None
    """Default: off; network policies let in the workers and the operations pod only. For clusters that do not
    enforce them, and where the interface is exposed otherwise."""


class Operations(Model):
    """The pod that reconciles connectors and probes latency."""

    image: Image = Image(repository="msk-mirror/operations", tag=VERSION)
    interval_seconds: Count = 15
    """Seconds between passes of the reconciler. Default: 15."""
    prune: bool = False
    """Whether connectors that the environment no longer has are deleted. Default: no; they are named in a
    condition until someone decides, because a flow that was taken out by mistake would stop at once. Only
    connectors with names of ours are ever deleted, and never all of them."""
    cpu_request_millicores: Count = 50
    """CPU that is reserved for each of the two containers."""
    memory_request_mib: Count = 128
    """Memory that is reserved for each of the two containers."""
    memory_limit_mib: Count = 256
    """Memory above which a container is killed."""


class Tracing(Model):
    """Service mesh and tracing switches. Default: off; nothing changes in the pods until asked for."""

    istio: bool = False
    """Inject Istio's sidecar into the workers' pods."""
    xray: bool = False
    """Send traces of the workers to the X-Ray daemon."""


class MirrorMaker(Model):
    """The workers of every region; one Connect cluster a target region."""

    image: Image = Image(repository="msk-mirror/connect", tag=KAFKA_VERSION)
    namespace: KubernetesName = "mirrormaker2"
    """Kubernetes namespace of the workers. One for each environment on a cluster."""
    service_account: KubernetesName = "mirrormaker2"
    """Kubernetes service account of the workers, which assumes their IAM role."""
    replicas: Replicas = Replicas()
    resources: Resources = Resources()
    heap: Heap = Heap()
    autoscaling: Autoscaling = Autoscaling()
    node_selector: dict[LabelKey, LabelValue] = {}
    """Labels of the nodes that the pods run on."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that the pods accept, for example of spot node groups."""
    exactly_once: Switch = ExactlyOnce.OFF
    """KIP-618 on the workers. A running environment goes from `off` to `on`, and back, by a deploy with
    `preparing` (docs/runbooks/exactly-once.md). Default: off; at-least-once with idempotent producers is a
    third of the latency (measured: p50 145 against 478 ms)."""
    connect: ConnectCluster = ConnectCluster()
    rest: Rest = Rest()
    worker_properties: Properties = {}
    """Added to the derived properties of the Connect workers."""
    connector_properties: ConnectorProperties = ConnectorProperties()
    operations: Operations = Operations()
    metrics_namespace: KubernetesName = "monitoring"
    """Namespace from which Prometheus may scrape the pods; everything else is kept out. Default: ours, the
    namespace that the Prometheus operator's own manifests use."""
    tracing: Tracing = Tracing()
