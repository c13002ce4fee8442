"""What others wrote and these tests use is listed, each byte as it was."""

import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).with_name("vendor")


def test_every_file_is_listed_with_its_sum():
    listed = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["axe-core"]["sha256"]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    del found["VENDOR.toml"]
    assert found == listed
