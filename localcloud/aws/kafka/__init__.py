"""Amazon MSK: the operations that moto lacks."""
