"""The graph of reactions, as the program declares it."""

from wayloop.kernel.stream import facts
from wayloop.kernel.stream.graph import circles, unguarded_circles
from wayloop.kernel.stream.listeners import Listener, listeners


def listener(name: str, kind: str, *announces: str, deepest: int = 12) -> Listener:
    return Listener(name, (kind,), lambda rows: None, "now", frozenset(announces), deepest=deepest)


def test_a_circle_would_be_found() -> None:
    assert circles({"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": []}) == [["a", "b", "c"]]
    assert circles({"a": ["a"]}) == [["a"]]
    assert circles({"z": ["m", "n"], "m": ["z"], "n": ["z"]}) == [["m", "z"], ["n", "z"]]


def test_a_graph_without_circles_has_none() -> None:
    assert circles({"a": ["b", "c"], "b": ["c"]}) == []


def test_a_listener_that_limits_the_depth_guards_its_circle() -> None:
    going = listener("go", "a", "b")
    assert unguarded_circles([going, listener("back", "b", "a")]) == [["a", "b"]]
    assert unguarded_circles([going, listener("back", "b", "a", deepest=3)]) == []


def test_the_programs_own_reactions_do_not_go_round() -> None:
    assert unguarded_circles(listeners()) == []


def test_listeners_have_names_of_their_own() -> None:
    names = [one.name for one in listeners()]
    assert len(names) == len(set(names))


def test_every_older_version_of_a_fact_has_its_converter() -> None:
    assert [(kind, version) for kind, version in facts.missing_converters() if not kind.startswith("test.")] == []
