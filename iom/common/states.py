"""State machines as tables: from each state, the moves there are. The pages of the documents draw them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """One way on from a state: what it is called, where it leads, and who makes it."""

    name: str
    to: str
    who: str


def state_diagram(machine: Mapping[str, tuple[Move, ...]], start: str) -> str:
    """A state machine as a Mermaid diagram: states in the order declared, moves as labelled arrows."""

    def name(state: str) -> str:
        return str(state).replace("-", "_")

    lines = ["stateDiagram-v2", f"    [*] --> {name(start)}"]
    for state, moves in machine.items():
        lines += [f"    {name(state)} --> {name(move.to)}: {move.name} ({move.who})" for move in moves]
        if not moves:
            lines.append(f"    {name(state)} --> [*]")
    return "\n".join(lines)


def after(machine: Mapping[str, tuple[Move, ...]], state: str, move: str) -> str | None:
    """The state to which a move leads from another; None where there is no such move."""
    return next((each.to for each in machine[state] if each.name == move), None)
