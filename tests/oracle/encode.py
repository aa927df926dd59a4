#!/usr/bin/env python3
"""vocab and encode in a few lines: a token stream to lines of indexes.

    encode.py --tokens FILE --size N [--write-table FILE]
    encode.py --tokens FILE --table FILE

Row 0 is SENTENCE_START, row 1 SENTENCE_END, then the words by falling count
(ties by first appearance), the last row UNKNOWN_TOKEN for all the rest.
A table has rows of word and count; a number in front is passed over.
"""
import argparse
import gzip
import sys
from collections import Counter

START, END, UNKNOWN = "SENTENCE_START", "SENTENCE_END", "UNKNOWN_TOKEN"


def read_tokens(path, limit):
    with (gzip.open(path, "rt", encoding="utf-8", newline="\n") if path.endswith(".gz")
          else open(path, encoding="utf-8", newline="\n")) as f:
        return [line.rstrip("\n").split(" ") for _, line in zip(range(limit or sys.maxsize), f)]


def count_table(sentences, size):
    # a Counter keeps the order of first appearance, and sorted() is stable
    count = Counter(w for s in sentences for w in s)
    kept = sorted(count, key=count.get, reverse=True)[:size - 3]
    lost = sum(count.values()) - sum(count[w] for w in kept)
    n = len(sentences)
    return [(START, n), (END, n), *((w, count[w]) for w in kept), (UNKNOWN, lost)]


def read_table(path):
    with open(path, encoding="utf-8", newline="\n") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    word = 1 if rows[0][:2] == ["0", START] else 0
    return [(r[word], int(r[word + 1])) for r in rows]


def main():
    p = argparse.ArgumentParser(description="tokens to indexes")
    p.add_argument("--tokens", required=True, metavar="FILE")
    p.add_argument("--limit", type=int, metavar="N", help="only the first N sentences")
    p.add_argument("--size", type=int, help="rows of the table counted from the tokens")
    p.add_argument("--table", metavar="FILE", help="use this table instead")
    p.add_argument("--write-table", metavar="FILE")
    a = p.parse_args()
    sentences = read_tokens(a.tokens, a.limit)
    table = read_table(a.table) if a.table else count_table(sentences, a.size)
    row = {w: i for i, (w, _) in enumerate(table)}
    for s in sentences:
        print(row[START], *(row.get(w, row[UNKNOWN]) for w in s), row[END])
    if a.write_table:
        with open(a.write_table, "w", encoding="utf-8", newline="\n") as f:
            f.writelines("%s\t%d\n" % r for r in table)


if __name__ == "__main__":
    main()
