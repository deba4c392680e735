"""Making the local judge: what it learns from, in which order, and what is said about the result."""
