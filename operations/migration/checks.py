"""What must hold before anything is changed: a row each, none silently left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from operations.kafka.clusters import Cluster
from operations.kubernetes.api import ApiError
from operations.migration.migration import Migration
from topology.kubernetes.cluster_services import existing_oidc_provider

__all__ = ["CHECKS", "ChecksFailed", "MigrationCheck", "run_checks"]

ADDON: Final = "amazon-cloudwatch-observability"
"""CloudWatch User Guide, "Container Insights": the add-on of EKS; before it, agents in a namespace."""
INSIGHTS_NAMESPACE: Final = "amazon-cloudwatch"
ACCESS_REVIEWS: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
MORE_THAN_ZERO: Final = "expected at least 1"


class _Skipped(Exception):  # noqa: N818 - no error
    """Why a check cannot be made here."""


class ChecksFailed(Exception):  # noqa: N818 - reads as what it is where it is caught
    """Checks that failed, a line each."""

    def __init__(self, checks: Sequence[MigrationCheck]) -> None:
        self.checks = tuple(one for one in checks if one.state == "failed")
        super().__init__("; ".join(f"{one.name}: {one.found}" for one in self.checks))


@dataclass(frozen=True)
class MigrationCheck:
    """A row: `found` in words, also why a check is `skipped`."""

    name: str
    state: Literal["ok", "failed", "skipped"]
    found: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def run_checks(migration: Migration) -> tuple[MigrationCheck, ...]:
    """Every check of CHECKS in its order; changes nothing. What a check raises is what it found."""
    return tuple(_row(name, check, migration) for name, check in CHECKS)


def _row(name: str, check: Callable[[Migration], str], migration: Migration) -> MigrationCheck:
    try:
        return MigrationCheck(name, "ok", check(migration))
    except _Skipped as why:
        return MigrationCheck(name, "skipped", str(why))
    except Exception as error:
        return MigrationCheck(name, "failed", str(error) or type(error).__name__)


def _eks_cluster(migration: Migration) -> str:
    cluster = _described(migration)
    if cluster["status"] != "ACTIVE":
        raise ValueError(f"{cluster['name']} is {cluster['status']}; expected ACTIVE")
    return f"{cluster['name']} is ACTIVE, Kubernetes {cluster.get('version')}"


def _oidc_provider(migration: Migration) -> str:
    issuer = _described(migration).get("identity", {}).get("oidc", {}).get("issuer", "")
    host = issuer.removeprefix("https://")
    if not host:
        raise ValueError("the EKS cluster has no OIDC issuer")
    providers = migration.account.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    if not any(one["Arn"].endswith(f"/{host}") for one in providers):
        if existing_oidc_provider(migration.environment, migration.region) is None:
            raise _Skipped(f"{host} is not in IAM yet; step service-account creates it")
        raise ValueError(f"{host} is not in IAM; found {len(providers)} other providers")
    return f"{host} is in IAM"


def _container_insights(migration: Migration) -> str:
    if migration.account.eks is not None:
        # ClientError ResourceNotFoundException: there is no add-on, perhaps the namespace
        with suppress(Exception):
            name = migration.environment.regions[migration.region].eks.cluster_name
            addon = migration.account.eks.describe_addon(clusterName=name, addonName=ADDON)["addon"]
            return f"add-on {ADDON} is {addon['status']}"
    if migration.account.api is not None:
        migration.account.api.get(f"/api/v1/namespaces/{INSIGHTS_NAMESPACE}")
        return f"namespace {INSIGHTS_NAMESPACE} is there"
    raise _Skipped("no EKS cluster and no API server to ask")


def _rbac(migration: Migration) -> str:
    api = migration.account.api
    if api is None:
        raise _Skipped("no API server to ask")
    for verb in ("get", "patch"):
        wanted = {"group": "apps", "resource": "deployments", "verb": verb, "namespace": api.namespace}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": wanted},
        }
        if not api.create(ACCESS_REVIEWS, review).get("status", {}).get("allowed"):
            raise ValueError(f"may not {verb} deployments in {api.namespace}")
    return f"may get and patch deployments in {api.namespace}"


def _brokers(migration: Migration) -> str:
    clusters: dict[str, Cluster] = {migration.target.alias: migration.target}
    clusters |= {flow.source.alias: flow.source for flow in migration.flows}
    return ", ".join(f"{alias} has {len(one.topics())} topics" for alias, one in sorted(clusters.items()))


def _versions(migration: Migration) -> str:
    if migration.path == "dedicated":
        raise _Skipped("a dedicated MirrorMaker does not tell its version")
    if not migration.new.count():
        raise _Skipped("no new worker runs yet; both are asked again after step rollout")
    found = {fleet.name: _version(migration, fleet.urls()) for fleet in (migration.old, migration.new)}
    if len(set(found.values())) != 1:
        said = ", ".join(f"{name} {version}" for name, version in found.items())
        raise ValueError(f"found {said}; expected the same on both")
    return f"Kafka {next(iter(found.values()))} on both"


def _old_workers(migration: Migration) -> str:
    count = migration.old.count()
    if count < 1:
        raise ValueError(f"{migration.old.name}: 0 run; {MORE_THAN_ZERO}")
    if migration.path == "dedicated":
        members = migration.old_members()
        if empty := [group for group, found in members.items() if not found]:
            raise ValueError(f"group {', '.join(empty)} has no members; {MORE_THAN_ZERO}")
        return f"{count} run; " + ", ".join(f"group {name}: {found}" for name, found in members.items())
    migration.gate.healthy()
    return f"{count} run; all {len(migration.specs)} connectors RUNNING"


def _offsets(migration: Migration) -> str:
    if migration.path == "dedicated":
        counts = {name: len(one.read()) for name, one in migration.old_source_offsets.items()}
    else:
        with migration.open_connect() as client:
            counts = {flow.connector: len(client.offsets(flow.connector)) for flow in migration.flows}
    return ", ".join(f"{name}: {count} partitions" for name, count in sorted(counts.items()))


def _initial_state(migration: Migration) -> str:
    if migration.path == "connect":
        raise _Skipped("the connectors exist and keep running")
    state = migration.environment.mirrormaker.connect.initial_state
    if state != "STOPPED":
        raise ValueError(
            f"mirrormaker.connect.initial_state: found {state}; expected STOPPED, or the reconciler "
            "starts the connectors beside the old runtime and every record comes twice"
        )
    return "connectors are created STOPPED"


def _described(migration: Migration) -> dict[str, Any]:
    if migration.account.eks is None:
        raise _Skipped("no AWS account to ask")
    name = migration.environment.regions[migration.region].eks.cluster_name
    found: dict[str, Any] = migration.account.eks.describe_cluster(name=name)["cluster"]
    return found


def _version(migration: Migration, urls: Sequence[str]) -> str:
    with migration.connect(urls) as client:
        return client.version()


def service_and_autoscaler(migration: Migration) -> dict[str, str]:
    """What answers at the new workers' address, and the autoscaler's bounds. Raises what is not there."""
    with migration.connect(migration.new.urls()) as client:
        service = f"{client.await_ready(migration.seconds).url} is ready"
    api = migration.account.api
    if api is None:
        return {"service": service, "autoscaler": "skipped: no API server to ask"}
    name = migration.new.name.rpartition("/")[2]
    try:
        spec = api.get(f"/apis/autoscaling/v2/namespaces/{api.namespace}/horizontalpodautoscalers/{name}")
    except ApiError as error:
        raise ValueError(f"no HorizontalPodAutoscaler {name}: {error}") from error
    bounds = spec["spec"]
    return {"service": service, "autoscaler": f"{bounds.get('minReplicas')} to {bounds['maxReplicas']} pods"}


def same_versions(migration: Migration) -> str:
    """The version of both runtimes. Raises ValueError where they differ."""
    try:
        return _versions(migration)
    except _Skipped as why:
        return f"skipped: {why}"


CHECKS: Final[tuple[tuple[str, Callable[[Migration], str]], ...]] = (
    ("EKS cluster", _eks_cluster),
    ("OIDC provider", _oidc_provider),
    ("Container Insights", _container_insights),
    ("RBAC", _rbac),
    ("brokers", _brokers),
    ("Connect version", _versions),
    ("old workers", _old_workers),
    ("offsets", _offsets),
    ("initial state", _initial_state),
)
