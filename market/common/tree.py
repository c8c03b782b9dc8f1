"""Trees kept as paths of codes from the root down: `/66/01/0108/`."""


def paths_down_to(path: str) -> list[str]:
    """Of the nodes from the root down to this one, itself included."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:depth])}/" for depth in range(1, len(parts) + 1)]
