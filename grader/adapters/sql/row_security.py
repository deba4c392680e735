"""PostgreSQL's own guard of tenants: policies that hold even where a statement forgot whose rows it wants."""

from __future__ import annotations

from typing import Final

SETTING: Final = "app.tenant"
"""The transaction's tenant; `*` for the service's own work across tenants."""

_SET: Final = f"current_setting('{SETTING}', true)"
_MAY: Final = f"{_SET} = '*' OR tenant = coalesce(nullif({_SET}, ''), 'local')"
"""Without a tenant only what belongs to `local` is there: version 0.1, which knows no tenants, works with that."""


UNBOUND: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
"""Whether the role in use is bound by no policy at all."""


def protecting(table: str) -> tuple[str, ...]:
    """The statements after which `table` shows and takes only the tenant's rows, from its owner too.

    A superuser and a role with BYPASSRLS are bound by no policy: do not serve with one.
    """
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({_MAY}) WITH CHECK ({_MAY})",
    )
