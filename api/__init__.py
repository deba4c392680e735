"""How the grader is reached: HTTP and pages; no rule of grading lives here."""
