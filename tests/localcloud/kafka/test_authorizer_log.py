"""Lines as Kafka 4.1.1 writes them."""

from __future__ import annotations

from pathlib import Path

from localcloud.kafka.authorizer_log import AuthorizerLog, Decision

LINE = (
    "11:02:11.409 {level} logger [data-plane-kafka-request-handler-4] Principal = User:{user} is {verdict}"
    " operation = {operation} from host = 198.18.1.2 on resource = {resource} for request = {request}"
    " with resourceRefCount = 1 based on rule {rule}\n"
)


def line(verdict: str, operation: str, resource: str, request: str, user: str = "workers") -> str:
    return LINE.format(
        level="INFO",
        user=user,
        verdict=verdict,
        operation=operation,
        resource=resource,
        request=request,
        rule="DefaultDeny",
    )


def test_decisions_are_read_once_each_and_only_new_ones(tmp_path: Path) -> None:
    file = tmp_path / "broker.log"
    file.write_text(line("Denied", "READ", "Topic:LITERAL:old", "Fetch"))
    log = AuthorizerLog(file)
    assert log.decisions() == []
    with file.open("a") as more:
        more.write("11:02:11.000 INFO  Something else\n")
        more.write(line("Denied", "WRITE", "Topic:LITERAL:orders", "Produce") * 2)
        more.write(line("Allowed", "DESCRIBE", "TransactionalId:LITERAL:a-b-0", "FindCoordinator"))
        more.write(line("Denied", "ALTER", "Cluster:LITERAL:kafka-cluster", "CreateAcls", user="others"))
    assert log.decisions() == [
        Decision("workers", False, "WRITE", "topic", "orders", "Produce"),
        Decision("workers", True, "DESCRIBE", "transactional-id", "a-b-0", "FindCoordinator"),
        Decision("others", False, "ALTER", "cluster", "kafka-cluster", "CreateAcls"),
    ]
    assert [str(one) for one in log.denied("workers")] == ["workers denied WRITE on topic orders (Produce)"]
