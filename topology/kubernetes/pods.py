"""The pods of the workload: paths, ports, arguments, environment variables and annotations."""

from __future__ import annotations

from dataclasses import dataclass

from topology.aws.names import Names, bootstrap_variable
from topology.kubernetes.workload import GRACE_SECONDS, REST_PORT, HealthProbe, jvm_flags
from topology.model import Environment
from topology.model.mirrormaker import MirrorMaker, Tracing
from topology.network.addresses import PORTS
from topology.replication.flows import flows_into
from topology.replication.rest_auth import CREDENTIALS_FILE, LOGIN_FILE, PROBE_FILE, rest_secret
from topology.replication.worker_files import JMX_FILE, LOG_FILE, PROPERTIES_FILE

__all__ = [
    "AGENT_JAR",
    "CONNECTOR_DIRECTORY",
    "JARS",
    "MAIN_CLASS",
    "MAX_UNAVAILABLE",
    "METRICS_PORT",
    "OPERATIONS_GRACE_SECONDS",
    "OPERATIONS_PORT",
    "PODS_DOWN_A_MINUTE",
    "PODS_UP_A_MINUTE",
    "PROBE_PORT",
    "REST_PORT_NAME",
    "SCRATCH_SIZE",
    "SETTLE_SECONDS",
    "TOKEN_DIRECTORY",
    "USER_ID",
    "WORKER_DIRECTORY",
    "Labels",
    "clusters_of",
    "cpu_quantity",
    "identity_variables",
    "labels",
    "memory_quantity",
    "pod_annotations",
    "pod_labels",
    "probe_arguments",
    "probe_command",
    "reconciler_arguments",
    "rollout_minutes",
    "worker_arguments",
]

REST_PORT_NAME = "http-rest"
"""A mesh takes the protocol from the first part of a port's name (Istio, "Protocol Selection")."""
METRICS_PORT = 9404
"""The JMX exporter of a worker (its registered default, Prometheus wiki, "Default port allocations")."""
OPERATIONS_PORT = 9405
"""Metrics and health of the reconciler."""
PROBE_PORT = 9406
"""Metrics of the probe, which is beside the reconciler in its pod."""

JARS = "/opt/kafka/libs"
AGENT_JAR = "/opt/kafka/agent/jmx_prometheus_javaagent.jar"
MAIN_CLASS = "org.apache.kafka.connect.cli.ConnectDistributed"
"""What image/ puts where: all jars, the agent under a name without a version, `java` as the entry point."""

WORKER_DIRECTORY = "/etc/mirrormaker2/worker"
CONNECTOR_DIRECTORY = "/etc/mirrormaker2/connectors"
TOKEN_DIRECTORY = "/var/run/secrets/eks.amazonaws.com/serviceaccount"  # noqa: S105 - a path
"""Where EKS mounts a pod's token for STS (EKS User Guide, "Configure Pods to use a Kubernetes service
account")."""

USER_ID = 65532
"""User and group of both images: "nonroot" of distroless images, which no package owns files of."""

SETTLE_SECONDS = 10
"""A new worker must stay ready this long before the next old one stops, so that the rebalance that it causes
by joining has ended (measured: two to three seconds)."""
MAX_UNAVAILABLE = 1
"""Workers that drains may evict at a time, whatever their number: each one that leaves rebalances the tasks.
With a minimum that stays, a drain could evict all others of a scaled-up Deployment at once."""
SCRATCH_SIZE = "64Mi"
"""The one directory that a pod can write to: native libraries of compression, JVM figures."""
OPERATIONS_GRACE_SECONDS = 30
"""The reconciler ends the pass it is in; a call to Connect is given up after ten seconds."""
PODS_UP_A_MINUTE = 2
PODS_DOWN_A_MINUTE = 1
"""Every worker that comes or goes rebalances the tasks: after a peak they go one at a time."""
SECONDS_A_POD = 90
"""What a rolled pod may take until it is ready: the image, the JVM, joining the group, two probes."""

ISTIO_CONFIG = '{"holdApplicationUntilProxyStarts": true}'


@dataclass(frozen=True)
class Labels:
    """`selector` never changes (a Deployment's is immutable); `shared` is on every object of the workload."""

    selector: dict[str, str]
    shared: dict[str, str]

    @property
    def all(self) -> dict[str, str]:
        """What objects of the component carry."""
        return self.shared | self.selector


def labels(environment: Environment, region: str, component: str) -> Labels:
    """Labels of what belongs to `component` (worker or operations), as Kubernetes recommends them
    (Kubernetes, "Recommended Labels")."""
    name = {"app.kubernetes.io/name": Names(environment, region).workers}
    others = {
        "app.kubernetes.io/instance": Names(environment, region).prefix,
        "app.kubernetes.io/part-of": environment.project,
        "app.kubernetes.io/managed-by": "terraform",
    }
    return Labels(name | {"app.kubernetes.io/component": component}, name | others)


def clusters_of(environment: Environment, region: str) -> dict[str, str]:
    """Environment variable and region of every Kafka cluster that the workers of `region` talk to: their own
    and the sources of their flows."""
    regions = [region, *(flow.source for flow in flows_into(environment, region))]
    return {bootstrap_variable(environment.alias(other)): other for other in regions}


