"""One file per step, run in the order of their names; a step only adds, and is never changed once released."""
