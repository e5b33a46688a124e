"""The local cloud of an environment: an AWS account, a Kafka cluster a region, and a WAN between them."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from localcloud.aws.server import EmulatedAws, start_emulated_aws
from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.kafka.site import Site
from localcloud.kubernetes.credentials import exec_environment
from localcloud.wan import DELAY_MS, Wan
from localcloud.wan.enter import RUN_VARIABLE
from topology.kafka.broker_properties import server_properties
from topology.model import Environment

__all__ = ["LIBS_VARIABLE", "LocalCloud", "LocalCloudError", "start_local_cloud"]

LIBS_VARIABLE = "MSK_MIRROR_KAFKA_LIBS"


class LocalCloudError(RuntimeError):
    """The local cloud cannot be had as things are; the text says what is missing."""


@dataclass
class LocalCloud:
    """What runs; everything ends with the block, or goes on after `keep`."""

    environment: Environment
    directory: Path
    wan: Wan
    aws: EmulatedAws
    clusters: dict[str, LocalKafkaCluster]
    _started: ExitStack = field(repr=False)

    @property
    def credentials(self) -> Path:
        """Directory of the credentials of local Kubernetes clusters."""
        return self.directory / "credentials"

    @property
    def variables(self) -> dict[str, str]:
        """What Terraform needs to talk to the account and to its EKS clusters."""
        return self.aws.environment() | exec_environment(self.credentials)

    def site(self, region: str) -> Site:
        """Where the Java processes of a region run."""
        return _site(self.wan, self.directory, region)

    def keep(self) -> str:
        """Leave everything running when this program ends; returns the command that ends it later."""
        self._started.pop_all()
        return self.wan.keep()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.close()


def start_local_cloud(
    environment: Environment,
    directory: Path,
    *,
    delay_ms: float = DELAY_MS,
    on_step: Callable[[str], None] = lambda _: None,
) -> LocalCloud:
    """Start the WAN, then AWS and the Kafka clusters at once, and tell AWS where Kafka is.

    `directory` takes data and logs. Raises LocalCloudError, WanError, ServerProcessError or RuntimeError;
    what was started until then is stopped.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as started:
        wan = started.enter_context(Wan.start(list(environment.regions), delay_ms))
        on_step(f"WAN of {delay_ms:g} ms each way: {wan.note}")
        with ThreadPoolExecutor(max_workers=2) as pool:
            aws_start = pool.submit(
                start_emulated_aws,
                log=directory / "aws.log",
                account_id=environment.account,
                extra_environment={RUN_VARIABLE: wan.run},
            )
            kafka_start = pool.submit(
                start_clusters,
                [_site(wan, directory, region) for region in environment.regions],
                {region: server_properties(environment, region) for region in environment.regions},
            )
        aws = started.enter_context(aws_start.result())
        on_step(f"AWS account {aws.account_id} at {aws.endpoint_url}")
        clusters = kafka_start.result()
        for region, cluster in clusters.items():
            started.callback(cluster.stop)
            aws.register_kafka(region, cluster.bootstrap)
        for region, settings in environment.regions.items():
            aws.ensure_eks_cluster(region, settings.eks.cluster_name)
        brokers = ", ".join(f"{region} at {cluster.bootstrap}" for region, cluster in clusters.items())
        on_step(f"Kafka: {brokers}")
        return LocalCloud(environment, directory, wan, aws, clusters, started.pop_all())


def _site(wan: Wan, directory: Path, region: str) -> Site:
    libs = os.environ.get(LIBS_VARIABLE)
    if not libs or not Path(libs).is_dir():
        raise LocalCloudError(
            f"{LIBS_VARIABLE} names no directory of Kafka's jars (found: {libs or 'nothing'});"
            " start through make, which brings them"
        )
    return Site(region, wan, directory / region, Path(libs))
