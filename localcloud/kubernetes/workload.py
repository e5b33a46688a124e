"""mirrormaker-R on a local cluster: the objects of its stack, for brokers without authentication."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from image import BuiltImage, build_archive
from localcloud.kubernetes.kubectl import FIELD_MANAGER, Kubectl, KubectlError
from localcloud.workers import localize
from operations.manifests import api_objects
from operations.manifests.references import outputs_in
from topology.kafka.java_properties import parse_properties, render_properties
from topology.model import MirrorMaker
from topology.replication.worker_files import PROPERTIES_FILE
from topology.state.outputs import BOOTSTRAP_BROKERS_IAM

__all__ = ["CREATOR", "Workload", "local_values", "localized", "workload_images"]

CREATOR = f"{FIELD_MANAGER}-creation"
"""Field manager of what is set when an object is made and belongs to others afterwards: were it ours, leaving
it out of the next apply would reset it (Kubernetes, "Server-Side Apply", transferring ownership)."""

Object = dict[str, Any]


@dataclass
class Workload:
    """The objects of a mirrormaker stack on a cluster. `stack` is its `localized` cdk.tf.json, `values` the
    outputs of the stacks that it reads."""

    kubectl: Kubectl
    stack: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]

    @property
    def objects(self) -> list[Object]:
        """As an apply sends them once they exist: without what belongs to others by then."""
        return api_objects(self.stack, self.values, of_existing=True)

    @property
    def namespace(self) -> str:
        return self.names("Namespace")[0]

    @property
    def here(self) -> Kubectl:
        """kubectl in the workload's namespace."""
        return self.kubectl.within(self.namespace)

    def names(self, kind: str) -> list[str]:
        """Names of its objects of a kind."""
        return [one["metadata"]["name"] for one in self.objects if one["kind"] == kind]

    def changes(self) -> list[str]:
        """Objects that an apply would change, `kind.namespace.name` each."""
        shown = self.kubectl.diff(self.objects).splitlines()
        return [line.split()[1].rsplit("/", 1)[-1] for line in shown if line.startswith("+++ ")]

    def apply(self, seconds: float = 240.0, wait: bool = True) -> None:
        """Apply all objects, wait until its Deployments have rolled, and remove ConfigMaps of before, in the
        order in which Terraform does it. Raises KubectlError."""
        missing = [one for one in api_objects(self.stack, self.values) if self._lacks(one)]
        if missing:
            self.kubectl.apply(missing, manager=CREATOR)
        self.kubectl.apply(self.objects)
        if wait:
            self.wait_rolled(seconds)
            self._prune()

    def delete(self, seconds: float = 240.0) -> None:
        """Delete all objects, those that others need last, and wait until they are gone. Raises
        KubectlError."""
        for one in reversed(self.objects):
            metadata = one["metadata"]
            wait = ("--ignore-not-found", f"--timeout={round(seconds)}s")
            self.kubectl.within(metadata.get("namespace"))(
                "delete", one["kind"], metadata["name"], *wait, seconds=seconds + 10
            )

    def wait_rolled(self, seconds: float = 240.0) -> None:
        """Until every Deployment has all its pods, ready and of the last revision. Raises KubectlError."""
        deadline = time.monotonic() + seconds
        for name in self.names("Deployment"):
            left = max(1, round(deadline - time.monotonic()))
            self.here("rollout", "status", f"deployment/{name}", f"--timeout={left}s", seconds=left + 10)

    def _lacks(self, wanted: Object) -> bool:
        metadata = wanted["metadata"]
        said = self.kubectl.within(metadata.get("namespace")).run("get", wanted["kind"], metadata["name"])
        if said.returncode and "NotFound" not in said.stderr:
            raise KubectlError(said.stderr.strip())
        return said.returncode != 0

    def _prune(self) -> None:
        kept = set(self.names("ConfigMap"))
        labels = next(one["metadata"]["labels"] for one in self.objects if one["kind"] == "ConfigMap")
        instance = f"app.kubernetes.io/instance={labels['app.kubernetes.io/instance']}"
        for found in self.here.get("configmap", selector=instance):
            if found["metadata"]["name"] not in kept:
                self.here("delete", "configmap", found["metadata"]["name"])


def localized(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's cdk.tf.json for brokers without authentication: see `localcloud.workers.localize`, which
    changes the files that ConfigMaps hold, and nothing else is changed."""
    made = copy.deepcopy(dict(configuration))
    for config_map in made["resource"]["kubernetes_config_map_v1"].values():
        files = config_map["data"]
        config_map["data"] = {name: _local_file(name, text) for name, text in files.items()}
    return made


def workload_images(workload: MirrorMaker, directory: Path) -> list[BuiltImage]:
    """Both images under the names that the environment has. Raises ImageError or SetupError."""
    return [
        build_archive("connect", directory, workload.image.reference),
        build_archive("operations", directory, workload.operations.image.reference),
    ]


def local_values(stack: Mapping[str, Any], brokers: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Outputs for a stack without a deployed account: the brokers by region, names for the rest."""
    values: dict[str, dict[str, str]] = {}
    for name, outputs in outputs_in(stack["resource"]).items():
        kind, _, region = name.partition("-")
        values[name] = {
            output: brokers[region]
            if (kind, output) == ("msk", BOOTSTRAP_BROKERS_IAM)
            else f"{name}.{output}"
            for output in outputs
        }
    return values


def _local_file(name: str, text: str) -> str:
    if name == PROPERTIES_FILE:
        return render_properties(localize(parse_properties(text)).properties)
    if name.endswith(".json"):
        connector = json.loads(text)
        connector["config"] = localize(connector["config"]).properties
        return json.dumps(connector, indent=2, sort_keys=True) + "\n"
    return text
