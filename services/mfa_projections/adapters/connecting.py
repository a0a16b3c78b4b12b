"""A connection for as long as a block lasts, and the client's errors as ours."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import asyncpg

from mfa_projections.errors import BusyError, RowRefusedError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]


def pool_at(url: str, most: int) -> Pool:
    """A pool that connects at first use, ``most`` connections at once."""
    named = {"application_name": "mfa_projections"}
    return asyncpg.create_pool(url, min_size=0, max_size=most, server_settings=named)


@asynccontextmanager
async def connected(pool: Pool, seconds: float) -> AsyncIterator[Connection]:
    """A connection of the pool; waiting for it and the block together take no longer than ``seconds``."""
    with translated():
        async with asyncio.timeout(seconds), pool.acquire() as connection:
            yield connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into ours; a server's own text may quote rows, so only its kind is told."""
    try:
        yield
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
        kind = f"{type(error).__name__} {error.constraint_name or ''}".strip()
        raise RowRefusedError(f"expected rows that fit their tables, the database says {kind}") from error
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError) as error:
        told = "expected the readers of the tables to make way in time, some did not. Is a long query running?"
        raise BusyError(told) from error
    except TimeoutError as error:
        raise StoreError("expected the database's answer in time, got none; is it up and not overloaded?") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StoreError(
            f"expected the database to answer, got {_kind(error)}; is it up and its address right?"
        ) from error


def _kind(error: Exception) -> str:
    state = getattr(error, "sqlstate", None)
    return type(error).__name__ if state is None else f"{type(error).__name__} (SQLSTATE {state})"
