"""Makers of stored files: run by hand when one of these is to change."""
