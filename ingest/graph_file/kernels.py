"""The loops over the bytes of a graph file, compiled by numba. Imported on first use; compiled code is kept on disk.

None reads or writes outside of its arrays, whatever the bytes say, and none holds Python's lock.
"""

import numpy as np
from numba import njit

QUOTE, BACKSLASH, COMMA, COLON = ord('"'), ord("\\"), ord(","), ord(":")
OPEN_OBJECT, CLOSE_OBJECT = ord("{"), ord("}")
LETTER_CASE = ord("{") - ord("[")
"""The bit that is set in `{` and `}`, and in `[` and `]` not."""
SPACE, TAB, LINE_FEED, CARRIAGE_RETURN = ord(" "), ord("\t"), ord("\n"), ord("\r")
MINUS, PLUS, POINT, ZERO, NINE = ord("-"), ord("+"), ord("."), ord("0"), ord("9")
SMALL_E, LARGE_E = ord("e"), ord("E")

SOURCE = np.frombuffer(b'"source"', dtype=np.uint8)
TARGET = np.frombuffer(b'"target"', dtype=np.uint8)
WEIGHT = np.frombuffer(b'"weight"', dtype=np.uint8)
KEY_LENGTH = 8
"""Of each of the three."""

NONE = -1


@njit(cache=True, nogil=True)
def item_end(text, start, at_least):
    """The place of the comma after the item of an object or list that begins at `start`, or of the closing bracket.

    Commas within `at_least` bytes are passed over, so that several items end there. len(text) where neither comes.
    Brackets of both kinds count alike: whether what lies between two ends is JSON is for a parser to say.
    """
    n = len(text)
    depth, at, earliest = 0, start, start + at_least
    while at < n:
        byte = text[at]
        if byte == QUOTE:
            escaped = True
            while escaped:
                at += 1
                while at < n and text[at] != QUOTE:
                    at += 1
                # Looked for here only: a look at each byte would take as long again.
                backslash = at - 1
                while text[backslash] == BACKSLASH:
                    backslash -= 1
                escaped = at < n and (at - backslash) % 2 == 0
        elif byte == COMMA:
            if depth == 0 and at >= earliest:
                return at
        elif byte | LETTER_CASE == OPEN_OBJECT:
            depth += 1
        elif byte | LETTER_CASE == CLOSE_OBJECT:
            if depth == 0:
                return at
            depth -= 1
        at += 1
    return n


@njit(cache=True, nogil=True)
def id_table(spelled, ends, multiplier):
    """(2^k,) the numbers of ids, for open addressing; `NONE` in at least half of it.

    spelled (n_bytes,) the ids as UTF-8, one after the other; ends (n_ids + 1,) where each begins and, one on, ends.
    `multiplier`, odd, is unknown to who wrote the ids, and who could else choose such as all want one place.
    """
    n = len(ends) - 1
    size = 2
    while size < 2 * n:
        size *= 2
    table = np.full(size, NONE, np.int32)
    for number in range(n):
        mixed = np.uint64(0)
        for at in range(ends[number], ends[number + 1]):
            mixed = (mixed ^ np.uint64(spelled[at])) * multiplier
        place = _first_place(mixed, size)
        while table[place] != NONE:
            place = (place + 1) & (size - 1)
        table[place] = number
    return table