def identity_variables(region: str, role_arn: str, session: str) -> dict[str, str]:
    """What the AWS SDK needs to become the role. The session's name is fixed, because MSK refuses to
    re-authenticate a connection under another name (aws-msk-iam-auth, issue 104)."""
    return {
        "AWS_REGION": region,
        "AWS_ROLE_ARN": role_arn,
        "AWS_ROLE_SESSION_NAME": session,
        "AWS_STS_REGIONAL_ENDPOINTS": "regional",
        "AWS_WEB_IDENTITY_TOKEN_FILE": f"{TOKEN_DIRECTORY}/token",
    }


def worker_arguments(mirrormaker: MirrorMaker) -> tuple[str, ...]:
    """Arguments of `java`, which is the container's first process: SIGTERM reaches Connect, and Connect
    flushes its offsets."""
    secured = rest_secret(mirrormaker) is not None
    return (
        *jvm_flags(mirrormaker),
        f"-javaagent:{AGENT_JAR}={METRICS_PORT}:{WORKER_DIRECTORY}/{JMX_FILE}",
        f"-Dlog4j2.configurationFile={WORKER_DIRECTORY}/{LOG_FILE}",
        *([f"-Djava.security.auth.login.config={WORKER_DIRECTORY}/{LOGIN_FILE}"] if secured else []),
        "-cp",
        f"{JARS}/*",
        MAIN_CLASS,
        f"{WORKER_DIRECTORY}/{PROPERTIES_FILE}",
    )


def probe_command(probe: HealthProbe) -> tuple[str, ...]:
    """What asks a worker that wants credentials, in place of the kubelet."""
    script = f"{WORKER_DIRECTORY}/{PROBE_FILE}"
    return ("bash", script, str(REST_PORT), probe.path, str(probe.timeout_seconds), CREDENTIALS_FILE)


def reconciler_arguments(environment: Environment, region: str, service: str) -> tuple[str, ...]:
    """Arguments of the operations image: keep the mounted connectors, through the workers' Service, and say
    why the workers' pods do not run when they do not."""
    operations = environment.mirrormaker.operations
    selector = labels(environment, region, "worker").selector
    return (
        "reconcile",
        *_reading(environment.mirrormaker, service),
        *(["--prune"] if operations.prune else []),
        "--workers-selector",
        ",".join(f"{key}={value}" for key, value in selector.items()),
        "--probe",
        f"http://127.0.0.1:{PROBE_PORT}",
        "--interval",
        str(operations.interval_seconds),
        "--metrics-port",
        str(OPERATIONS_PORT),
    )


def probe_arguments(environment: Environment, region: str, service: str) -> tuple[str, ...]:
    """Arguments of the operations image: publish how the flows of the mounted connectors go, once in each
    period of the alarms that read it."""
    return (
        "probe",
        *_reading(environment.mirrormaker, service),
        "--project",
        environment.project,
        "--environment",
        environment.environment,
        "--region",
        region,
        "--interval",
        str(environment.alarms.period_seconds),
        "--metrics-port",
        str(PROBE_PORT),
    )


def _reading(mirrormaker: MirrorMaker, service: str) -> tuple[str, ...]:
    login = ("--credentials", CREDENTIALS_FILE) if rest_secret(mirrormaker) else ()
    return ("--connect", f"http://{service}:{REST_PORT}", *login, "--connectors", CONNECTOR_DIRECTORY)


def pod_annotations(tracing: Tracing, metrics_port: int, java: bool = False) -> dict[str, str]:
    """Annotations of a pod: for Prometheus, the cluster autoscaler and, where they are asked for, the mesh
    and tracing."""
    found = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(metrics_port),
        "prometheus.io/path": "/metrics",
        # the emptyDir of /tmp would keep the pod's node for ever (Cluster Autoscaler FAQ, "What types of
        # pods can prevent CA from removing a node?")
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "true",
    }
    if tracing.istio:
        # Kafka is TLS already and the proxy would only end it; the namespace is restricted, so that the mesh
        # needs Istio's CNI plugin (Istio, "Install Istio with Pod Security Admission")
        found |= {
            "traffic.sidecar.istio.io/excludeOutboundPorts": str(PORTS["iam"]),
            "traffic.sidecar.istio.io/excludeInboundPorts": str(metrics_port),
            "proxy.istio.io/config": ISTIO_CONFIG,
        }
    if tracing.xray and java:
        # the agent of the CloudWatch Observability add-on, which sends to X-Ray (CloudWatch User Guide,
        # "Application Signals", enable on EKS)
        found["instrumentation.opentelemetry.io/inject-java"] = "true"
    return found


def pod_labels(labels: Labels, tracing: Tracing) -> dict[str, str]:
    """Labels of a pod: with the mesh, the one that asks for a proxy (Istio, "Installing the Sidecar")."""
    return labels.all | ({"sidecar.istio.io/inject": "true"} if tracing.istio else {})


def rollout_minutes(mirrormaker: MirrorMaker) -> int:
    """How long Terraform waits for the most replicas to roll one after another before it says that they do
    not; an old pod's grace period overlaps with the start of the next."""
    seconds = mirrormaker.replicas.max * SECONDS_A_POD + GRACE_SECONDS
    return max(5, -(-seconds // 60))


def cpu_quantity(millicores: int) -> str:
    """As the API server writes it back, so that the next plan is empty: 1000 -> `1`, 250 -> `250m`."""
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def memory_quantity(mib: int) -> str:
    """As the API server writes it back: 2048 -> `2Gi`, 1536 -> `1536Mi`."""
    return f"{mib}Mi" if mib % 1024 else f"{mib // 1024}Gi"
