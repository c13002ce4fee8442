"""The sample county 青山县: fictional, complete, the same for everybody."""
