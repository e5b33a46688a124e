"""Metrics, alarms, dashboards, notifications and log groups, as data."""
