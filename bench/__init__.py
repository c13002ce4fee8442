"""Reproducible measurements. Each program prints JSON, takes loopback addresses only, and ends by itself."""
