"""The deployment's secret is made once and stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.adapters.secret_file import SECRET_BYTES, kept_secret
from grader.errors import ConfigurationError


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret"
    first = kept_secret(file)
    assert kept_secret(file) == first
    assert (len(first), file.stat().st_mode & 0o777) == (SECRET_BYTES, 0o600)
    assert [found.name for found in file.parent.iterdir()] == ["secret"]


def test_all_who_start_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: kept_secret(tmp_path / "secret"), range(32)))) == 1


def test_a_folder_that_cannot_be_written_and_a_damaged_secret_are_errors_that_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationError, match="GRADER_SECRET"):
        kept_secret(tmp_path / "file" / "secret")
    with pytest.raises(ConfigurationError, match="delete it"):
        kept_secret(tmp_path / "file")
