"""Constructs for alarms, dashboards, notifications and log groups."""
