"""The server of production with another application in it: python -m bench.drills.other_way_in MODULE:NAME --port 8000

`config.serve` builds the house and divides it as ever; only what its workers answer with is exchanged first. A worker
that is lost is replaced by `config.serve` itself, with the house's own application.
"""

import importlib
import sys

from config import serve

if __name__ == "__main__":
    module, name = sys.argv[1].split(":")
    serve.application = getattr(importlib.import_module(module), name)
    serve.main(sys.argv[2:])
