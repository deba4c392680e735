"""`compose.yaml` fits the Compose specification, keeps its own promises, and its setup works on a real PostgreSQL.

No container engine runs here: what is checked is what can be known without one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from grader.adapters.sql import Database, SqlAuditLog
from grader.audit import Action, Event
from grader.settings import Settings, load_settings
from tests.postgres import Postgres

REPOSITORY = Path(__file__).parents[1]
PASSWORD = "it's_a_'pass'@:%"
DOCKERFILE = (REPOSITORY / "api" / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file as it stands, anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
    return found


def test_it_fits_the_schema_of_the_specification(compose: dict[str, Any]) -> None:
    schema = get_builtin_schema("vendor.compose-spec")
    errors = jsonschema.Draft7Validator(schema).iter_errors(compose)
    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors] == []


def test_every_container_is_confined(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name


def test_ports_are_published_on_loopback_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_api_waits_for_the_database_and_for_its_schema(compose: dict[str, Any]) -> None:
    waits = {name: wait["condition"] for name, wait in compose["services"]["api"]["depends_on"].items()}
    assert waits == {"postgres": "service_healthy", "migrate": "service_completed_successfully"}
    assert compose["services"]["migrate"]["restart"] == "no"
    assert "healthcheck" in compose["services"]["api"]


def test_every_secret_is_a_file_and_none_stands_in_the_environment(compose: dict[str, Any]) -> None:
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"secrets/{name}"}
    for service in compose["services"].values():
        named = [name for name in service.get("environment", {}) if re.search("PASSWORD$|SECRET|KEY", name)]
        assert named == []
    assert "secrets/" in (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()


def test_every_setting_and_secret_of_the_service_exists(compose: dict[str, Any]) -> None:
    api = compose["services"]["api"]
    targets = [secret if isinstance(secret, str) else secret["target"] for secret in api["secrets"]]
    names = [name.lower().removeprefix("grader_") for name in (*api["environment"], *targets)]
    assert set(names) <= set(Settings.model_fields)


def test_the_service_starts_with_the_files_that_the_first_lines_make(
    compose: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grader_database_password", "grader_secret"):
        (tmp_path / name).write_text("0f" * 32 + "\n")
    (tmp_path / "grader_llm_api_key").touch()
    for name, value in compose["services"]["api"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(\w*)\}", r"\1", value))
    monkeypatch.setenv("GRADER_SECRETS_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.store_url == f"postgresql+psycopg://grader:{'0f' * 32}@postgres:5432/grader"
    assert (settings.llm_api_key, settings.llm_model, settings.retention) == (None, None, "keep")


def test_a_local_model_comes_with_its_profile_only(compose: dict[str, Any]) -> None:
    profiles = {name: service.get("profiles") for name, service in compose["services"].items()}
    assert {name for name, found in profiles.items() if found} == {"ollama", "ollama-pull"}


async def test_the_role_of_the_service_is_made_as_the_entrypoint_makes_it_and_can_serve(
    compose: dict[str, Any], postgres: Postgres, tmp_path: Path
) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("psql is not installed")
    password = tmp_path / "database_password"
    password.write_text('it\'s a "pass\\word"\n')
    script = compose["configs"]["grader_role"]["content"].replace("$$", "$")
    script = script.replace("grader", "compose_grader").replace("--username=postgres ", "")
    url = postgres.superuser
    host = url.host or url.query.get("host") or ""
    place = {
        "PGHOST": str(host),
        "PGPORT": str(url.port or 5432),
        "PGUSER": url.username or "",
        "PGDATABASE": "postgres",
    }
    environment = {**os.environ, **place, "PGPASSWORD": url.password or "", "POSTGRES_PASSWORD_FILE": str(password)}
    subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
        env=environment,
        check=True,
    )
    rights = postgres.run("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'compose_grader'")
    assert rights == [(False, False, True)]
    own = url.set(drivername="postgresql", username="compose_grader", password=PASSWORD, database="compose_grader")
    await _used(own.render_as_string(hide_password=False))
    postgres.run("DROP DATABASE compose_grader", "DROP ROLE compose_grader")


async def _used(url: str) -> None:
    """Upgrade and use the database as `migrate` and `api` do; the tenants' policies bind its owner too."""
    database = Database(url)
    await database.open(upgrade=True)
    log = SqlAuditLog(database)
    await log.append("one", Event("local", Action.KEY_CREATED, "key-1"))
    assert await log.page("two", after=0, limit=10) == ()
    await database.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM audit_entries").fetchone() == (0,)


def test_the_image_serves_as_nobody_with_its_model_inside_and_without_secrets() -> None:
    assert "USER grader" in DOCKERFILE
    assert "--no-deps torch==2.13.0 --extra-index-url" in DOCKERFILE
    assert re.search(r"ARG EXTRAS=.*\bmodel\b", DOCKERFILE)
    assert re.search(r"ENV .*(KEY|SECRET|PASSWORD)", DOCKERFILE) is None


def test_the_image_is_built_from_what_the_build_needs_and_nothing_else() -> None:
    ignored = (REPOSITORY / ".dockerignore").read_text("utf-8").split()
    assert ignored[0] == "*"
    assert {"!api", "!grader", "!rubrics", "!pyproject.toml", "!README.md", "!LICENSE"} <= set(ignored)
