"""The stores of a configuration: opened once, in the background, with the first use; tried again after a failure."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from grader.bootstrap import Storage, database_schema, upgrade_database
from grader.errors import StorageAway
from grader.ports import Subject
from grader.settings import Settings


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(Settings(data_dir=tmp_path / "data"))


async def test_nothing_is_opened_until_it_is_used(storage: Storage) -> None:
    await storage.close()
    assert not storage.settings.data_dir.exists()


async def test_stores_used_at_the_same_time_open_one_database(storage: Storage) -> None:
    found = await asyncio.gather(
        storage.grades.find("one", "a"), storage.responses.find(Subject("one"), "b"), storage.check()
    )
    assert found == [None, None, None]
    assert [path.name for path in storage.settings.data_dir.glob("*.db")] == ["grader.db"]
    await storage.close()


async def test_what_could_not_be_opened_is_tried_again_with_the_next_use(storage: Storage) -> None:
    folder = storage.settings.data_dir
    folder.write_text("in the way")
    for _ in range(2):
        with pytest.raises(StorageAway):
            await storage.check()
    folder.unlink()
    await storage.check()
    await storage.close()


async def test_a_failure_inside_undoes_what_was_kept_together(storage: Storage) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - what is raised between two operations
        async with storage.together("one"):
            await storage.responses.erase("one", "anna")
            raise ZeroDivisionError
    await storage.close()


async def test_the_database_of_a_configuration_is_described_and_upgraded(storage: Storage) -> None:
    assert (await database_schema(storage.settings)).state == "empty"
    assert (await upgrade_database(storage.settings)).state == "current"
    assert (await database_schema(storage.settings)).state == "current"
