"""Blocks and ports that are given out are free."""

from __future__ import annotations

import socket
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.wan.addresses import BLOCKS, LOOPBACK, free_block, free_port

ROUTED = st.builds(
    lambda block, prefix: IPv4Network((int(block.network_address), prefix), strict=False),
    st.sampled_from(BLOCKS),
    st.integers(18, 32),
)


@given(st.lists(ROUTED, max_size=20), st.integers(0, 4_000_000))
def test_a_block_overlaps_no_route(taken: list[IPv4Network], start: int) -> None:
    try:
        number, block = free_block(taken, start)
    except LookupError:
        assert all(any(block.overlaps(network) for network in taken) for block in BLOCKS)
    else:
        assert block == BLOCKS[number]
        assert not any(block.overlaps(network) for network in taken)


def test_the_default_route_takes_no_block() -> None:
    assert free_block([IPv4Network("0.0.0.0/0")], 7) == (7, BLOCKS[7])


def test_a_full_machine_is_told_what_to_do() -> None:
    with pytest.raises(LookupError, match="use the proxy"):
        free_block([IPv4Network("198.18.0.0/15")], 0)


def test_a_free_port_can_be_bound_and_is_not_one_of_outgoing_connections() -> None:
    port = free_port()
    assert 20000 <= port < 30000
    with socket.create_server((LOOPBACK, port)):
        assert free_port() != port
