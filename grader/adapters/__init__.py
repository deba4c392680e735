"""Everything that speaks to a vendor: embedding model, chat endpoint, database."""