@njit(cache=True, nogil=True)
def plain_links(text, start, end, spelled, ends, table, multiplier, source, target, digits, digit_ends):
    """How many links text[start:end] holds, commas between them; `NONE` where only a full parser can tell.

    It can where each has one source and one target, spelled like an id, and one weight, spelled like a JSON number,
    and nothing else. Filled for each link: source and target (room,) the ids' numbers; digits (end - start,) the
    weights as spelled, one after the other; digit_ends (room + 1,) where each begins and, one on, ends. room: one
    more than the shortest link fits into the text.
    """
    n, n_digits, at = 0, 0, start
    # A place beyond `end` says that what was looked for is not there; nothing that is looked for after that is.
    while True:
        at = _past(OPEN_OBJECT, text, at, end)
        met = 0
        for n_more in (2, 1, 0):
            at = _past_space(text, at, end)
            if at + KEY_LENGTH > end:
                return NONE
            is_source, is_target = _is_key(SOURCE, text, at), _is_key(TARGET, text, at)
            is_weight = _is_key(WEIGHT, text, at)
            at = _past_space(text, _past(COLON, text, at + KEY_LENGTH, end), end)
            if is_weight:
                met |= 1
                first, at = at, _past_number(text, at, end)
                if at > end:
                    return NONE
                for place in range(first, at):
                    digits[n_digits] = text[place]
                    n_digits += 1
                digit_ends[n + 1] = n_digits
            elif is_source or is_target:
                first = _past(QUOTE, text, at, end)
                mixed, at = np.uint64(0), first
                while at < end and text[at] != QUOTE:
                    mixed = (mixed ^ np.uint64(text[at])) * multiplier
                    at += 1
                number = _find(text, first, at, mixed, spelled, ends, table)
                if number == NONE:
                    return NONE
                if is_source:
                    met |= 2
                    source[n] = number
                else:
                    met |= 4
                    target[n] = number
                at += 1
            else:
                return NONE
            at = _past(COMMA if n_more > 0 else CLOSE_OBJECT, text, at, end)
        if met != 7 or at > end:
            return NONE
        n += 1
        at = _past_space(text, at, end)
        if at == end:
            return n
        at = _past(COMMA, text, at, end)


@njit(cache=True, nogil=True)
def _past_space(text, at, end):
    while at < end and text[at] <= SPACE and (text[at] in (SPACE, LINE_FEED, CARRIAGE_RETURN, TAB)):
        at += 1
    return at


@njit(cache=True, nogil=True)
def _past(byte, text, at, end):
    """The place after space and this byte; beyond `end` if it is not there."""
    at = _past_space(text, at, end)
    return at + 1 if at < end and text[at] == byte else end + 1


@njit(cache=True, nogil=True)
def _is_key(key, text, at):
    same = True
    for place in range(KEY_LENGTH):
        same &= text[at + place] == key[place]
    return same


@njit(cache=True, nogil=True)
def _past_number(text, at, end):
    """The place after a JSON number that begins here; beyond `end` if none does."""
    if at < end and text[at] == MINUS:
        at += 1
    if at < end and text[at] == ZERO:
        at += 1
    else:
        at = _past_digits(text, at, end)
    if at < end and text[at] == POINT:
        at = _past_digits(text, at + 1, end)
    if at < end and (text[at] == SMALL_E or text[at] == LARGE_E):
        at += 1
        if at < end and (text[at] == PLUS or text[at] == MINUS):
            at += 1
        at = _past_digits(text, at, end)
    return at


@njit(cache=True, nogil=True)
def _past_digits(text, at, end):
    """The place after one digit or more; beyond `end` if there is none."""
    first = at
    while at < end and ZERO <= text[at] <= NINE:
        at += 1
    return at if at > first else end + 1


@njit(cache=True, nogil=True)
def _first_place(mixed, size):
    """Where in a table of this size the search for an id begins."""
    return np.int64(mixed >> np.uint64(32)) & (size - 1)


@njit(cache=True, nogil=True)
def _find(text, start, end, mixed, spelled, ends, table):
    """The number of the id that text[start:end] spells, or `NONE`."""
    place = _first_place(mixed, len(table))
    while table[place] != NONE:
        number = table[place]
        first = ends[number]
        if ends[number + 1] - first == end - start:
            offset = 0
            while offset < end - start and text[start + offset] == spelled[first + offset]:
                offset += 1
            if offset == end - start:
                return number
        place = (place + 1) & (len(table) - 1)
    return np.int32(NONE)
