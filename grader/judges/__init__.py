"""The judges: each reads a submission and says of every key point what the answer says about it."""
