"""Running Terraform on the synthesized stacks: deploy, destroy, bootstrap."""
