"""No regular expression of the checks can blow up: a fuzz test that counts the steps of matching and has a limit."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from itertools import islice
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regex_steps import Counter, TooManySteps, attacks

from bibkit import checks

LENGTH = 300
STEPS = 120  # a character; a pattern that starts anew at each character and runs to the end takes hundreds
EVIL = [r"(a+)+$", r"(a|aa)+$", r"a*a*a*a*b", r"\s+$", r"(\w+\s?)*:", r"a++b"]  # the last one only begins too often
TAME = [r"(?<!a)a++b", r"\b\w{1,20}\b", r"(?:ab|cd){1,9}+x", r"[0-9]{1,4}-[0-9]{1,4}"]


def patterns() -> dict[str, re.Pattern[str]]:
    return {
        f"{name}.{constant}": value
        for name, module in modules().items()
        for constant, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }


def modules() -> dict[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(checks.__path__)]
    return {name: importlib.import_module(f"bibkit.checks.{name}") for name in names}


def searched() -> set[str]:
    """The patterns that begin anywhere in a text: all but those that are only ever matched from its beginning."""
    found = set()
    for name, module in modules().items():
        tree = ast.parse(inspect.getsource(module))
        matched = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("match", "fullmatch")
        }
        found |= {
            f"{name}.{node.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in matched
        }
    return found


def most_steps(pattern: re.Pattern[str], matching: str, *, anywhere: bool) -> float:
    counter = Counter(pattern, STEPS * LENGTH * 3)
    count = counter.search if anywhere else counter.match
    return max((count(text) / len(text) for text in attacks(pattern, matching, LENGTH)), default=0)


def blows_up(pattern: re.Pattern[str], examples: list[str], *, anywhere: bool = True) -> bool:
    try:
        return any(most_steps(pattern, matching, anywhere=anywhere) > STEPS for matching in examples)
    except TooManySteps:
        return True


def examples_of(pattern: re.Pattern[str], number: int) -> list[str]:
    found: list[str] = []

    @settings(max_examples=number, database=None, derandomize=True, deadline=None)
    @given(st.from_regex(pattern))
    def collect(text: str) -> None:
        found.append(text[:40])

    collect()
    return list(islice(dict.fromkeys(found), number))


@pytest.mark.parametrize("pattern", EVIL)
def test_the_counter_finds_what_blows_up(pattern: str) -> None:
    assert blows_up(re.compile(pattern), ["aaaa", "    ", "a a a:"])


@pytest.mark.parametrize("pattern", TAME)
def test_the_counter_lets_pass_what_does_not(pattern: str) -> None:
    assert not blows_up(re.compile(pattern), ["aaaab", "abcdx", "12-15", "word"])


@pytest.mark.parametrize("pattern", [*EVIL, *TAME, r"(?i)x(?<=x)(?=.)[^a-c]"])
@given(text=st.text("abx :1-5\n", max_size=12))
def test_the_counter_matches_as_python_does(pattern: str, text: str) -> None:
    compiled = re.compile(pattern)
    counter = Counter(compiled, 10**6)
    counter.text = text
    ours = next((True for start in range(len(text) + 1) for _ in counter.sequence(counter.nodes, 0, start)), False)
    assert ours == bool(compiled.search(text))


@pytest.mark.parametrize("name", patterns())
def test_no_pattern_blows_up(name: str) -> None:
    pattern = patterns()[name]
    assert not blows_up(pattern, examples_of(pattern, 3), anywhere=name in searched()), pattern.pattern
