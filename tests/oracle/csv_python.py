#!/usr/bin/env python3
"""Random damaged CSV files, and what Python's csv module reads in them.

    csv_python.py [-n FILES] [-s SEED] [-d CHAR] [-q CHAR] [-e CHAR] [-x] DIR > expected

Writes FILES files into DIR and, for each, prints its name and a line for each
record: its fields in brackets, escaped, with tabs between.  -x reads another
dialect (blanks before a field are kept), from which a comparison must differ.  -d, -q
(or none) and -e set delimiter, quotation mark and escape.
"""
import argparse
import csv
import os
import random
import sys

PIECES = ['"', '"', '""', '"""', ",", ",", " ", "  ", ", ", ' "', '" ', '", "', '","', '",', "\n", "\r",
          "\r\n", "\n\n", "\r\r\n", '"\n', '"\r\n"', "\t", "a", "b c", "x ", "don't", "\\", "\u00e9", ";", "\x0b"]
# a NUL is a character like any other from Python 3.11 on
if sys.version_info >= (3, 11):
    PIECES.append("\0")


def random_text(r):
    """A few kinds of pieces over and over, or all of them."""
    pool = PIECES if r.random() < 0.5 else r.choices(PIECES, k=r.randrange(2, 6))
    return "".join(r.choice(pool) for _ in range(r.randrange(0, 40)))


def written(r, lines):
    """A well-formed file, as a program would write it."""
    rows = []
    for _ in range(lines):
        cells = [random_text(r) if r.random() < 0.3 else r.choice(["", "word", "two words", "3", 'a "b"'])
                 for _ in range(r.randrange(1, 5))]
        quote_all = r.random() < 0.5
        rows.append(",".join('"' + c.replace('"', '""') + '"' if quote_all or set(c) & set(',"\r\n') else c
                             for c in cells))
    return r.choice(["\n", "\r\n", "\r"]).join(rows) + r.choice(["", "\n"])


def damaged(r, text):
    chars = list(text)
    for _ in range(r.randrange(1, 6)):
        i = r.randrange(len(chars) + 1)
        if r.random() < 0.5 and i < len(chars):
            del chars[i]
        else:
            chars.insert(i, r.choice(PIECES))
    return "".join(chars)


def random_file(r, i):
    """Every 50th is longer than what csv_records.c feeds to libcsv at once."""
    if i % 50 == 0:
        filler = r.choice(["x", "y ", 'say ""z"" ', "\n", "é, "]) * r.randrange(500, 6000)
        return damaged(r, written(r, 20) + '"' + filler + '"' + r.choice(["\n", "", "z\n", " \r\n"]) + written(r, 20))
    if i % 2:
        return random_text(r)
    return damaged(r, written(r, r.randrange(1, 6)))


def escaped(field):
    out = []
    for c in field:
        out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}.get(c) or
                   (c if c >= " " else "\\x%02x" % ord(c)))
    return "[" + "".join(out) + "]"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-n", "--files", type=int, default=3000)
    p.add_argument("-s", "--seed", type=int, default=1)
    p.add_argument("-x", "--other", action="store_true")
    p.add_argument("-d", "--delimiter", default=",")
    p.add_argument("-q", "--quote", default='"')
    p.add_argument("-e", "--escape")
    p.add_argument("dir")
    args = p.parse_args()
    csv.field_size_limit(1 << 30)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    dialect = {"delimiter": args.delimiter, "escapechar": args.escape}
    dialect.update({"quoting": csv.QUOTE_NONE} if args.quote == "none" else {"quotechar": args.quote})
    r = random.Random(args.seed)
    for i in range(args.files):
        name = os.path.join(args.dir, "%05d.csv" % i)
        with open(name, "w", encoding="utf-8", newline="") as f:
            text = random_file(r, i).translate({ord('"'): args.quote if args.quote != "none" else '"',
                                                ord(","): args.delimiter})
            # Python takes the end of the file for a line end that is escaped
            f.write(text + ("z" if args.escape and text.endswith(args.escape) else ""))
        print(name)
        with open(name, encoding="utf-8-sig", newline="") as f:
            for record in csv.reader(f, skipinitialspace=not args.other, **dialect):
                print("\t".join(escaped(field) for field in record))


if __name__ == "__main__":
    main()
