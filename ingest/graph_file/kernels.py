"""The loops over the bytes of a graph file, compiled by numba. Imported on first use; compiled code is kept on disk.

None reads or writes outside its arrays, whatever the bytes are. None holds the GIL.
"""

import numpy as np
from numba import njit

QUOTE, BACKSLASH, COMMA, COLON = ord('"'), ord("\\"), ord(","), ord(":")
OPEN_OBJECT, CLOSE_OBJECT = ord("{"), ord("}")
LETTER_CASE = ord("{") - ord("[")
"""The bit that is set in `{` and `}`, but not in `[` and `]`."""
SPACE, TAB, LINE_FEED, CARRIAGE_RETURN = ord(" "), ord("\t"), ord("\n"), ord("\r")
MINUS, PLUS, POINT, ZERO, NINE = ord("-"), ord("+"), ord("."), ord("0"), ord("9")
SMALL_E, LARGE_E = ord("e"), ord("E")

SOURCE = np.frombuffer(b'"source"', dtype=np.uint8)
TARGET = np.frombuffer(b'"target"', dtype=np.uint8)
WEIGHT = np.frombuffer(b'"weight"', dtype=np.uint8)
KEY_LENGTH = 8
"""Bytes of each of the three."""

NONE = -1


@njit(cache=True, nogil=True)
def item_end(text, start, at_least):
    """The place of the comma after the list or object item that begins at `start`, or of the closing bracket.

    Commas within the first `at_least` bytes are skipped, so that several items end there. len(text) where neither
    comes. Both kinds of brackets count alike: a parser has to tell whether the text up to there is JSON.
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
                # Checked only at a quote: a check at each byte would double the time.
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
    """(2^k,) a hash table with open addressing of the numbers of ids; at least half of it is `NONE`.

    spelled (n_bytes,) the ids in UTF-8, one after the other. ends (n_ids + 1,): id i is spelled[ends[i] : ends[i + 1]].
    `multiplier` is odd and random, so that the author of a file cannot choose ids that all hash to one place.
    """
    n = len(ends) - 1
    size = 2
    while size < 2 * n:
        size *= 2
    table = np.full(size, NONE, np.int32)
    for number in range(n):
        hashed = np.uint64(0)
        for at in range(ends[number], ends[number + 1]):
            hashed = (hashed ^ np.uint64(spelled[at])) * multiplier
        place = _first_place(hashed, size)
        while table[place] != NONE:
            place = (place + 1) & (size - 1)
        table[place] = number
    return table


@njit(cache=True, nogil=True)
def plain_links(text, start, end, spelled, ends, table, multiplier, source, target, digits, digit_ends):
    """The number of links, with commas between them, in text[start:end]; `NONE` where only a full parser can read them.

    Plain links have one source and one target, spelled exactly like an id, one weight, spelled like a JSON number, and
    no other field. Their values are written to source and target (room,), the numbers of the ids, to digits
    (end - start,), the weights as spelled, one after the other, and to digit_ends (room + 1,): weight i is
    digits[digit_ends[i] : digit_ends[i + 1]]. `room` is one more than the number of shortest links that the text can
    hold.
    """
    n, n_digits, at = 0, 0, start
    # A place beyond `end` means that the expected byte is missing; every search from there misses too.
    while True:
        at = _past(OPEN_OBJECT, text, at, end)
        seen = 0
        for n_more in (2, 1, 0):
            at = _past_space(text, at, end)
            if at + KEY_LENGTH > end:
                return NONE
            is_source, is_target = _is_key(SOURCE, text, at), _is_key(TARGET, text, at)
            is_weight = _is_key(WEIGHT, text, at)
            at = _past_space(text, _past(COLON, text, at + KEY_LENGTH, end), end)
            if is_weight:
                seen |= 1
                first, at = at, _past_number(text, at, end)
                if at > end:
                    return NONE
                for place in range(first, at):
                    digits[n_digits] = text[place]
                    n_digits += 1
                digit_ends[n + 1] = n_digits
            elif is_source or is_target:
                first = _past(QUOTE, text, at, end)
                hashed, at = np.uint64(0), first
                while at < end and text[at] != QUOTE:
                    hashed = (hashed ^ np.uint64(text[at])) * multiplier
                    at += 1
                number = _find(text, first, at, hashed, spelled, ends, table)
                if number == NONE:
                    return NONE
                if is_source:
                    seen |= 2
                    source[n] = number
                else:
                    seen |= 4
                    target[n] = number
                at += 1
            else:
                return NONE
            at = _past(COMMA if n_more > 0 else CLOSE_OBJECT, text, at, end)
        if seen != 7 or at > end:
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
    """The place after white space and this byte; beyond `end` where another byte comes."""
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
    """The place after the JSON number that begins at `at`; beyond `end` where none does."""
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
    """The place after one or more digits; beyond `end` where there is none."""
    first = at
    while at < end and ZERO <= text[at] <= NINE:
        at += 1
    return at if at > first else end + 1


@njit(cache=True, nogil=True)
def _first_place(hashed, size):
    """The place in a table of this size where the search for an id begins."""
    return np.int64(hashed >> np.uint64(32)) & (size - 1)


@njit(cache=True, nogil=True)
def _find(text, start, end, hashed, spelled, ends, table):
    """The number of the id that text[start:end] spells, or `NONE`."""
    place = _first_place(hashed, len(table))
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
