"""The whole way, once: synth, deploy, deploy again, replicate both ways, count, tear down."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from localcloud.cloud import LocalCloud, start_local_cloud
from localcloud.deployment import aws_stacks, deployed_resources, synthesize, write_environment_file
from localcloud.kubernetes.pods import Pods, start_pods
from localcloud.replication import Replication, create_topics, start_replication, verified_flows
from localcloud.view import DemoView
from operations.terraform.bootstrap import bootstrap
from operations.terraform.deploy import deploy
from operations.terraform.synthesized import Stack, Synthesized
from operations.verification.production import Load
from operations.verification.verify import FlowResult, verify
from topology import load_environment
from topology.loading import environment_path

__all__ = ["Demo", "DemoOptions", "run_demo"]

WARM_UP = Load(rate=100, duration=5)
NEEDED = {"processes": "a Kubernetes cluster", "kubernetes": "charts from their registries"}


@dataclass(frozen=True)
class DemoOptions:
    """`rate` in records a second and flow, for `seconds`; `report` is written there as JSON. `runtime`: the
    workers are `processes`, or pods of a real `kubernetes` cluster in each region."""

    environment: str = "local"
    directory: Path = Path("build/demo")
    report: Path = Path("build/reports/demo.json")
    rate: float = 500
    seconds: float = 60
    keep: bool = False
    runtime: Literal["processes", "kubernetes"] = "processes"


@dataclass
class Demo:
    """What a demo has found out; `as_json` is the report."""

    stacks_deployed: list[str] = field(default_factory=list)
    resources: int = 0
    second_deploy_changes: int = -1
    flows: Sequence[FlowResult] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    wan: dict[str, Any] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Every record arrived once or more, nothing circled, and deploying again changed nothing."""
        return (
            bool(self.flows) and all(one.faithful for one in self.flows) and self.second_deploy_changes == 0
        )

    def as_json(self) -> dict[str, Any]:
        """The report."""
        return {
            "stacks_deployed": self.stacks_deployed,
            "resources": self.resources,
            "second_deploy_changes": self.second_deploy_changes,
            "flows": [one.as_json() for one in self.flows],
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "versions": self.versions,
            "wan": self.wan,
        }

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Adds what the block takes to `seconds`."""
        begin = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begin


def run_demo(options: DemoOptions, view: DemoView) -> Demo:
    """Run it and write the report. Raises what its parts raise when they cannot continue."""
    shutil.rmtree(options.directory, ignore_errors=True)
    environment = load_environment(options.environment)
    demo = Demo()
    with demo.timed("total"):
        with view.phase("Local cloud"):
            cloud = start_local_cloud(environment, options.directory.resolve(), on_step=view.step)
        with cloud:
            synthesized = _deploy(cloud, options, demo, view)
            with view.phase("Replication"), demo.timed("replicate"):
                replication = _start_workers(cloud, synthesized, options, view)
                _replicate(cloud, options, demo, view)
            if options.keep:
                _show_around(cloud, synthesized, replication, view)
            else:
                with view.phase("Teardown"):
                    replication.stop()
    demo.versions = _versions(synthesized)
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(demo.as_json(), indent=1) + "\n", encoding="utf-8")
    return demo


def _deploy(cloud: LocalCloud, options: DemoOptions, demo: Demo, view: DemoView) -> Synthesized:
    variables = cloud.aws.environment()
    with view.phase("Synth"), demo.timed("synth"):
        file = str(environment_path(options.environment).resolve())
        synthesized = synthesize(file, cloud.directory / "cdktf.out", variables)
        stacks = aws_stacks(synthesized)
        kept = "mirrormaker-" if options.runtime == "kubernetes" else ()
        left = sorted(synthesized.stacks.keys() - {stack.name for stack in stacks})
        left = [name for name in left if not name.startswith(kept)]
        view.step(f"{len(synthesized.stacks)} stacks; {len(stacks)} of them AWS's alone")
        view.step(f"not deployed here, since they need {NEEDED[options.runtime]}: {', '.join(left)}")
    with demo.timed("deploy"):
        with view.phase("State buckets"):
            bootstrap(cloud.directory / "cdktf.out", view.stack, variables)
        with view.phase("Deploy"):
            demo.stacks_deployed = [one.stack for one in deploy(stacks, view.stack, variables)]
        with view.phase("Deploy again"):
            again = deploy(stacks, view.stack, variables)
            demo.second_deploy_changes = sum(one.changes.total for one in again)
    demo.resources = deployed_resources(cloud, stacks)
    view.step(
        f"{demo.resources} resources in {len(stacks)} states; the second deploy changed"
        f" {demo.second_deploy_changes}"
    )
    return synthesized


def _start_workers(
    cloud: LocalCloud, synthesized: Synthesized, options: DemoOptions, view: DemoView
) -> Replication | Pods:
    if options.runtime == "processes":
        return start_replication(cloud, synthesized, on_step=view.step)
    create_topics(cloud)
    return start_pods(cloud, synthesized, on_step=view.step)


def _replicate(cloud: LocalCloud, options: DemoOptions, demo: Demo, view: DemoView) -> None:
    flows = verified_flows(cloud)
    first, *_ = cloud.environment.regions
    other = next(region for region in cloud.environment.regions if region != first)
    rtt = cloud.wan.measure_rtt_ms(first, other)
    demo.wan = {"kind": cloud.wan.kind, "delay_ms": cloud.wan.delay_ms, "rtt_ms": round(rtt, 1)}
    view.step(f"round trip {first} - {other}: {rtt:.1f} ms")
    verify(flows, WARM_UP, on_progress=view.flows)
    view.step(f"records cross; now {options.rate:g}/s for {options.seconds:g} s in each flow")
    load = Load(rate=options.rate, duration=options.seconds)
    demo.flows = verify(flows, load, on_progress=view.flows)


def _show_around(
    cloud: LocalCloud, synthesized: Synthesized, replication: Replication | Pods, view: DemoView
) -> None:
    script = write_environment_file(cloud)
    stack = next(iter(synthesized.kind("msk")))
    region = next(iter(cloud.clusters))
    look = replication.how_to_look()
    replication.keep()
    end = cloud.keep()
    view.console.print("\nEverything keeps running. To look at it:")
    for line in (
        f". {script}",
        f"terraform -chdir={stack.directory} state list",
        look,
        f"java -cp '{cloud.site(region).libs}/*' org.apache.kafka.tools.TopicCommand"
        f" --bootstrap-server {cloud.clusters[region].bootstrap} --list",
        f"ls {cloud.directory}    # data and logs",
        f"{end}    # ends it all",
    ):
        view.console.print(f"  {line}", soft_wrap=True, markup=False)


def _versions(synthesized: Synthesized) -> dict[str, str]:
    stack: Stack = next(iter(synthesized.stacks.values()))
    provider = stack.configuration["terraform"]["required_providers"]["aws"]["version"]
    terraform = subprocess.run(["terraform", "version", "-json"], capture_output=True, text=True, check=True)
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True)
    return {
        "terraform": json.loads(terraform.stdout)["terraform_version"],
        "aws_provider": provider,
        "cdktf": version("cdktf"),
        "moto": version("moto"),
        "java": java.stderr.split('"')[1],
        "python": platform.python_version(),
    }
