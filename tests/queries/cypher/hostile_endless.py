"""What Neo4j could not be stopped in: its planner, its regular expressions, lists and texts that grow, loops in loops.

Each kind in several spellings: another case, comments, line ends, backticks, escapes of another text, parameters, the
same by another construct. All are refused before Neo4j sees them, so that nothing of them can go on there.
"""

from tests.queries.cypher.corpus import TOO_LARGE, Statement, statements

A = "'" + "a" * 36 + "!'"
PLANNING = statements(
    TOO_LARGE,
    "RETURN " + " XOR ".join(["true"] * 30),
    "return " + " xor ".join(["true"] * 31),
    "RETURN " + "/* XOR */XOR\n".join(["true "] * 32),
    "MATCH (n) WHERE " + " XOR ".join(f"(n.layer = {i})" for i in range(16)) + " RETURN n",
    "RETURN " + "(true XOR " * 20 + "false" + ")" * 20,
    "RETURN " + " OR ".join(["true"] * 12_000),
    "UNWIND [true] AS `OR` RETURN " + " oR ".join(["`OR`"] * 500),
    "MATCH (n) WHERE " + "\nAND ".join(f"n.layer <> {i}" for i in range(400)) + " RETURN n",
    "MATCH (n) WHERE "
    + "".join(f"(n.layer = {i} {('OR', 'AND')[i % 2]} " for i in range(40))
    + "true"
    + ")" * 40
    + " RETURN 1",
    "RETURN " + "(" * 5000 + "1" + ")" * 5000,
    "RETURN " + "( /*x*/ " * 500 + "1" + " )" * 500,
    "RETURN " + "[" * 300 + "1" + "]" * 300,
    "RETURN " + "{a: " * 200 + "1" + "}" * 200,
    "RETURN " + "abs(" * 400 + "1" + ")" * 400,
    "RETURN " + "+".join(["1"] * 30_000),
    "MATCH (n) RETURN " + " + ".join(["n.layer"] * 500),
    "MATCH (n) RETURN " + " || ".join(["n.key"] * 500),
    "RETURN " + " - ".join(["1"] * 2000),
    "MATCH (n) RETURN " + "*".join(["n.share"] * 500),
    "RETURN " + "NOT " * 2000 + "true",
    " UNION ".join(["RETURN 1 AS x"] * 3000),
    " union all ".join(["return 1 as x"] * 100),
    "CALL { " + " UNION ".join(["RETURN 1 AS x"] * 300) + " } RETURN x",
    "WITH {a: 1} AS m RETURN m" + ".a" * 1000,
    "MATCH (a0)" + "".join(f"-[r{i}:DIRECT_EFFECT]->(a{i + 1})" for i in range(40)) + " RETURN count(*)",
    "MATCH (a)" + "--()" * 40 + " RETURN count(*)",
    "MATCH " + ", ".join(f"(a{i})-->(a{j})" for i in range(8) for j in range(i)) + " RETURN count(*)",
    "MATCH (a) " + "OPTIONAL MATCH (a)-->() " * 80 + "RETURN count(*)",
    "MATCH (a) WHERE " + "EXISTS { MATCH (a)-->() WHERE " * 20 + "true" + " }" * 20 + " RETURN a",
    "WITH 1 AS x " + "WITH x + 1 AS x " * 400 + "RETURN x",
    "MATCH (n) RETURN " + ", ".join(f"n.layer + {i} AS x{i}" for i in range(1000)),
)

