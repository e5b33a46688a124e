"""What is replicated where: the environment's model, its rules, and everything derived from it."""

from topology.environment_file.problem import InvalidEnvironment, Problem
from topology.loading import load_environment
from topology.model import Environment

__all__ = ["Environment", "InvalidEnvironment", "Problem", "load_environment"]
