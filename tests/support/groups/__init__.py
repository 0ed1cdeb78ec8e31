"""Automatic groups by brute force, and the measures by which groupings are compared."""
