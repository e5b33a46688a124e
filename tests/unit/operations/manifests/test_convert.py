"""Resources of the kubernetes provider as objects: what the provider would send, from small stacks."""

from __future__ import annotations

from typing import Any

import pytest

from operations.manifests import ManifestError, api_objects

Json = dict[str, Any]
META = {"name": "a", "namespace": "b"}


def of(kind: str, body: Json, **options: Any) -> Json:
    """The object of one resource."""
    stack = {"resource": {f"kubernetes_{kind}": {"one": {"metadata": META} | body}}}
    (found,) = api_objects(stack, {}, **options)
    return found


def pod(spec: Json) -> Json:
    """The pod of a Deployment."""
    deployment = of("deployment_v1", {"spec": {"template": {"metadata": {}, "spec": spec}}})
    found: Json = deployment["spec"]["template"]["spec"]
    return found


def container(arguments: Json) -> Json:
    (found,) = pod({"container": [{"name": "c"} | arguments]})["containers"]
    assert isinstance(found, dict)
    return found


def problems(kind: str, body: Json) -> tuple[str, ...]:
    with pytest.raises(ManifestError) as refused:
        of(kind, body)
    return refused.value.problems


# what was not set ----------------------------------------------------------------------------------------


def test_a_security_context_that_names_no_user_says_that_root_is_allowed() -> None:
    """Which overrides the pod's, and the level restricted refuses it: the reason to send what is sent."""
    found = container({"security_context": {"read_only_root_filesystem": True}})["securityContext"]
    assert found == {
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": False,
        "privileged": False,
        "allowPrivilegeEscalation": True,
    }


def test_booleans_of_the_pod_are_sent_as_the_provider_defaults_them() -> None:
    found = pod({"container": [{"name": "c"}]})
    assert {name: value for name, value in found.items() if isinstance(value, bool)} == {
        "automountServiceAccountToken": True,
        "enableServiceLinks": True,
        "hostIPC": False,
        "hostNetwork": False,
        "hostPID": False,
        "shareProcessNamespace": False,
    }


def test_a_seccomp_profile_without_a_type_is_none() -> None:
    assert pod({"security_context": {"seccomp_profile": {}}})["securityContext"] == {
        "runAsNonRoot": False,
        "seccompProfile": {"type": "Unconfined"},
    }


def test_an_empty_block_stays_empty_where_its_schema_has_no_defaults() -> None:
    assert pod({"security_context": {}})["securityContext"] == {}
    assert pod({"volume": [{"name": "v", "empty_dir": {}}]})["volumes"] == [{"name": "v", "emptyDir": {}}]


def test_a_scaling_rule_without_a_window_has_none() -> None:
    """The API would choose 300 s for scaling down; the provider sends 0."""
    policy = {"type": "Pods", "value": 1, "period_seconds": 60}
    spec = {"behavior": {"scale_down": [{"policy": [policy], "select_policy": "Max"}]}}
    assert of("horizontal_pod_autoscaler_v2", {"spec": spec})["spec"]["behavior"]["scaleDown"] == {
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
        "selectPolicy": "Max",
        "stabilizationWindowSeconds": 0,
    }


def test_texts_that_are_empty_are_as_if_not_set() -> None:
    found = container({"working_dir": "", "security_context": {"run_as_user": "", "run_as_non_root": True}})
    assert "workingDir" not in found
    assert "runAsUser" not in found["securityContext"]


def test_only_load_balancers_get_node_ports_by_choice() -> None:
    plain, balanced = (
        of("service_v1", {"spec": {"type": type_}})["spec"] for type_ in ("ClusterIP", "LoadBalancer")
    )
    assert plain == {"type": "ClusterIP", "publishNotReadyAddresses": False}
    assert balanced["allocateLoadBalancerNodePorts"] is True


def test_what_is_namespaced_and_names_none_is_in_the_default_one() -> None:
    spec: Json = {"metadata": {"name": "a"}}
    assert of("config_map_v1", spec)["metadata"] == {"name": "a", "namespace": "default"}
    assert of("priority_class_v1", spec | {"value": 1})["metadata"] == {"name": "a"}


