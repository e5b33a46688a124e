"""An environment as SVG text."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from operations.diagram.layout import BOX_HEIGHT, BOX_WIDTH, MARGIN, Point, arrow, centers
from topology.ecs.runtimes import has_pods, has_tasks
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.replication.flows import DirectedFlow, directed_flows

__all__ = ["draw", "lines_of_region", "words_of_flow"]

LINE = 20.0
LONGEST_WORDS, LONGEST_LINE = 34, 38
STYLE = """
.title { font: bold 16px sans-serif; fill: #1b1f24 }
.text { font: 13px sans-serif; fill: #1b1f24 }
.words { font: 12px sans-serif; fill: #0550ae; text-anchor: middle }
.region { fill: #f6f8fa; stroke: #57606a }
.flow { stroke: #0550ae; stroke-width: 1.6; fill: none; marker-end: url(#head) }
"""


def draw(environment: Environment) -> str:
    """A box for each region and an arrow for each flow, on white."""
    places = dict(zip(environment.regions, centers(len(environment.regions)), strict=True))
    width = max(one.x for one in places.values()) + BOX_WIDTH / 2 + MARGIN
    height = max(one.y for one in places.values()) + BOX_HEIGHT / 2 + MARGIN
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:.0f} {height:.0f}",
            "role": "img",
        },
    )
    ET.SubElement(svg, "title").text = f"{environment.project} {environment.environment}"
    ET.SubElement(svg, "style").text = STYLE
    svg.append(_arrow_head())
    _add(svg, "rect", width=width, height=height, fill="white")
    for flow in directed_flows(environment):
        _add_flow(svg, flow, places)
    for region, center in places.items():
        _add_region(svg, lines_of_region(environment, region), center)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def lines_of_region(environment: Environment, region: str) -> tuple[str, ...]:
    """What the box of a region says; the first line is its title."""
    kafka = environment.regions[region].kafka
    alias = environment.alias(region)
    workers = ", ".join(_workers(environment, region)) or "none: no flow ends here"
    return (
        region if alias == region else f"{region} ({alias})",
        f"MSK {kafka.version}: {kafka.broker.count} x {kafka.broker.type}",
        f"workers: {workers}",
        f"EKS: {environment.regions[region].eks.cluster_name}",
        f"alarms: {len(alarms(environment, region))}",
    )


def words_of_flow(flow: DirectedFlow) -> str:
    """The topics of a flow, as far as there is room."""
    return _cut(", ".join(flow.topics), LONGEST_WORDS)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _workers(environment: Environment, region: str) -> Iterator[str]:
    replicas = environment.mirrormaker.replicas
    if has_pods(environment, region):
        yield f"{replicas.min} to {replicas.max} pods"
    if has_tasks(environment, region) and environment.runtime.ecs:
        yield f"{environment.runtime.ecs.desired_count} ECS tasks"


def _add_region(svg: ET.Element, lines: tuple[str, ...], center: Point) -> None:
    left, top = center.x - BOX_WIDTH / 2, center.y - BOX_HEIGHT / 2
    _add(svg, "rect", x=left, y=top, width=BOX_WIDTH, height=BOX_HEIGHT, rx=8, **{"class": "region"})
    for number, line in enumerate(lines, start=1):
        style = "title" if number == 1 else "text"
        _add(
            svg, "text", _cut(line, LONGEST_LINE), x=left + 14, y=top + 6 + LINE * number, **{"class": style}
        )


def _add_flow(svg: ET.Element, flow: DirectedFlow, places: dict[str, Point]) -> None:
    line = arrow(places[flow.source], places[flow.target])
    path = f"M {line.start.x:.1f} {line.start.y:.1f} L {line.end.x:.1f} {line.end.y:.1f}"
    _add(svg, "path", d=path, **{"class": "flow"})
    turn = f"rotate({line.degrees:.1f} {line.words.x:.1f} {line.words.y:.1f})"
    words = {"class": "words", "transform": turn, "dominant-baseline": "middle"}
    _add(svg, "text", words_of_flow(flow), x=line.words.x, y=line.words.y, **words)


def _arrow_head() -> ET.Element:
    definitions = ET.Element("defs")
    head = {"id": "head", "viewBox": "0 0 10 10", "refX": "10", "refY": "5", "markerWidth": "8"}
    marker = ET.SubElement(definitions, "marker", {**head, "markerHeight": "8", "orient": "auto"})
    _add(marker, "path", d="M 0 0 L 10 5 L 0 10 z", fill="#0550ae")
    return definitions


def _add(parent: ET.Element, kind: str, words: str | None = None, **attributes: str | float) -> None:
    texts = {name: value if isinstance(value, str) else f"{value:.1f}" for name, value in attributes.items()}
    ET.SubElement(parent, kind, texts).text = words
