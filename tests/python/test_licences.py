"""Licences of all crates that are built in, by what deny.toml allows: cargo-deny asks the same, where it is."""
import json
import re
import subprocess
import tomllib

import pytest

import helpers


def is_allowed(expression, allowed):
    """Whether an SPDX expression can be met by licences of a set. Old crates write a slash for OR."""
    words = re.findall(r"[()]|[\w.+-]+(?: WITH [\w.-]+)?", expression.replace("/", " OR "))
    terms = [word if word in "()" else {"OR": "or", "AND": "and"}.get(word, str(word in allowed)) for word in words]
    return eval(" ".join(terms), {"__builtins__": {}})


@pytest.mark.parametrize("expression, expected", [
    ("MIT", True),
    ("GPL-3.0", False),
    ("MIT OR GPL-3.0", True),
    ("MIT AND GPL-3.0", False),
    ("MIT/Apache-2.0", True),
    ("(MIT OR GPL-3.0) AND Apache-2.0 WITH LLVM-exception", True),
    ("Apache-2.0 WITH Other-exception", False),
])
def test_expressions(expression, expected):
    assert is_allowed(expression, {"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"}) is expected


def test_all_crates_have_a_licence_that_is_allowed():
    allowed = set(tomllib.loads((helpers.ROOT / "deny.toml").read_text())["licenses"]["allow"])
    told = subprocess.run(["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"],
                          cwd=helpers.ROOT, capture_output=True, check=True).stdout
    crates = json.loads(told)["packages"]
    assert len(crates) > 100
    others = {f"{crate['name']} {crate['version']}": crate["license"] for crate in crates
              if crate["source"] and not is_allowed(crate["license"] or "none", allowed)}
    assert others == {}


def test_all_crates_come_from_the_registry():
    lock = tomllib.loads((helpers.ROOT / "Cargo.lock").read_text())
    sources = {crate["source"] for crate in lock["package"] if "source" in crate}
    assert sources == {"registry+https://github.com/rust-lang/crates.io-index"}
