"""Greenhouse's, Ashby's and a candidate's side over real HTTP, for the tests of the integrations."""
