"""Constructs of the workers as ECS tasks."""
