"""Workers as ECS tasks: their definitions, roles, network and sizes."""
