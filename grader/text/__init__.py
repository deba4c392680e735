"""The candidate's text: canonical form, sentences, quotes, and whether it says anything at all."""
