"""Application Auto Scaling: tags, which moto lacks."""