# names and types -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "api_version", "name"),
    [
        ("deployment_v1", "apps/v1", "Deployment"),
        ("horizontal_pod_autoscaler_v2", "autoscaling/v2", "HorizontalPodAutoscaler"),
        ("pod_disruption_budget_v1", "policy/v1", "PodDisruptionBudget"),
        ("network_policy_v1", "networking.k8s.io/v1", "NetworkPolicy"),
        ("priority_class_v1", "scheduling.k8s.io/v1", "PriorityClass"),
        ("role_binding_v1", "rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("service_account", "v1", "ServiceAccount"),
    ],
)
def test_kinds_follow_from_the_names_of_types(kind: str, api_version: str, name: str) -> None:
    found = of(kind, {"metadata": {"name": "a"}})
    assert (found["apiVersion"], found["kind"]) == (api_version, name)


@pytest.mark.parametrize(
    ("argument", "field", "given", "expected"),
    [
        ("env", "env", [{"name": "A"}], [{"name": "A"}]),
        ("port", "ports", [{"container_port": 1, "host_ip": "h"}], [{"containerPort": 1, "hostIP": "h"}]),
        ("lifecycle", "lifecycle", {"pre_stop": [{"tcp_socket": [{"port": "1"}]}]},
         {"preStop": {"tcpSocket": {"port": 1}}}),
        ("resources", "resources", {"limits": {"cpu": 2}}, {"limits": {"cpu": "2"}}),
        ("liveness_probe", "livenessProbe",
         {"http_get": {"port": "http", "http_header": [{"name": "a", "value": "b"}]}},
         {"httpGet": {"port": "http", "httpHeaders": [{"name": "a", "value": "b"}]}}),
    ],
)  # fmt: skip
def test_blocks_go_where_the_api_has_them(argument: str, field: str, given: Any, expected: Any) -> None:
    assert container({argument: given})[field] == expected


def test_arguments_are_found_however_the_api_writes_them() -> None:
    found = pod(
        {
            "security_context": {"supplemental_groups": [1, 2], "sysctl": [{"name": "s", "value": "1"}]},
            "toleration": [{"key": "spot", "toleration_seconds": "30"}],
            "topology_spread_constraint": [{"match_label_keys": ["k"], "label_selector": [{}]}],
            "dns_config": {"option": [{"name": "ndots", "value": "1"}]},
        }
    )
    assert found["securityContext"]["sysctls"] == [{"name": "s", "value": "1"}]
    assert found["securityContext"]["supplementalGroups"] == [1, 2]
    assert found["tolerations"] == [{"key": "spot", "operator": "Equal", "tolerationSeconds": 30}]
    assert found["topologySpreadConstraints"] == [
        {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}, "matchLabelKeys": ["k"]}
    ]
    assert found["dnsConfig"] == {"options": [{"name": "ndots", "value": "1"}]}


def test_peers_of_a_network_policy_keep_empty_selectors() -> None:
    """An empty selector is everything, and not nothing."""
    spec = {"pod_selector": {}, "ingress": [{"from": [{"pod_selector": {}}], "ports": [{"port": "80"}]}]}
    assert of("network_policy_v1", {"spec": spec})["spec"] == {
        "podSelector": {},
        "ingress": [{"from": [{"podSelector": {}}], "ports": [{"port": 80}]}],
    }


@pytest.mark.parametrize(
    ("given", "expected"), [("1", 1), ("25%", "25%"), ("0", 0), (2, 2), ("http", "http")]
)
def test_numbers_or_names(given: Any, expected: Any) -> None:
    spec = {"template": {}, "replicas": "2", "strategy": {"rolling_update": {"max_surge": given}}}
    found = of("deployment_v1", {"spec": spec})["spec"]
    assert found["strategy"]["rollingUpdate"] == {"maxSurge": expected}
    assert found["replicas"] == 2


def test_file_modes_are_octal() -> None:
    items = [{"key": "k", "path": "p", "mode": "0400"}]
    (volume,) = pod({"volume": [{"config_map": {"default_mode": "0444", "items": items}}]})["volumes"]
    assert volume["configMap"]["defaultMode"] == 0o444
    assert volume["configMap"]["items"] == [{"key": "k", "path": "p", "mode": 0o400}]


def test_sources_of_a_projected_volume_are_one_by_one() -> None:
    sources = {"config_map": [{"name": "a"}, {"name": "b"}], "service_account_token": {"path": "t"}}
    (volume,) = pod({"volume": [{"projected": [{"sources": [sources]}]}]})["volumes"]
    assert volume["projected"]["sources"] == [
        {"configMap": {"name": "a", "optional": False}},
        {"configMap": {"name": "b", "optional": False}},
        {"serviceAccountToken": {"path": "t"}},
    ]