PATTERNS = [
    *statements(
        TOO_LARGE,
        f"RETURN {A} =~ '{'a?' * 36}{'a' * 36}'",
        f"return {A}=~'{'a?' * 36}a{{36}}'",
        f"RETURN {A} =~ '(a?){{36}}a{{36}}'",
        f"RETURN {A} /* ~ */ = ~ '{'a{0,1}' * 36}a{{36}}'",
        f"RETURN {A} =~ '{'(?:a|)' * 36}a{{36}}'",
        f"RETURN '{'a' * 3000}!' =~ 'a{{0,3000}}a{{0,3000}}a{{0,3000}}b'",
        f"RETURN '{'a' * 3000}!' =~ 'a{{1,}}a{{1,}}a{{1,}}a{{1,}}b'",
        f"RETURN {A} =~ '(a|aa)+'",
        f"RETURN {A} =~ '(?:a|aa)*b'",
        f"RETURN {A} =~ '(?i)(A|a)+b'",
        f"RETURN {A} =~ '(a|b|ab)*c'",
        f"RETURN {A} =~ '(a+)+'",
        f"RETURN {A} =~ '([a-z]+)*!?x'",
        f"RETURN {A} =~ '(\\\\w|\\\\d)+b'",
        f"RETURN {A} =~ '(?<n>a*)*b'",
        f"RETURN {A} =~ '(?=(a+)+b).*'",
        f"RETURN {A} =~ '(.*a){{20}}'",
        f"RETURN {A} =~ '(a)(\\\\1|a)*b'",
        f"WITH '(a|aa)' + '+' AS p RETURN {A} =~ p",
        f"WITH {{p: '(a|aa)+'}} AS m RETURN {A} =~ m.p",
        f"UNWIND ['(a|aa)+'] AS p RETURN {A} =~ p",
        f"RETURN [p IN ['(a|aa)+'] | {A} =~ p]",
        f"RETURN {A} =~ toLower('(A|AA)+')",
        f"RETURN {A} =~ replace('(a|x)+', 'x', 'aa')",
        "MATCH (n) WHERE n.label =~ n.key RETURN n",
        "MATCH (n) WHERE n.label =~ '.*a.*b.*c.*d.*' RETURN n",
        "WITH reduce(s = 'a', i IN range(1, 14) | s + s) AS t RETURN t =~ '.*a.*a.*b'",
    ),
    Statement(f"RETURN {A} =~ $p", (TOO_LARGE,), {"p": "(a|aa)+"}),
    Statement(f"RETURN {A} =~ $`p`", (TOO_LARGE,), {"p": "(a+)+"}),
    Statement(f"RETURN {A} =~ ('(' + $p + ')+')", (TOO_LARGE,), {"p": "a|aa"}),
    Statement(f"RETURN {A} =~ $p.q", (TOO_LARGE,), {"p": {"q": "(a|aa)+"}}),
    Statement("RETURN $t =~ '.*a.*a.*b'", (TOO_LARGE,), {"t": "a" * 50_000}),
    Statement(f"RETURN {A} =~ $p[0]", (TOO_LARGE,), {"p": ["(a|aa)+"]}),
]

GROWING = [
    *statements(
        TOO_LARGE,
        "WITH reduce(l = [1], i IN range(1, 25) | l + l) AS l RETURN all(x IN l WHERE x > 0)",
        "with Reduce ( l=[1] , i in range(1,60)|l+l ) as l return size([x in l where x > 0])",
        "WITH reduce(`l l` = [1], i IN range(1, 40) | `l l` + /* | */ `l l`) AS l RETURN l[7]",
        "RETURN reduce(l = [1], i IN range(1, 40) | l || l) AS l",
        "RETURN reduce(l = [1], i IN range(1, 40) | [l, l]) AS l",
        "RETURN reduce(m = {a: 1}, i IN range(1, 40) | {a: m, b: m}) AS m",
        "RETURN reduce(l = [1], i IN range(1, 40) | l + [x IN l | x]) AS l",
        "RETURN reduce(l = [1], i IN range(1, 40) | CASE WHEN i > 0 THEN l + l ELSE l END) AS l",
        "RETURN reduce(l = [1], i IN range(1, 40) | coalesce(l + l, l)) AS l",
        "RETURN reduce(m = {l: [1]}, i IN range(1, 40) | {l: m.l + m.l}).l AS l",
        "RETURN reduce(l = [1], i IN range(1, 40) | reduce(k = l, j IN [1, 2] | k + l)) AS l",
        "MATCH (g:AttributionGraph) RETURN reduce(l = [g], t IN g.tokens | l + l) AS l",
        "MATCH p = (a)-[*1..3]->(b) RETURN reduce(l = [1], n IN nodes(p) | l + l) AS l",
        "WITH reduce(s = 'a', i IN range(1, 30) | s + s) AS s RETURN s =~ '.*b'",
        "WITH reduce(s = 'a', i IN range(1, 30) | s + s) AS s RETURN split(s, '')",
        "WITH reduce(s = \"a\", i IN range(1, 30) | replace(s, 'a', 'aa')) AS s RETURN size(s)",
        "WITH reduce(s = 'a', i IN range(1, 30) | toUpper(s) + s) AS s RETURN s CONTAINS 'b'",
        "WITH 'aaaaaaaaaa' AS s "
        + "WITH s + s + s + s + s + s + s + s + s + s AS s " * 8
        + "RETURN s =~ '.*b'",
        "WITH [1] AS l " + "WITH l + l AS l " * 60 + "RETURN all(x IN l WHERE x > 0)",
        "WITH [1] AS l " + "UNWIND [l + l] AS l " * 60 + "RETURN all(x IN l WHERE x > 0)",
        "WITH [1] AS l " + "CALL { WITH l RETURN l + l AS k } WITH k AS l " * 30 + "RETURN l",
        "WITH [1] AS return " + "WITH return + return AS return " * 40 + "RETURN return",
        "WITH [1] AS `with` " + "WITH `with` + `with` AS `with` " * 40 + "RETURN `with`",
        "WITH [[1, 2]] AS l " + "WITH [l, l, l, l, l, l, l, l, l, l] AS l " * 9 + "RETURN l = [1]",
        "RETURN "
        + "[a IN [[1]] | "
        + "".join(
            f"[{b} IN [{a} + {a}] | "
            for a, b in zip("abcdefghijklmnopqrstuvw", "bcdefghijklmnopqrstuvwx", strict=True)
        )
        + "x"
        + "]" * 24,
        "WITH [1] AS l " + "WITH case WHEN true THEN l + l ELSE l END AS l " * 60 + "RETURN l",
        "WITH 1 AS case WITH [1] AS l "
        + "WITH case when true then l + l else [1] end AS l " * 60
        + "RETURN l",
        "MATCH (g:AttributionGraph) WITH g {.*} AS l WITH l.tokens AS l "
        + "WITH l + l AS l " * 60
        + "RETURN l",
        "WITH {a: [1]} AS m " + "WITH m {.a} AS m WITH {a: m.a + m.a} AS m " * 40 + "RETURN m",
        "WITH {a: [1]} AS m " + "WITH m {.*} AS m WITH {a: m['a'] + m.a} AS m " * 40 + "RETURN m",
        "WITH ['a'] AS l " + "UNWIND range(1, 2) + l AS s WITH [s + s] AS l " * 40 + "RETURN l",
        "LET l = [1] " + "LET l = l + l " * 40 + "RETURN l",
        "UNWIND range(1, 1000000) AS x WITH collect(x) AS l RETURN reduce(s = '', x IN l | s + 'a')",
        "UNWIND range(1, 1000000) AS x WITH collect(x) AS l RETURN size(reduce(k = [], x IN l | k + x))",
        "RETURN reduce(l = [], i IN range(1, 1000000) | l + i) AS l",
    ),
    Statement("RETURN reduce(l = $l, i IN range(1, 40) | l + l) AS l", (TOO_LARGE,), {"l": [1, 2]}),
    Statement("RETURN reduce(s = $s, i IN range(1, $n) | s + s) AS s", (TOO_LARGE,), {"s": "ab", "n": 40}),
]

