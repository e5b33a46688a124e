"""What is replicated where: the environment's model, its rules, and everything derived from it."""

from topology.loading import load_environment
from topology.model import Environment
from topology.problem import InvalidEnvironment, Problem

__all__ = ["Environment", "InvalidEnvironment", "Problem", "load_environment"]