def test_the_empty_api_group_is_a_group() -> None:
    found = of("role_v1", {"rule": [{"api_groups": [""], "resources": ["events"], "verbs": ["create"]}]})
    assert found["rules"][0]["apiGroups"] == [""]


def test_terraforms_own_arguments_are_not_sent() -> None:
    body = {
        "//": {"metadata": {"path": "x"}},
        "depends_on": [],
        "lifecycle": {"ignore_changes": ["spec[0].replicas"]},
        "timeouts": {"create": "5m"},
        "wait_for_rollout": True,
    }
    assert set(of("deployment_v1", body)) == {"apiVersion", "kind", "metadata"}


def test_what_terraform_leaves_to_others_can_be_left_out() -> None:
    annotations = {"kubectl.kubernetes.io/restartedAt": "now", "kept": "yes"}
    body = {
        "lifecycle": {
            "ignore_changes": [
                "spec[0].replicas",
                'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]',
                "spec[0].template[0].spec[0].container[1].image",
                "spec[0].paused[0].nothing",
            ]
        },
        "spec": {
            "replicas": "2",
            "template": {
                "metadata": {"annotations": annotations},
                "spec": {"container": [{"name": "a", "image": "i"}, {"name": "b", "image": "i"}]},
            },
        },
    }
    found = of("deployment_v1", body, of_existing=True)["spec"]
    assert "replicas" not in found
    assert found["template"]["metadata"]["annotations"] == {"kept": "yes"}
    assert ["image" in one for one in found["template"]["spec"]["containers"]] == [True, False]
    assert of("deployment_v1", body)["spec"]["replicas"] == 2


# order and errors ----------------------------------------------------------------------------------------


def test_objects_come_after_what_they_depend_on_and_namespaces_first() -> None:
    bodies: dict[str, Any] = {
        "kubernetes_config_map_v1": {"z": {}, "b": {}},
        "kubernetes_deployment_v1": {
            "a": {"depends_on": ["kubernetes_config_map_v1.z", "aws_vpc.elsewhere"]}
        },
        "kubernetes_namespace_v1": {"n": {}},
        "kubernetes_role_v1": {"r": {"depends_on": ["kubernetes_deployment_v1.a"]}},
        "aws_vpc": {"elsewhere": {}},
    }
    named = {
        kind: {name: body | {"metadata": {"name": name}} for name, body in some.items()}
        for kind, some in bodies.items()
    }
    found = api_objects({"resource": named}, {})
    assert [one["metadata"]["name"] for one in found] == ["n", "b", "z", "a", "r"]


def test_a_stack_without_such_resources_has_no_objects() -> None:
    assert api_objects({"resource": {"aws_vpc": {"a": {}}}}, {}) == []


def test_every_problem_is_told_with_its_place() -> None:
    spec = {
        "replicas": "two",
        "paused": "perhaps",
        "min_ready_seconds": 1.5,
        "colour": "blue",
        "selector": "all",
        "template": {"spec": {"volume": [{"projected": [{}, {}]}], "node_selector": {"a": ["b"]}}},
    }
    place = "kubernetes_deployment_v1.one: spec"
    assert problems("deployment_v1", {"spec": spec, "count": 2}) == (
        f"{place}.replicas is 'two'; expected integer",
        f"{place}.paused is 'perhaps'; expected boolean",
        f"{place}.min_ready_seconds is 1.5; expected integer",
        f"{place}.colour is not an argument that the provider knows",
        f"{place}.selector is 'all'; expected a block",
        f"{place}.template.spec.volume[0].projected is there 2 times; the provider sends the first only",
        f"{place}.template.spec.node_selector is {{'a': ['b']}}; expected map",
        "kubernetes_deployment_v1.one: count is not an argument that the provider knows",
    )


def test_arguments_that_the_api_no_longer_has_are_told() -> None:
    (problem,) = problems("pod_v1", {"spec": {"volume": [{"local": {"path": "/"}}]}})
    assert problem == "kubernetes_pod_v1.one: spec.volume[0].local has no field in the API's Volume"


@pytest.mark.parametrize("kind", ["manifest", "secret_v1", "labels", "deployment_v9"])
def test_kinds_that_are_not_converted_are_told(kind: str) -> None:
    (problem,) = problems(kind, {})
    assert problem.startswith(f"kubernetes_{kind}.one: ")