RANGES = [
    *statements(
        TOO_LARGE,
        "WITH reduce(l = [1], i IN range(1, 30) | l + l) AS l RETURN [x IN range(0, size(l)) | x]",
        "WITH reduce(l = 'a', i IN range(1, 22) | l + l) AS l RETURN [i IN range(1, 99) | range(0, size(l))]",
        "WITH 'aaaaaaaaaa' AS s " + "WITH s + s + s + s AS s " * 12 + "RETURN [x IN range(0, size(s)) | x]",
        "RETURN size(Range(1, 2147483647))",
        "RETURN all(x IN range /* , */ (1, 2147483647) WHERE x > 0)",
        "WITH 2147483647 AS n RETURN any(x IN range(1, n) WHERE x < 0)",
        "WITH {n: 2147483647} AS m RETURN any(x IN range(1, m.n) WHERE x < 0)",
        "WITH [2147483647] AS l RETURN any(x IN range(1, l[0]) WHERE x < 0)",
        "UNWIND [2147483647] AS n RETURN any(x IN range(1, n) WHERE x < 0)",
        "RETURN any(x IN range(1, 0x7fffffff) WHERE x < 0)",
        "RETURN any(x IN range(1, toInteger(2e9)) WHERE x < 0)",
        "RETURN any(x IN range(1, toInteger('2' + '000000000')) WHERE x < 0)",
        "RETURN any(x IN range(1, toInteger(10 ^ 9)) WHERE x < 0)",
        "RETURN any(x IN range(-2147483648, 0) WHERE x > 0)",
        "RETURN any(x IN range(1, 1000 * 1000 * 1000) WHERE x < 0)",
        "RETURN any(x IN range(1, toInteger(1 / 0.000000001)) WHERE x < 0)",
        "RETURN any(x IN range(1, reduce(n = 1, i IN range(1, 31) | n * 2)) WHERE x < 0)",
        "MATCH (t:Trace) RETURN any(x IN range(1, t.n_edges) WHERE x < 0)",
        "MATCH (g:AttributionGraph) RETURN any(x IN range(1, g.max_feature_nodes) WHERE x < 0)",
        "RETURN any(x IN range(1, datetime().epochMillis) WHERE x < 0)",
        "RETURN any(x IN range(1, timestamp()) WHERE x < 0)",
        "UNWIND range(1, 9999999999) AS n RETURN any(x IN range(1, n) WHERE x < 0)",
    ),
    Statement("RETURN any(x IN range(1, $n) WHERE x < 0)", (TOO_LARGE,), {"n": 2**31}),
    Statement("RETURN any(x IN range(1, $m.n) WHERE x < 0)", (TOO_LARGE,), {"m": {"n": 2**31}}),
    Statement("RETURN any(x IN range(1, toInteger($n)) WHERE x < 0)", (TOO_LARGE,), {"n": "2000000000"}),
]

