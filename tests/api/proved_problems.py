"""Causes of problems that need more than one request, and the test that provokes each."""

from __future__ import annotations

_BEHIND = "test_problems.py::test_what_is_missing_behind_the_service_is_a_503_or_507_that_says_when_to_come_again"
PROVED_BY: dict[str, str] = {
    "a file of answers over its limit": ("test_batches.py::test_a_file_longer_than_the_service_takes_is_refused"),
    "a file of answers of a type that is not known": (
        "test_batches.py::test_other_bodies_than_files_of_answers_are_refused"
    ),
    "an `Accept` that takes none of the forms results come in": (
        "test_batches.py::test_a_form_that_results_do_not_come_in_is_refused"
    ),
    "a batch to pause, resume, cancel or retry that is in another state than that takes": (
        "test_batches.py::test_a_batch_is_paused_resumed_with_another_budget_cancelled_and_not_twice"
    ),
    "a file of answers that is empty, cut off, damaged, encrypted, not UTF-8, or lacks columns": (
        "test_batches.py::test_a_file_that_cannot_be_read_is_refused_without_its_own_words"
    ),
    "a file of answers with a row that cannot be graded": (
        "test_batches.py::test_bad_rows_refuse_the_file_by_number_and_can_be_left_out"
    ),
    "an LLM that gives no key points for a draft": (
        "test_drafts_by_model.py::test_a_model_that_gives_no_points_is_an_unavailable_judge_and_its_calls_count"
    ),
    "bytes that are not HTTP/1.1": "test_protocol.py::test_bytes_that_are_no_request_get_a_problem",
    "a body that is not there after 30 s": "test_protocol.py::test_a_body_that_does_not_come_is_given_up",
    "a form without an answer, or not URL-encoded": (
        "practice/test_questions.py::test_a_form_that_cannot_be_read_is_refused_on_a_page"
    ),
    "a form that did not come from a page of this service in this browser": (
        "practice/test_form_tokens.py::test_a_form_without_our_token_is_refused_on_a_page"
    ),
    "no key, an unknown, expired or revoked key": (
        "test_authentication.py::test_what_is_no_key_is_refused_and_not_repeated"
    ),
    "a key without the scope that the route asks for": (
        "test_authentication.py::test_a_key_without_the_scope_is_told_which_it_lacks"
    ),
    "an `Idempotency-Key` that is empty, longer than 255, sent twice, or not visible ASCII": (
        "test_idempotency.py::test_a_key_that_is_none_is_refused"
    ),
    "an `Idempotency-Key` whose first request has not been answered yet": (
        "test_idempotency.py::test_while_the_first_is_under_way_the_second_is_told_to_wait"
    ),
    "an `Idempotency-Key` that came with another payload in the last 24 hours": (
        "test_idempotency.py::test_another_request_under_the_same_key_is_refused"
    ),
    "more requests than the key or its tenant may send in a minute": (
        "test_rate_limits.py::test_one_request_too_many_is_told_how_long_to_wait"
    ),
    "a grade, a draft, a check or a preview that may call the LLM when the tenant has spent its day's budget": (
        "test_budgets.py::test_who_has_spent_the_day_is_told_when_the_next_begins"
    ),
    "an `If-Match` that names another version": "test_etags.py::test_a_change_must_name_the_version_it_changes",
    "a change without `If-Match`": "test_etags.py::test_a_change_must_name_the_version_it_changes",
    "another decision on an appeal that was decided already": "test_reviews.py::test_an_appeal_is_answered_once",
    "a grade whose candidate is erased while it is made": (
        "test_erasures.py::test_a_grade_whose_candidate_is_erased_meanwhile_is_refused_and_not_kept"
    ),
    "a grade to be made again whose answer was erased, or was never kept": (
        "test_reviews.py::test_a_grade_whose_answer_is_not_kept_cannot_be_made_again"
    ),
    "an override of a grade that an older version of the service scored otherwise": (
        "test_reviews.py::test_a_score_that_other_rules_made_cannot_be_overridden"
    ),
    "an error nobody expected": (
        "test_health.py::test_an_error_nobody_expected_is_a_problem_that_says_nothing_of_the_inside"
    ),
    "no verdict at all, because the judge is down, in a request that waits for its grade": _BEHIND,
    "an embedding model that cannot be loaded": _BEHIND,
    "a database that is away or locked (503)": _BEHIND,
    "a full disk (507)": _BEHIND,
    "more requests than can wait; a server that is going down": (
        "test_promised_grades.py::test_more_than_can_wait_is_refused_at_once"
    ),
    "a state that a rubric's version cannot go to from the one it is in": (
        "test_rubrics.py::test_a_state_that_cannot_follow_is_a_conflict"
    ),
    "a step of an order to take a test that it is in no state for": (
        "test_assessments.py::test_a_step_that_cannot_follow_is_a_conflict"
    ),
    "an order of a test whose attempts the candidate has used up": (
        "test_assessments.py::test_a_candidate_begins_a_test_as_often_as_it_allows"
    ),
    "one webhook more than the 50 of a tenant": "test_webhooks.py::test_a_tenant_has_at_most_fifty_webhooks",
    "a rubric to publish that does not pass its check": (
        "test_rubrics.py::test_a_rubric_with_a_fault_is_refused_at_its_point_and_without_its_words"
    ),
}
"""Causes that need more than one request, and the test that brings them about."""
