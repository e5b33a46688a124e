"""Workers as pods, and the charts that their cluster needs."""
