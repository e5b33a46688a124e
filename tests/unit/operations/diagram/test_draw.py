"""The picture of an environment names what the environment has."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from operations.__main__ import main
from operations.diagram.draw import draw
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.replication.flows import directed_flows

ROOT = Path(__file__).resolve().parents[4]


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter() if one.tag.endswith("}text")]  # noqa: S314


def paths(svg: str) -> int:
    return svg.count('class="flow"')


@pytest.mark.parametrize("name", ["local", "production", "three-regions", "handover"])
def test_every_region_and_flow_is_in_the_picture(name: str) -> None:
    loaded = load_environment(name)
    svg = draw(loaded)
    words = texts(svg)
    for region, settings in loaded.regions.items():
        assert any(one.startswith(region) for one in words)
        assert f"EKS: {settings.eks.cluster_name}" in words
    assert paths(svg) == len(directed_flows(loaded))


def test_workers_are_where_flows_end_and_on_their_runtimes() -> None:
    one_way = environment(
        {
            "flows": [{"source": "us-east-1", "target": "us-west-2"}],
            "runtime": {"ecs": {"desired_count": 3}},
        }
    )
    words = texts(draw(one_way))
    assert words.count("workers: none: no flow ends here") == 1
    assert words.count("workers: 2 to 6 pods, 3 ECS tasks") == 1


def test_names_are_text_and_never_markup() -> None:
    svg = draw(environment({"flows/0/topics": {"include": ["a", "b", "c" * 100]}}))
    assert any(one.endswith("...") for one in texts(svg))


def test_the_picture_of_the_readme_is_that_of_production() -> None:
    committed = (ROOT / "docs" / "images" / "production.svg").read_text(encoding="utf-8")
    assert committed == draw(load_environment("production")), "run `make reference`"


def test_the_command_writes_a_file_or_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "drawn.svg"
    for arguments, code in (
        (["local", "--out", str(file)], 0),
        (["local"], 0),
        (["local", "--out", str(tmp_path / "none" / "a.svg")], 1),
        (["nowhere"], 2),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["diagram", *arguments])
        assert ended.value.code == code
    said = capsys.readouterr()
    assert said.out == file.read_text()
    assert "cannot be written" in said.err
