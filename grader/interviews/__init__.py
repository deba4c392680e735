"""From an interview to a grade per question: who is who, what was asked where, what was answered, and how well.

`roles` tells interviewers from candidates, `aligning` finds the question that every turn belongs to, `answers` puts
together what a candidate said to each, `interviewing` has it graded, `report` and its views show it.
"""
