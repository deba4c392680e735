"""What is graded against: questions, key points, rubrics, and where they come from."""
