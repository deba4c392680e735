"""Greenhouse's and Ashby's side over HTTP: `python -m tests.hiring_platform` plays it against a running service."""
