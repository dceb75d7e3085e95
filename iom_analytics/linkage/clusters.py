"""From links to people: which records become one person.

Records are drawn together from the strongest evidence down. Two groups join where their best link reaches JOIN, while
over all their pairs the evidence is on average for it (BREAK), and nothing keeps them apart: a person who said so, or a
conflict no one person can have. So a chain of links that holds at one weak place only breaks there.

Plain arrays in, plain arrays out; nothing here knows what a name is. Records are numbered from 0.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from iom_analytics.linkage import model

Numbers = NDArray[np.int64]
NO_PAIRS = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@dataclass(frozen=True)
class Links:
    """Pairs of records with their match weight."""

    left: Numbers
    right: Numbers
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """Pairs of records that people said are one person, and pairs that they, or a conflict, said are two."""

    same: tuple[Numbers, Numbers] = NO_PAIRS
    different: tuple[Numbers, Numbers] = NO_PAIRS


@dataclass(frozen=True)
class Edges:
    """What lies between two nodes (a record, or records that people said are one): the links added up, how many pairs
    they are, and the best of them. One row per pair of nodes, the smaller first.
    """

    left: Numbers
    right: Numbers
    total: NDArray[np.float64]
    pairs: Numbers
    best: NDArray[np.float64]

    def at(self, rows: Numbers) -> "Edges":
        return Edges(self.left[rows], self.right[rows], self.total[rows], self.pairs[rows], self.best[rows])


def people(
    records: int,
    links: Links,
    decided: Decided,
    identifier: Numbers,
    *,
    join: float = model.JOIN,
    break_: float = model.BREAK,
    most: float = model.MOST,
    least: float = model.LEAST,
) -> Numbers:
    """For each record the lowest-numbered record of its person.

    `identifier` numbers the one identifier that no two people share and no person has two of (-1: none known). Two
    groups that have identifiers, and none in common, stay apart. What people said is the same stays the same.
    """
    node = components(records, *decided.same)
    sizes = np.bincount(node)
    edges = between_nodes(node, links, most, least)
    different = (node[decided.different[0]], node[decided.different[1]])
    group = groups(len(sizes), edges, join)
    whole = whole_groups(group, edges, sizes, different, node, identifier, break_=break_, least=least)

    first = np.full(len(sizes), len(sizes))
    np.minimum.at(first, group, np.arange(len(sizes)))
    label = np.where(whole[group], first[group], np.arange(len(sizes)))
    owned = identifiers_of(node, identifier, ~whole[group])
    for inside, apart in broken_groups(group, whole, edges, different):
        for one, joined in agglomerate(inside, apart, sizes, owned, join=join, break_=break_, least=least).items():
            label[one] = joined

    person = label[node]
    lowest = np.full(len(sizes), records)
    np.minimum.at(lowest, person, np.arange(records))
    return lowest[person]


def components(count: int, left: Numbers, right: Numbers) -> Numbers:
    """The number of the connected component of each of `count` things."""
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def groups(nodes: int, edges: Edges, threshold: float) -> Numbers:
    """The group of each node, where edges whose best link is at least this hold groups together."""
    strong = edges.best >= threshold
    return components(nodes, edges.left[strong], edges.right[strong])


def between_nodes(node: Numbers, links: Links, most: float, least: float) -> Edges:
    """The links between different nodes, added up for each two nodes; each within bounds."""
    left, right = node[links.left], node[links.right]
    across = left != right
    left, right = np.minimum(left, right)[across], np.maximum(left, right)[across]
    weight = np.clip(links.weight[across], least, most)
    order = np.lexsort((right, left))
    left, right, weight = left[order], right[order], weight[order]
    starts = np.flatnonzero(np.r_[True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])][: len(left)])
    if not len(starts):
        return Edges(left, right, weight, left, weight)
    return Edges(
        left[starts],
        right[starts],
        np.add.reduceat(weight, starts),
        np.diff(np.r_[starts, len(left)]),
        np.maximum.reduceat(weight, starts),
    )


def whole_groups(
    group: Numbers,
    edges: Edges,
    sizes: Numbers,
    different: tuple[Numbers, Numbers],
    node: Numbers,
    identifier: Numbers,
    *,
    break_: float,
    least: float,
) -> NDArray[np.bool_]:
    """Whether each group is one person as it stands: the evidence between every two of its nodes is for it, and
    nothing keeps two of them apart. Most groups are; only the others are taken apart and put together again.
    """
    count = len(sizes)
    nodes = np.bincount(group, minlength=count)
    inside = group[edges.left] == group[edges.right]
    possible = sizes[edges.left] * sizes[edges.right]
    mean = (edges.total + (possible - edges.pairs) * least) / possible
    holding = np.bincount(group[edges.left][inside & (mean >= break_)], minlength=count)
    whole = holding == nodes * (nodes - 1) // 2
    together = group[different[0]] == group[different[1]]
    whole[group[different[0]][together]] = False
    known = identifier >= 0
    owners = np.unique(np.stack([group[node[known]], identifier[known]]), axis=1)[0]
    whole[np.bincount(owners, minlength=count) > 1] = False
    found: NDArray[np.bool_] = whole
    return found


def identifiers_of(node: Numbers, identifier: Numbers, wanted: NDArray[np.bool_]) -> dict[int, frozenset[int]]:
    """The identifiers of each wanted node that has any."""
    rows = np.flatnonzero((identifier >= 0) & wanted[node])
    owned: dict[int, set[int]] = {}
    for one, found in zip(node[rows].tolist(), identifier[rows].tolist(), strict=True):
        owned.setdefault(one, set()).add(found)
    return {one: frozenset(found) for one, found in owned.items()}


def broken_groups(
    group: Numbers, whole: NDArray[np.bool_], edges: Edges, different: tuple[Numbers, Numbers]
) -> Iterator[tuple[Edges, list[tuple[int, int]]]]:
    """The edges inside each group that is not whole, and its pairs of nodes that are to stay apart."""
    chosen = np.flatnonzero((group[edges.left] == group[edges.right]) & ~whole[group[edges.left]])
    chosen = chosen[np.argsort(group[edges.left[chosen]], kind="stable")]
    of_group = group[edges.left[chosen]]
    apart: dict[int, list[tuple[int, int]]] = {}
    for left, right in zip(different[0].tolist(), different[1].tolist(), strict=True):
        if group[left] == group[right]:
            apart.setdefault(int(group[left]), []).append((left, right))
    for rows in np.split(chosen, np.flatnonzero(np.diff(of_group)) + 1):
        if len(rows):
            inside = edges.at(rows)
            yield inside, apart.get(int(group[inside.left[0]]), [])


def agglomerate(
    edges: Edges,
    apart: list[tuple[int, int]],
    sizes: Numbers,
    owned: dict[int, frozenset[int]],
    *,
    join: float,
    break_: float,
    least: float,
) -> dict[int, int]:
    """Node -> the node that stands for its person, strongest evidence first.

    Evidence between two groups is the average over all their pairs, a pair without a link counting as `least`.
    """
    near: dict[int, dict[int, tuple[float, int, float]]] = {}
    rows = (edges.left, edges.right, edges.total, edges.pairs, edges.best)
    for left, right, total, pairs, best in zip(*(column.tolist() for column in rows), strict=True):
        near.setdefault(left, {})[right] = near.setdefault(right, {})[left] = (total, pairs, best)
    kept_apart: dict[int, set[int]] = {one: set() for one in near}
    for left, right in apart:
        kept_apart.setdefault(left, set()).add(right)
        kept_apart.setdefault(right, set()).add(left)
    owned = {one: owned.get(one, frozenset()) for one in near}
    size = {one: int(sizes[one]) for one in near}
    person = {one: one for one in near}
    members = {one: [one] for one in near}
    changed = dict.fromkeys(near, 0)  # how often each group has grown: older entries of the queue are out of date

    def evidence(left: int, right: int) -> float | None:
        total, pairs, best = near[left][right]
        if best < join or right in kept_apart[left]:
            return None
        if owned[left] and owned[right] and not owned[left] & owned[right]:
            return None
        possible = size[left] * size[right]
        mean = (total + (possible - pairs) * least) / possible
        return mean if mean >= break_ else None

    queue: list[tuple[float, int, int, int, int]] = []

    def offer(left: int, right: int) -> None:
        left, right = min(left, right), max(left, right)
        if (found := evidence(left, right)) is not None:
            heapq.heappush(queue, (-found, left, right, changed[left], changed[right]))

    for left in near:
        for right in near[left]:
            if left < right:
                offer(left, right)
    while queue:
        _, left, right, left_change, right_change = heapq.heappop(queue)
        if changed.get(left) != left_change or changed.get(right) != right_change:
            continue
        # `right` becomes part of `left`
        for one in members[right]:
            person[one] = left
        members[left] += members.pop(right)
        size[left] += size.pop(right)
        owned[left] |= owned.pop(right)
        changed[left] += 1
        del changed[right], near[left][right], near[right][left]
        for other in kept_apart.pop(right):
            kept_apart[other].discard(right)
            kept_apart[other].add(left)
            kept_apart[left].add(other)
        for other, (total, pairs, best) in near.pop(right).items():
            del near[other][right]
            had = near[left].get(other, (0.0, 0, -np.inf))
            near[left][other] = near[other][left] = (had[0] + total, had[1] + pairs, max(had[2], best))
        for other in near[left]:
            offer(left, other)
    return person
