"""Values and pieces of text that a person, a program or a broken disk may put into an environment file."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.generation.values import TEMPLATES

__all__ = ["HUGE", "KEYS", "SNIPPETS", "TEXTS", "VALUES"]

HUGE = 10_000

UNUSUAL = [
    "",
    " ",
    "é",
    "\u202e",
    "a\nb",
    "a\rb",
    "\ttab",
    "\x07",
    "\u2028",
    "\U0001f600",
    "٣",
    "１２３",
    *TEMPLATES,
]
SYNTAX = "* ? {source} {target} { } .. . - / // a//b null yes 012 1e3 0x1f 1:30"
TAKEN = "aws:tag mirrormaker2-operations kube-system cluster-autoscaler heartbeats __x x.internal us-east-1"
NETWORKS = "10.0.0.0/8 10.0.0.0/30 0.0.0.0/0 10.0.0.1/16 ::/0 10.0.0.0/255.255.0.0 us-gov-west-1 cn-north-1"
LONG = ["x" * 300, "*a" * 120, "a" * 249, "9" * 5000, "x" * HUGE]
TEXTS = (*UNUSUAL, *SYNTAX.split(), *TAKEN.split(), *NETWORKS.split(), *LONG)

NUMBERS = (
    0,
    -1,
    1,
    7,
    28,
    86_400,
    2**31,
    2**63,
    10**30,
    1.5,
    -0.0,
    float("nan"),
    float("inf"),
    float("-inf"),
)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    [None],
    [[]],
    {"a": 1},
    {"": ""},
    datetime.date(2024, 1, 1),
    b"\0",
)
VALUES = st.one_of(*map(st.sampled_from, (TEXTS, NUMBERS, OTHERS)), st.text(max_size=20))
KEYS = ("colour", "", "<<", "=", "a.b", "x" * HUGE, "\u202e", "new\nline")

# pieces of YAML, one a line
TAGS = """\
!!int ''
!!int x
!!bool x
!!float x
!!null x
!!timestamp x
!!timestamp 2024-01-01
!!binary x
!!binary AAAA
!!set {a, b}
!!omap [a: 1]
!!pairs [a: 1]
!!seq x
!!map x
!!str {}
!!int [1]
!!merge x
!!value x
!!python/object:os.system {}
!x y
! y
!<tag:x> y"""
ALIASES = """\
&a
*a
*none
&a [*a]
&a [*a, *a]
&a {<<: *a}
{<<: 1}
{<<: [a]}
{<<: &a {b: 1}, b: 2}
[&a [x, x], &b [*a, *a], &c [*b, *b], &d [*c, *c], &e [*d, *d], &f [*e, *e], &g [*f, *f], &h [*g, *g]]
[&a {x: 1}, &b {<<: [*a, *a]}, &c {<<: [*b, *b]}, &d {<<: [*c, *c]}, &e {<<: [*d, *d]}]"""
SCALARS = """\
0o17
017
0b1
1_000
1:30
190:20:30
.nan
-.inf
2024-01-01
=
<<
~
yes
No
'open
"open
"\\ud800"
"\\0"
"\\x1b[31m"
%YAML 9.9
--- a
? a
- a"""
MARKS = [
    *"[]{},@`\t\0\x07",
    ": ",
    " #",
    "... ",
    "|\n  text",
    ">-\n  text",
    "\x85",
    "\u2028",
    "\ufeff",
    "\ufffe",
]
ENDLESS = ["[" * 60, "[" * 200, "{a: " * 200, "[" * 2000, "9" * 5000, f"0x{'f' * 4000}"]
CHAIN = "".join(f"\n&n{n} [{f'*n{n - 1}' if n else ''}]," for n in range(600)).join("[]")
SNIPPETS = (*TAGS.splitlines(), *ALIASES.splitlines(), *SCALARS.splitlines(), *MARKS, *ENDLESS, CHAIN)
