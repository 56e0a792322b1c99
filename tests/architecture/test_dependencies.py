"""What we stand on: pinned with hashes, named without addresses, under licences we can pass on."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest

from tests.architecture.source import ROOT

LOCKS = ("bootstrap", "runtime", "dev")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
# GPL and AGPL would bind the whole program; LGPL (psycopg) leaves it free.
BINDING = re.compile(r"(?<![A-Za-z])A?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")


def is_binding(licence: str) -> bool:
    """Whether every choice that a licence leaves is a binding one."""
    without_lesser = re.sub(r"GNU (Lesser|Library)[^;,]*|Lesser General Public License|LGPL[\w.+-]*", "", licence)
    return all(BINDING.search(choice) for choice in re.split(r"\sOR\s|\sor\s", without_lesser))


def licence_of(name: str) -> str:
    """What an installed package says of its licence, shortest source first; "" when it is not for this machine."""
    try:
        metadata = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    first_line = (metadata.get("License") or "").partition("\n")[0]
    return metadata.get("License-Expression") or "; ".join(classifiers) or first_line or "not told"


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_carries_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", lock(name))
    pinned = {match[1]: "--hash=sha256:" in block for block in blocks if (match := PINNED.match(block))}
    assert ([package for package, has_hash in pinned.items() if not has_hash], len(pinned) > 0) == ([], True)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_name_no_addresses(name: str) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*|\s@\s\S+", lock(name)) == []


def test_the_front_ends_lock_has_hashes_and_no_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    found = {name: one for name, one in packages.items() if name}
    # What a package bundles comes inside its own archive, under its hash.
    unsafe = [name for name, one in found.items() if "integrity" not in one and not one.get("inBundle")]
    told = [name for name, one in found.items() if "resolved" in one]
    assert (unsafe, told, len(found) > 0) == ([], [], True)


def test_no_python_package_binds_us_by_its_licence() -> None:
    names = {match[1] for name in LOCKS for match in PINNED.finditer(lock(name))}
    licences = {name: licence_of(name) for name in sorted(names)}
    assert {name: told for name, told in licences.items() if told and (is_binding(told) or told == "not told")} == {}


def test_no_front_end_package_that_ships_binds_us_by_its_licence() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = {name: str(one.get("license", "")) for name, one in packages.items() if name}
    assert {name: told for name, told in licences.items() if is_binding(told)} == {}


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("MIT", False),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("GNU Affero General Public License v3", True),
        ("MIT OR GPL-2.0-only", False),
        ("Apache-2.0", False),
    ],
)
def test_binding_licences_are_told_from_free_ones(licence: str, binds: bool) -> None:
    assert is_binding(licence) is binds