LOOPS = [
    *statements(
        TOO_LARGE,
        "WITH range(1, 9999) AS a RETURN any(x IN a WHERE any(y IN a WHERE any(z IN a WHERE x + y + z < 0)))",
        "with range(1,9999) as a return none(x in a where single(y in a where all(z in a where x+y<z)))",
        "WITH range(1, 9999) AS `a` RETURN [x IN `a` | [y IN /* IN */ `a` | x * y]]",
        "WITH range(1, 9999) AS a RETURN reduce(n = 0, x IN a | n + reduce(m = 0, y IN a | m + x * y))",
        "UNWIND range(1, 100000) AS x WITH collect(x) AS a RETURN any(x IN a WHERE any(y IN a WHERE x + y < 0))",
        "UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y WITH collect(x) AS a RETURN [x IN a | [y IN a | x]]",
        "MATCH (a) WITH count(*) AS n MATCH (a), (b) WITH collect(a) AS l "
        "RETURN any(x IN l WHERE any(y IN l WHERE x.layer + y.layer < -9))",
        "MATCH (a) WITH a.key AS k MATCH (a) WITH collect(a) AS l "
        "RETURN any(x IN l WHERE any(y IN l WHERE x.layer + y.layer < -9))",
        "CALL { UNWIND range(1, 1000000) AS x RETURN x UNION RETURN 1 AS x } WITH collect(x) AS l "
        "RETURN any(x IN l WHERE any(y IN l WHERE x + y < 0))",
        "MATCH (a), (b WHERE b.layer <> a.layer), (c WHERE c.layer <> (a).layer) WITH collect(a) AS l "
        "RETURN any(x IN l WHERE any(y IN l WHERE x.layer + y.layer < -9))",
        "MATCH (order), (b) WITH collect(b) AS l, order.key AS k WITH collect(k) AS m, collect(l) AS l "
        "RETURN any(x IN m WHERE any(y IN m WHERE any(z IN m WHERE x + y + z = 'x')))",
        "MATCH (a), (b), (c) WITH collect(a) AS l RETURN any(x IN l WHERE any(y IN l WHERE x.layer + y.layer < -9))",
        "MATCH (a)-[*1..9]-(b) WITH collect(a) AS l RETURN any(x IN l WHERE any(y IN l WHERE x.layer + y.layer < -9))",
        "WITH [x IN range(1, 9999) | x] AS a WITH [[a, a, a, a]] AS m "
        "RETURN any(x IN m WHERE any(y IN x WHERE any(z IN y WHERE any(w IN x WHERE any(v IN w WHERE v + z < 0)))))",
        "WITH [range(1, 9999), [1]] AS m RETURN any(x IN m WHERE any(y IN x WHERE any(z IN x WHERE y + z < 0)))",
        "WITH [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] AS l RETURN "
        + "".join(f"[{x} IN l | " for x in "abcdefgh")
        + "1"
        + "]" * 8,
        "MATCH (n) RETURN " + "".join(f"any({x} IN n.tokens WHERE " for x in "abcdef") + "false" + ")" * 6,
        "RETURN COLLECT { UNWIND range(1, 100000) AS x RETURN x } AS l, "
        "[a IN COLLECT { UNWIND range(1, 100000) AS x RETURN x } | "
        "[b IN COLLECT { UNWIND range(1, 100000) AS x RETURN x } | 1]]",
        "WITH range(1, 9999) AS a RETURN [x IN a WHERE x IN [y IN a WHERE y > x]]",
        "WITH range(1, 9999) AS a RETURN [x IN a WHERE x IN a[x..]]",
        "WITH range(1, 999999) AS a, [x IN range(1, 99) | range(1, 999999)] AS b RETURN [x IN b WHERE x = a]",
        "WITH range(1, 99999) AS a RETURN [x IN a | size(tail(a))]",
        "WITH range(1, 99999) AS a RETURN [x IN a | reverse(a)]",
        "WITH range(1, 30000) AS a RETURN [i IN range(0, size(a)) | [j IN range(0, size(a)) | a[i] * a[j]]]",
    ),
    Statement("RETURN [x IN $l | [y IN $l | x * y]]", (TOO_LARGE,), {"l": [0] * 9999}),
]

STATEMENTS = [*PLANNING, *PATTERNS, *GROWING, *RANGES, *LOOPS]
