"""Rules for names, tags, regions and the limits of AWS's services."""
