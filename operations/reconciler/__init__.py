"""The reconciler: brings connectors to the desired state and reports their conditions."""
