"""The WSGI application of the emulated account: moto's dispatcher, our extensions, and the admin paths."""

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from localcloud.aws.eks.endpoints import LOCAL_CLUSTERS
from localcloud.aws.extensions import create_extended_app, register_backends
from localcloud.aws.kafka.bootstrap import LOCAL_KAFKA
from localcloud.aws.repeats import RepeatedAnswers
from localcloud.aws.request_validation import refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADMIN_PATH = "/_localcloud"
"""No AWS path begins so: S3's are the only free ones, and a bucket's name cannot begin with an underscore
(Amazon S3 User Guide, "General purpose bucket naming rules")."""


class EmulatedAwsApplication:
    """Everything under ADMIN_PATH is ours, the rest is AWS.

    GET  /_localcloud/health  -> {"account": "123456789012", "pid": 4711}
    GET  /_localcloud/kafka   -> {"us-east-1": "10.99.0.1:9092"}
    POST /_localcloud/kafka   <- {"region": "us-east-1", "bootstrap": "10.99.0.1:9092"}; "" withdraws it
    GET  /_localcloud/eks     -> {"us-east-1/orders": "https://10.99.0.1:6443"}
    POST /_localcloud/eks     <- {"region", "cluster", "endpoint", "certificate_authority"}: PEM, endpoint ""
                                 withdraws
    """

    def __init__(self, account_id: str) -> None:
        """`account_id` is what health answers; moto itself takes it from MOTO_ACCOUNT_ID."""
        register_backends()
        self._health = {"account": account_id, "pid": os.getpid()}
        self._aws = DomainDispatcherApplication(create_extended_app)
        self._repeated = RepeatedAnswers()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(f"{ADMIN_PATH}/"):
            application = refusal(environ) or self._repeated.answer(environ, self._aws)
            answer: Iterable[bytes] = application(environ, start_response)
            return answer
        try:
            response: Any = _json(self._administer(Request(environ)))
        except HTTPException as error:
            response = error
        answered: Iterable[bytes] = response(environ, start_response)
        return answered

    def _administer(self, request: Request) -> Mapping[str, object]:
        match request.method, request.path.removeprefix(ADMIN_PATH):
            case "GET", "/health":
                return self._health
            case "GET", "/kafka":
                return LOCAL_KAFKA.all()
            case "POST", "/kafka":
                LOCAL_KAFKA.register(*_strings(request, "region", "bootstrap"))
                return LOCAL_KAFKA.all()
            case "GET", "/eks":
                return LOCAL_CLUSTERS.all()
            case "POST", "/eks":
                LOCAL_CLUSTERS.register(
                    *_strings(request, "region", "cluster", "endpoint", "certificate_authority")
                )
                return LOCAL_CLUSTERS.all()
            case _, "/health" | "/kafka" | "/eks":
                raise MethodNotAllowed
        allowed = ", ".join(f"{ADMIN_PATH}/{name}" for name in ("health", "kafka", "eks"))
        raise NotFound(f"{request.path}: allowed are {allowed}")


class PlainLogHandler(MotoRequestHandler):
    """One line for each request, without the terminal colours that werkzeug would write to a file too."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        self.log("info", '"%s" %s', self.requestline, code)


def _strings(request: Request, *names: str) -> list[str]:
    """Members of the request's JSON object; all are strings, the first not empty."""
    try:
        body = json.loads(request.get_data())
        found = [body[name] for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            f"{request.path}: found {request.get_data()[:200]!r}; allowed: an object of {', '.join(names)}"
        ) from error
    if not (all(isinstance(one, str) for one in found) and found[0]):
        raise BadRequest(f"{request.path}: {', '.join(names)} are strings, {names[0]} is not empty")
    return found


def _json(body: Mapping[str, object]) -> Response:
    return Response(json.dumps(body), mimetype="application/json")
