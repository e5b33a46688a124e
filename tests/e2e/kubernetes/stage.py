"""What the scenarios play on: two Kafka clusters, the WAN between them, and a cluster with the workload."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from localcloud.deployment import synthesize
from localcloud.kafka.cluster import LocalKafkaCluster
from localcloud.kubernetes import KubernetesCluster
from localcloud.kubernetes.kubectl import Kubectl
from localcloud.kubernetes.layout import NODE
from localcloud.kubernetes.workload import Workload, local_values, localized
from localcloud.wan import Wan
from operations.kafka.clusters import Cluster as KafkaAddress
from operations.verification.verify import VerifiedFlow
from tests.e2e.kubernetes.report import Report, Row
from tests.e2e.kubernetes.traffic import Traffic
from tests.e2e.waiting import wait_until
from topology.environment_file.merge import deep_merge
from topology.kubernetes.pods import OPERATIONS_PORT
from topology.loading import environment_path
from topology.state.stacks import stack_name

__all__ = ["CONNECT_IMAGE", "SOURCE", "TARGET", "TOPIC", "Scenario", "Stage", "workload_of"]

TARGET, SOURCE = "us-east-1", "us-west-2"
TOPIC = "demo.numbered"
CONNECT_IMAGE = "localhost/msk-mirror/connect"
REPORTER = "msk-mirror/reconciler"

CHANGES: Mapping[str, Any] = {
    "mirrormaker": {
        # two workers and no more, so that the autoscaler does not take away what a scenario has just hurt:
        # JVMs that start use more than its target
        "replicas": {"min": 2, "max": 2},
        "resources": {"cpu_request_millicores": 300},
    }
}
"""How the tests' environment differs from environments/local.yaml."""


@dataclass
class Scenario:
    """A running scenario: its traffic, and figures for the report."""

    traffic: Traffic
    figures: dict[str, float] = field(default_factory=dict)


