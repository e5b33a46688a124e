"""A wide area network between regions on one machine: what crosses regions is late, what stays is not."""

from localcloud.wan.wan import DELAY_MS, Listener, Wan, WanError

__all__ = ["DELAY_MS", "Listener", "Wan", "WanError"]
