"""Notebooks run, and only when they must."""