@dataclass
class Stage:
    """`workload` is what is deployed now; `deploy` changes it."""

    wan: Wan
    kafka: dict[str, LocalKafkaCluster]
    cluster: KubernetesCluster
    directory: Path
    report: Report
    workload: Workload
    topic: str = TOPIC
    """Where records are sent; of the environment's own."""

    @property
    def kubectl(self) -> Kubectl:
        """kubectl in the workload's namespace."""
        return self.workload.here

    @property
    def flow(self) -> VerifiedFlow:
        """From the source's topic to its copy on the target."""
        source, target = (KafkaAddress(region, self.kafka[region].bootstrap) for region in (SOURCE, TARGET))
        return VerifiedFlow(source, target, self.topic, f"{SOURCE}.{self.topic}")

    @contextmanager
    def scenario(self, name: str, rate: float | None = None) -> Iterator[Scenario]:
        """Records through the block and until all have arrived; the row is in the report afterwards."""
        began = time.monotonic()
        traffic = Traffic(self.flow, rate) if rate else Traffic(self.flow)
        running = Scenario(traffic)
        with traffic:
            yield running
        found = traffic.result
        assert found is not None
        self.report.scenarios.append(
            Row(
                name,
                found.sent,
                found.received,
                found.lost,
                found.duplicated,
                round(found.gap_ms_max, 1),
                round(time.monotonic() - began, 1),
                {figure: round(value, 1) for figure, value in running.figures.items()},
            )
        )
        assert found.sent > 0
        assert (found.lost, found.altered, found.loops, found.failures) == (0, 0, 0, ())

    def take(self, changes: Mapping[str, Any]) -> Workload:
        """Make the tests' environment with more changes the one that is deployed next."""
        self.workload = workload_of(self.cluster, self.kafka, self.directory, changes)
        return self.workload

    def conditions(self) -> dict[str, str]:
        """What the reconciler finds, message by reason; empty while it does not answer."""
        pods = self.pods("operations")
        if not pods:
            return {}
        path = f"/api/v1/namespaces/{self.workload.namespace}/pods/{pods[0]['metadata']['name']}"
        said = self.cluster.kubectl.run("get", "--raw", f"{path}:{OPERATIONS_PORT}/proxy/")
        if said.returncode:
            return {}
        found = json.loads(said.stdout)["conditions"]
        return {one["reason"]: f"{one['connector']}: {one['message']}" for one in found}

    def events(self, reason: str) -> list[str]:
        """What the reconciler has written in events of a reason."""
        found = self.kubectl.get("events.events.k8s.io")
        ours = (one for one in found if one.get("reportingController") == REPORTER)
        return [one["note"] for one in ours if one["reason"] == reason]

    def pods(self, component: str = "worker") -> list[dict[str, Any]]:
        """Pods that are not on their way out."""
        found = self.kubectl.get("pods", selector=f"app.kubernetes.io/component={component}")
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def ready_pods(self, component: str = "worker") -> list[dict[str, Any]]:
        """Pods whose containers are all ready."""
        return [pod for pod in self.pods(component) if _is_ready(pod)]

    def ready(self, component: str = "worker") -> list[str]:
        """Names of those."""
        return [pod["metadata"]["name"] for pod in self.ready_pods(component)]

    def rolled(self) -> bool:
        """Whether the last revision of the workers is all there is."""
        status = self.kubectl.get("deployment", "mirrormaker2")
        wanted, now = status["spec"]["replicas"], status["status"]
        return bool(
            now.get("observedGeneration") == status["metadata"]["generation"]
            and now.get("updatedReplicas") == now.get("replicas") == now.get("readyReplicas") == wanted
        )

    def written(self) -> dict[str, str]:
        """Of every object of the workload, all that is not the server's own: what an apply can change."""
        found = {}
        for one in self.workload.objects:
            kind, name = one["kind"], one["metadata"]["name"]
            content = self.cluster.kubectl.within(one["metadata"].get("namespace")).get(kind, name)
            content.pop("status", None)
            content["metadata"].pop("resourceVersion", None)
            found[f"{kind} {name}"] = json.dumps(content, sort_keys=True)
        return found

    def restarts(self) -> dict[str, int]:
        """Restarts of each worker pod."""
        return {
            pod["metadata"]["name"]: sum(one["restartCount"] for one in pod["status"]["containerStatuses"])
            for pod in self.pods()
        }

    def liveness_successes(self) -> dict[str, float]:
        """Liveness probes of each worker pod that succeeded so far, as its kubelet counts them."""
        said = self.cluster.kubectl("get", "--raw", f"/api/v1/nodes/{NODE}/proxy/metrics/probes")
        found = {}
        for family in text_string_to_metric_families(said):
            for sample in family.samples:
                labels = sample.labels
                if sample.name == "prober_probe_total" and (
                    labels["container"], labels["probe_type"], labels["result"]
                ) == ("connect", "Liveness", "successful"):  # fmt: skip
                    found[labels["pod"]] = sample.value
        return found

    def processes(self, pod: Mapping[str, Any], name: str) -> list[int]:
        """Process ids of a pod's programs of a name (java, msk-mirror ...)."""
        pids = self.cluster.processes_in(pod["metadata"]["uid"])
        return [pid for pid in pids if name in Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]]

    def await_ready(self, count: int, component: str = "worker", seconds: float = 180.0) -> float:
        return wait_until(
            lambda: len(self.ready(component)) >= count,
            seconds,
            f"{count} {component} pods are ready",
            every=0.5,
        )

    def connectors(self) -> dict[str, Any]:
        """Name -> status of every connector, asked of a worker by its pod's address."""
        said = self.cluster.kubectl(
            "get", "--raw", f"/api/v1/namespaces/{self.workload.namespace}/services/"
            "http:mirrormaker2:8083/proxy/connectors?expand=status",
        )  # fmt: skip
        found: dict[str, Any] = json.loads(said)
        return found

    def all_run(self) -> bool:
        """Whether every connector and every task of it runs, source connectors with at least one."""
        try:
            found = self.connectors()
        except RuntimeError:
            return False
        states = [one["status"] for one in found.values()]
        return len(states) == 3 and all(
            one["connector"]["state"] == "RUNNING"
            and all(task["state"] == "RUNNING" for task in one["tasks"])
            and (one["tasks"] or one["name"].endswith("-checkpoint"))
            for one in states
        )

    def await_running(self, seconds: float = 180.0) -> float:
        what = "all connectors and tasks run"
        return wait_until(self.all_run, seconds, what, self.account, 0.5)

    def account(self) -> str:
        """What Connect, the reconciler and the workers' logs say now, for a test that failed."""
        try:
            connectors = json.dumps(self.connectors(), indent=1)
        except (RuntimeError, ValueError) as error:
            connectors = str(error)
        said = [connectors, json.dumps(self.conditions(), indent=1)]
        for pod in [*self.pods(), *self.pods("operations")]:
            name = pod["metadata"]["name"]
            shown = self.kubectl.run("logs", name, "--tail=40", "--all-containers")
            said.append(f"--- {name}\n{shown.stdout}")
        return "\n".join(said)


def workload_of(
    cluster: KubernetesCluster,
    kafka: Mapping[str, LocalKafkaCluster],
    directory: Path,
    changes: Mapping[str, Any],
) -> Workload:
    """The target's workload of environments/local.yaml with CHANGES and more changes of it."""
    directory.mkdir(exist_ok=True)
    text = yaml.safe_load(environment_path("local").read_text(encoding="utf-8"))
    file = directory / "environment.yaml"
    file.write_text(yaml.safe_dump(deep_merge(deep_merge(text, CHANGES), changes)), encoding="utf-8")
    synthesized = synthesize(str(file), directory / "cdktf.out", {})
    stack = localized(synthesized.stacks[stack_name("mirrormaker", TARGET)].configuration)
    brokers = {region: one.bootstrap for region, one in kafka.items()}
    return Workload(cluster.kubectl, stack, local_values(stack, brokers))


def _is_ready(pod: Mapping[str, Any]) -> bool:
    statuses = pod["status"].get("containerStatuses", [])
    return bool(statuses) and all(one["ready"] for one in statuses)
