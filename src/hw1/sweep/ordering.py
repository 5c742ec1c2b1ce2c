"""An order in which everything comes after what it waits for."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence


def parents_first(parents: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Order keys so that parents come first, and alphabetically where that leaves a choice.

    Args:
        parents: what each key waits for, by key.

    Returns:
        The keys in order, and an empty list; or else, of keys that wait for one another, one
        circle, which ends with the key that it begins with.
    """
    waiting = {key: set(of) for key, of in parents.items()}
    ready = [key for key, of in waiting.items() if not of]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        done = heapq.heappop(ready)
        order.append(done)
        del waiting[done]
        for key, of in waiting.items():
            if done in of:
                of.remove(done)
                if not of:
                    heapq.heappush(ready, key)
    return (order, _circle(waiting)) if waiting else (order, [])


def _circle(waiting: Mapping[str, set[str]]) -> list[str]:
    """Follow what is waited for until a key comes again."""
    path = [min(waiting)]
    while path.count(path[-1]) < 2:
        path.append(min(waiting[path[-1]] & waiting.keys()))
    return path[path.index(path[-1]) :]
