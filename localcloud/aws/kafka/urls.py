"""URL paths of MSK, and the registration of the extension with moto.

moto finds this module by the name of its backend's: `models` -> `urls`.
"""

from moto.core.utils import get_pagination_model
from moto.kafka import models as moto_kafka
from moto.kafka.urls import url_bases
from moto.moto_api import state_manager

from localcloud.aws.kafka.cluster import CLUSTER_STATES
from localcloud.aws.kafka.models import MskBackend
from localcloud.aws.kafka.responses import MskResponse

__all__ = ["register", "url_bases", "url_paths"]

url_paths = {
    "{0}/api/v2/clusters$": MskResponse.dispatch,
    "{0}/api/v2/clusters/(?P<clusterArn>.+)$": MskResponse.dispatch,
    "{0}/api/v2/operations/(?P<clusterOperationArn>.+)$": MskResponse.dispatch,
    "{0}/v1/clusters$": MskResponse.dispatch,
    "{0}/v1/clusters/(?P<clusterArn>.+)$": MskResponse.dispatch,
    "{0}/v1/compatible-kafka-versions$": MskResponse.dispatch,
    "{0}/v1/configurations$": MskResponse.dispatch,
    "{0}/v1/configurations/(?P<arn>.+)$": MskResponse.dispatch,
    "{0}/v1/kafka-versions$": MskResponse.dispatch,
    "{0}/v1/operations/(?P<clusterOperationArn>.+)$": MskResponse.dispatch,
    "{0}/v1/tags/(?P<resourceArn>.+)$": MskResponse.dispatch,
}

# What tells the items of a list apart, for the tokens of its pages: the content of a
# kafka/2018-11-14/paginators-1.moto-extras.json in moto.
_UNIQUE_ATTRIBUTES = {
    "ListClusters": "ClusterArn",
    "ListClustersV2": "ClusterArn",
    "ListClusterOperations": "OperationArn",
    "ListClusterOperationsV2": "OperationArn",
    "ListConfigurations": "Arn",
    "ListConfigurationRevisions": "Revision",
    "ListKafkaVersions": "Version",
    "ListNodes": "NodeARN",
}


def register() -> None:
    """Make moto answer MSK with our backend, for every account and region; before its first MSK request."""
    moto_kafka.kafka_backends.backend = MskBackend
    for operation, attribute in _UNIQUE_ATTRIBUTES.items():
        get_pagination_model("kafka")[operation]["unique_attribute"] = attribute
    state_manager.register_default_transition(CLUSTER_STATES, {"progression": "immediate"})
