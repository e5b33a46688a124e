"""All that we add to moto: whole services by their URL paths, single operations by their response class."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from flask import Flask
from moto.core.responses import BaseResponse
from moto.moto_server.werkzeug_app import create_backend_app

from localcloud.aws.autoscaling import urls as autoscaling_urls
from localcloud.aws.eks.clusters import EksClusterResponse
from localcloud.aws.kafka import urls as kafka_urls
from localcloud.aws.s3 import bucket_policy
from localcloud.aws.s3.state_buckets import StateBucketResponse
from localcloud.aws.web_identity import WebIdentityResponse

_RESPONSES: Mapping[str, type[BaseResponse]] = MappingProxyType(
    {"eks": EksClusterResponse, "s3": StateBucketResponse, "sts": WebIdentityResponse}
)


def register_backends() -> None:
    """Takes effect in this process, for every account and region, before a service's first request."""
    autoscaling_urls.register()
    kafka_urls.register()
    bucket_policy.register()


def create_extended_app(service: Any) -> Flask:
    """moto's application of one service, dispatched by our response class where we have one."""
    app = create_backend_app(service)
    if response := _RESPONSES.get(service):
        for view in app.view_functions.values():
            # moto wraps a dispatcher of its class in an object; its url_paths would not do: S3 reloads them.
            dispatch = cast(Any, view)
            dispatch.callback = getattr(response, dispatch.callback.__name__)
    return app
