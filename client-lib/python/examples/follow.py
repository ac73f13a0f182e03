"""Prints what is configured and then every change, across restarts of the server: follow.py [TARGET[,TARGET]...] [NAME|PREFIX*]..."""

from __future__ import annotations

import sys

from datastored import SNAPSHOT, Client


def main() -> None:
    target, *names = sys.argv[1:] or ["127.0.0.1:7400"]
    with Client(target, name="follow.py") as client:
        try:
            for frame in client.watch(*names):
                if frame.kind == SNAPSHOT:
                    print(f"generation {frame.revision.generation}: everything ({frame.reason})")
                for datastore in frame.changed:
                    words = f' "{datastore.message}"' if datastore.message else ""
                    print(f"{datastore.name}: {datastore.mode.name}{words} at {datastore.path}", flush=True)
                for name in frame.removed:
                    print(f"{name}: removed", flush=True)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
