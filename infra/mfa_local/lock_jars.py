"""Makes ``kafka-jars.lock``: ``python -m mfa_local.lock_jars [--kafka 4.2.2]``. A step for developers only."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jgo.maven import MavenContext

from mfa_local.errors import BadSettingError
from mfa_local.jar_lock import KAFKA, LOCK_NAME, Jar, kafka_version, locked_jars, render
from mfa_local.settings import maven_repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jgo.maven import Artifact

# Kafka logs through slf4j 1.7 and names no binding; without this one the broker says nothing at all.
BINDING: Final = ("org.apache.logging.log4j", "log4j-slf4j-impl")
_LOG4J: Final = ("org.apache.logging.log4j", "log4j-core")


def main(arguments: Sequence[str] | None = None) -> int:
    """Resolve Kafka's runtime dependencies, digest each jar and write the lock beside this file."""
    parser = argparse.ArgumentParser(prog="python -m mfa_local.lock_jars", description=__doc__)
    parser.add_argument("--kafka", help="version, for instance 4.2.2 (default: the locked one)")
    version = parser.parse_args(arguments).kafka or kafka_version(locked_jars())
    with tempfile.TemporaryDirectory() as cache:
        jars = resolve(version, maven_repository(os.environ), Path(cache))
    Path(__file__).with_name(LOCK_NAME).write_text(render(jars), encoding="utf-8")
    sys.stdout.write(f"{LOCK_NAME}: {len(jars)} jars for Apache Kafka {version}\n")
    return 0


def resolve(version: str, repository: str, cache: Path) -> frozenset[Jar]:
    """All jars that a broker of this version needs, each downloaded once into ``cache`` and digested."""
    context = MavenContext(repo_cache=cache, remote_repos={"central": repository})
    broker = _closure(context, (*KAFKA, version))
    log4j = _version_of(_LOG4J, broker)
    binding = _closure(context, (*BINDING, log4j))
    return frozenset(_digested(artifact) for artifact in (*broker, *binding))


def _closure(context: MavenContext, coordinate: tuple[str, str, str]) -> list[Artifact]:
    dependency = context.create_dependency(":".join(coordinate))
    _, dependencies = context.resolver.resolve([dependency])
    return [dependency.artifact, *(found.artifact for found in dependencies if found.type == "jar")]


def _version_of(wanted: tuple[str, str], among: Iterable[Artifact]) -> str:
    found = {artifact.version for artifact in among if (artifact.groupId, artifact.artifactId) == wanted}
    if len(found) != 1:
        raise BadSettingError(f"expected one version of {':'.join(wanted)} below Kafka, got {sorted(found)}.")
    return str(found.pop())


def _digested(artifact: Artifact) -> Jar:
    digest = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
    return Jar(artifact.groupId, artifact.artifactId, artifact.version, digest)


if __name__ == "__main__":
    raise SystemExit(main())
