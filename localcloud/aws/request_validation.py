"""Requests that AWS refuses before it does anything are refused before moto sees them.

moto accepts almost anything. Here the request is read by AWS's service model (moto has readers for all of its
protocols) and checked against it; the answer has the protocol's form and the service's code.
"""

import gzip
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from localcloud.aws.reserved import reserved
from localcloud.aws.service_model import faults

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CHECKED_SERVICES: Final[Mapping[str, str]] = {
    **{
        name: name for name in ("application-autoscaling", "ec2", "ecs", "eks", "iam", "kafka", "kms", "logs")
    },
    **{name: name for name in ("s3", "secretsmanager", "servicediscovery", "sns", "sts")},
    "monitoring": "cloudwatch",
}
"""Name in a signature -> name of the model: the services that the stacks and the tools call."""

_CODES: Final[Mapping[str, str]] = {
    "ec2": "InvalidParameterValue",
    "ecs": "InvalidParameterException",
    "eks": "InvalidParameterException",
    "iam": "ValidationError",
    "kafka": "BadRequestException",
    "logs": "InvalidParameterException",
    "cloudwatch": "InvalidParameterValue",
    "s3": "InvalidArgument",
    "secretsmanager": "InvalidParameterException",
    "servicediscovery": "InvalidInput",
    "sns": "InvalidParameter",
    "sts": "ValidationError",
}
"""What the API references call a request that breaks a constraint; ValidationException elsewhere."""


def refusal(environ: "WSGIEnvironment") -> Response | None:
    """AWS's answer to a request that breaks its service model; None for one that may pass.

    Only signed requests of CHECKED_SERVICES are looked at, and of S3 those about buckets: objects have no
    constraints that a stack could break.
    """
    service = CHECKED_SERVICES.get(_signed_service(environ), "")
    if not service or (service == "s3" and _names_an_object(environ)):
        return None
    model = get_service_model(service)
    request = _whole_request(environ)
    try:
        operation, path = get_service_router(service).match(request)
        protocol = determine_request_protocol(model, request.content_type)
        members = _members(request, operation, path, protocol)
    except (NotFound, NotImplementedError):
        return None  # moto says what it does not know
    except (RequestParserError, ValueError, TypeError, AttributeError) as error:
        return _answer(protocol, "SerializationException", f"{operation.name}: {error}")
    refused = _broken_constraints(service, operation, members) or reserved(service, operation.name, members)
    return _answer(protocol, *refused) if refused else None


def _broken_constraints(
    service: str, operation: OperationModel, members: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Code and message for what the service model forbids."""
    found = faults(service, operation.input_shape, members) if operation.input_shape else []
    if not found:
        return None
    plural = "error" if len(found) == 1 else "errors"
    message = f"{len(found)} validation {plural} detected: {'; '.join(found)}"
    return _CODES.get(service, "ValidationException"), message


def _signed_service(environ: "WSGIEnvironment") -> str:
    """The service in the credential's scope (IAM User Guide, "Elements of an AWS API request signature");
    empty where there is none."""
    scope = str(environ.get("HTTP_AUTHORIZATION", "")).split(",", 1)[0].split("/")
    return scope[3].lower() if len(scope) == 5 else ""


def _names_an_object(environ: "WSGIEnvironment") -> bool:
    """Path style: `/bucket/key`."""
    return bool(environ.get("PATH_INFO", "").lstrip("/").partition("/")[2])


def _whole_request(environ: "WSGIEnvironment") -> Request:
    """The request with its body read; the application that gets `environ` next can read it again."""
    body = Request(environ).get_data(cache=False)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    own = dict(environ)
    if own.get("HTTP_CONTENT_ENCODING") == "gzip":
        body = gzip.decompress(body)
    own |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return Request(own)


def _members(
    request: Request, operation: OperationModel, path: Mapping[str, Any], protocol: str
) -> dict[str, Any]:
    parser = PROTOCOL_PARSERS[protocol](operation)
    parsed = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": dict(path),
        }
    )
    return {name: value for name, value in (parsed or {}).items() if value is not None}


def _answer(protocol: str, code: str, message: str) -> Response:
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message})
        return Response(body, 400, {"x-amzn-ErrorType": code}, mimetype="application/json")
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    text = {
        "ec2": f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>",
        "rest-xml": f"<Error>{error}<RequestId>0</RequestId></Error>",
    }.get(protocol, f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>")
    return Response(text, 400, mimetype="text/xml")
