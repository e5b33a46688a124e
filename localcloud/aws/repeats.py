"""Answers to requests that an SDK repeats because the first answer did not reach it.

A loaded machine loses an answer now and then; the SDK asks again, and an update that was made would be
refused the second time (seen: UpdateSecurity answered 200, then 400, "The version of the cluster isn't
current"). Both attempts carry the same `amz-sdk-invocation-id` (AWS SDKs and Tools Reference Guide, "Retry
behavior").
"""

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_KEPT = 500
_MAKES_NO_CHANGE = frozenset({"GET", "HEAD"})


class RepeatedAnswers:
    """The answers to the latest changes that were made, by invocation."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: OrderedDict[str, Response] = OrderedDict()

    def answer(self, environ: "WSGIEnvironment", app: "WSGIApplication") -> "WSGIApplication":
        """The application's answer, or the one that it gave to the same invocation's first attempt."""
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        if not invocation or environ.get("REQUEST_METHOD") in _MAKES_NO_CHANGE:
            return app
        with self._lock:
            known = self._answers.get(invocation)
        if known is not None:
            return known
        made = Response.from_app(app, environ, buffered=True)
        if made.status_code < 300:
            with self._lock:
                self._answers[invocation] = made
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
        return made
