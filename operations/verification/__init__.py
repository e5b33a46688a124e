"""Numbered records along a flow: sent, followed, counted; and what else must be as it is at the source."""
