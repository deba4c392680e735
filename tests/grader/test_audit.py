"""The chain of the decision log: whatever is changed, taken out or put in is found, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.audit import GENESIS, Action, Anchor, Break, Entry, Event, Walk, chained, commitment, new_salt

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENTS = st.builds(
    Event,
    actor=st.text(min_size=1, max_size=8),
    action=st.sampled_from(Action),
    subject=st.text(max_size=8),
    facts=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)


def chain(events: list[Event], tenant: str = "acme") -> list[Entry]:
    entries: list[Entry] = []
    head = Anchor()
    for minute, event in enumerate(events):
        entry = chained(tenant, event, head=head, at=NOON + timedelta(minutes=minute))
        head = Anchor(entry.number, entry.hash)
        entries.append(entry)
    return entries


def graded(count: int) -> list[Entry]:
    return chain([Event("local", Action.GRADED, f"grade-{number}", {"score": "0.5"}) for number in range(count)])


def walked(entries: list[Entry], head: Anchor | None = None, anchors: tuple[Anchor, ...] = ()) -> Break | None:
    walk = Walk("acme", anchors)
    for entry in entries:
        walk.step(entry)
    last = Anchor(entries[-1].number, entries[-1].hash) if entries else Anchor()
    return walk.arrive(head or last)


@given(st.lists(EVENTS, max_size=6))
def test_a_chain_that_nobody_touched_holds(events: list[Event]) -> None:
    assert walked(chain(events)) is None


@given(st.lists(EVENTS, min_size=1, max_size=5), st.data())
def test_an_entry_that_says_something_else_is_named(events: list[Event], data: st.DataObject) -> None:
    entries = chain(events)
    index = data.draw(st.integers(0, len(entries) - 1))
    head = Anchor(len(entries), entries[-1].hash)
    entries[index] = replace(entries[index], text=entries[index].text.replace("acme", "acne"))
    broken = walked(entries, head)
    assert broken is not None
    assert broken.number == index + 1


def test_a_changed_entry_with_a_new_hash_breaks_the_one_behind_it() -> None:
    entries = graded(4)
    text = entries[1].text.replace('"score":"0.5"', '"score":"0.9"')
    forged = chained("acme", Event("x", Action.GRADED, "y"), head=Anchor(), at=NOON)
    entries[1] = replace(entries[1], text=text, hash=forged.hash)
    assert walked(entries) == Break(2, "its text is not the one that was hashed")
    entries = graded(4)
    entries[1] = chained("acme", Event("x", Action.GRADED, "y"), head=Anchor(1, entries[0].hash), at=NOON)
    assert walked(entries) == Break(3, "it does not follow from the entry before it")


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_an_entry_that_was_taken_out_is_missed(gone: int) -> None:
    entries = graded(4)
    del entries[gone - 1]
    assert walked(entries) == Break(gone, f"entry {gone} is missing, {gone + 1} follows")


def test_entries_cut_off_at_the_end_are_missed_by_the_head() -> None:
    entries = graded(4)
    broken = walked(entries[:2], Anchor(4, entries[3].hash))
    assert broken == Break(3, "the chain ends here, its head says 4")


def test_a_whole_new_chain_is_found_by_an_anchor_noted_elsewhere() -> None:
    old, new = graded(3), chain([Event("thief", Action.GRADED, "grade-0")] * 5)
    anchor = Anchor(3, old[2].hash)
    assert walked(new) is None
    assert walked(new, anchors=(anchor,)) == Break(3, "it is not the entry that the anchor names")
    assert walked(new[:2], anchors=(anchor,)) == Break(3, "the chain ends here, an anchor says 3")
    assert walked(old, anchors=(anchor,)) is None


def test_another_tenants_chain_does_not_pass_for_ones_own() -> None:
    foreign = chain([Event("local", Action.GRADED, "grade-0")], tenant="other")
    assert walked(foreign) == Break(1, "it belongs to another place or another tenant")


def test_only_the_first_break_is_told() -> None:
    entries = graded(4)
    entries[1], entries[3] = replace(entries[1], text="{}"), replace(entries[3], text="[]")
    broken = walked(entries)
    assert broken is not None
    assert broken.number == 2


def test_the_first_entry_follows_the_genesis() -> None:
    assert graded(1)[0].read()["previous"] == GENESIS


@given(st.text(), st.text())
def test_a_commitment_holds_for_its_own_content_and_salt_only(content: str, other: str) -> None:
    salt = new_salt()
    assert commitment(salt, content) == commitment(salt, content)
    assert (commitment(salt, content) == commitment(salt, other)) is (content == other)
    assert commitment(salt, content) != commitment(new_salt(), content)


@pytest.mark.parametrize("text", ["", "12", "12:", "x:" + GENESIS, "1:" + "g" * 64, "-1:" + GENESIS])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an anchor is"):
        Anchor.parse(text)


def test_an_anchor_is_read_as_it_is_written() -> None:
    anchor = Anchor(12, "9f" * 32)
    assert Anchor.parse(str(anchor)) == anchor
