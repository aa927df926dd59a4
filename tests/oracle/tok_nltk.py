#!/usr/bin/env python3
"""What NLTK 3.8 makes of a CSV, to hold tok against, and texts to try.

    tok_nltk.py -p DIR [-l early|late|never] < in.csv > tokens
    tok_nltk.py -r N [-s SEED] [-t FILE.csv] > in.csv

The first form is the recipe of the tutorial: column 0 of every record but
the first, in lower case, its sentences, each between SENTENCE_START and
SENTENCE_END, and its words; written as tok writes them, without the markers.
DIR holds Punkt tables in NLTK's punkt_tab layout.

The second form writes N random texts as CSV, out of characters and words that
the rules treat specially; with -t also N texts cut from FILE and damaged.
"""
import argparse
import csv
import io
import os
import random
import sys
from collections import defaultdict

START, END = "SENTENCE_START", "SENTENCE_END"


def tables(directory):
    """NLTK's parameters from the four files of a punkt_tab directory."""
    from nltk.tokenize.punkt import PunktParameters

    def lines(name):
        with open(os.path.join(directory, name), encoding="utf-8", newline="\n") as f:
            return [line.rstrip("\n") for line in f if line != "\n"]

    p = PunktParameters()
    p.abbrev_types = set(lines("abbrev_types.txt"))
    p.sent_starters = set(lines("sent_starters.txt"))
    p.collocations = {tuple(line.split("\t")) for line in lines("collocations.tab")}
    p.ortho_context = defaultdict(int)
    for line in lines("ortho_context.tab"):
        word, bits = line.split("\t")
        p.ortho_context[word] = int(bits)
    return p


def tokenize(args):
    from nltk.tokenize.destructive import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    punkt = PunktSentenceTokenizer(tables(args.punkt))
    words = NLTKWordTokenizer()
    csv.field_size_limit(1 << 30)
    source = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="")
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    reader = csv.reader(source, skipinitialspace=True)
    next(reader)
    for record in reader:
        if not record:
            continue
        text = record[0].lower() if args.lower == "early" else record[0]
        for sentence in punkt.tokenize(text):
            if args.lower == "late":
                sentence = sentence.lower()
            wrapped = "%s %s %s" % (START, sentence, END)
            tokens = [t for piece in punkt.tokenize(wrapped) for t in words.tokenize(piece)]
            assert tokens[0] == START and tokens[-1] == END, tokens
            out.write(" ".join(tokens[1:-1]) + "\n")
    out.flush()


MARKS = list(".?!") * 6 + ["..", "...", ". . .", "?!", "!!!"]
AFTER = list(")\";}]*:@'({[!?") + list("`,-#&<>$%/\\_=+~^|")
SPACE = [" "] * 16 + list("\n\n\t\r\v\f\x1c\x1f\x85\xa0\u2028\u2029\u3000\u1680\u202f")
QUOTES = ["''", "``", '"', '"', "'", "'", "«", "»", "“", "”", "‘", "’", "„", "'''", '""']
ODD = list("éÉßſıİΣσςΑα½²٣０Ⅷⅷªᵃǅ中😀\u0301\u200b\u200d\ufeff…–—．。。𝐀𝐚Ⓐⓐ\x00\x01\x7f")
DASHES = ["-", "--", "---", "- -", "-----"]
NUMBERS = ["1", "5.", "1,000", "10:30", "-5.", "3-2.", "1990.", "$5.", "5th.", ",5", "٣."]
WORDS = """the The he He she She it It i I however However according According in In but But
 mr. Mr. mrs. dr. Dr. u.s. U.S. u.s U.K. e.g. i.e. etc. etc Etc. no. No. vs. vs v. st. St. ok. Ok.
 a. A. b. B. z. Z. j. J. _. ½. é. É. jan. co. Co. inc. inc.-x. non-u.s. x-mr. wash. ala. p.m. P.M.
 don't DON'T Don't don'T n't 't 's 'S 'm 'd 'll 'LL 'Ll 're 'RE 've n'T can't isn't
 cannot CANNOT Cannot gonna gimme gımme GİMME gotta lemme wanna Wanna d'ye D'Ye more'n more'N 'tis
 'Tis 'TIS 'tıs 'twas 'twaſ 'tis'twas 'twas'tis cannot'tis xcannot cannotx -cannot 'tisn't
 it's It's dogs' rock'n'roll 'n' 'a' 'x 'xy '80s o'neil O'Neil SENTENCE_START SENTENCE_END
 http://x.com/a_b?c=d www.x.com 10:30a.m a,b c:d ,, :: ,: :, ;) :) <3 -> </b> &amp; &#x200B; f*ck ** #1
 word Word WORD word. Word. movie film""".split()


def random_text(r):
    """A wide choice with words and spaces, or a few things over and over."""
    pools = [MARKS, AFTER, SPACE, QUOTES, ODD, DASHES, NUMBERS, WORDS, WORDS, list("abcxyzABCXYZ019")]
    weights = [r.random() ** 2 for _ in pools]
    spaced = r.random()
    out = []
    if r.random() < 0.5:
        few = [r.choice(r.choice(pools)) for _ in range(r.randrange(2, 7))] + [" "]
        return "".join(r.choice(few) for _ in range(r.randrange(2, 40)))
    for _ in range(r.randrange(1, 30)):
        out.append(r.choice(r.choices(pools, weights)[0]))
        if r.random() < spaced:
            out.append(r.choice(SPACE) if r.random() < 0.3 else " ")
    return "".join(out)


def damaged(r, text):
    n = r.randrange(20, 600)
    at = r.randrange(max(1, len(text) - n))
    chars = list(text[at:at + n])
    capital = r.random()
    sentence = True
    for i, c in enumerate(chars):
        if c.isalpha() and (i == 0 or chars[i - 1] == " "):
            if sentence and r.random() < capital or r.random() < 0.1:
                chars[i] = c.upper()
            sentence = False
        if c in ".?!":
            sentence = True
    for _ in range(r.randrange(0, 12)):
        i = r.randrange(len(chars))
        what = r.randrange(3)
        new = r.choice(r.choice([MARKS, AFTER, SPACE, QUOTES, ODD, DASHES, NUMBERS, WORDS]))
        if what == 0:
            chars[i] = new
        elif what == 1:
            chars.insert(i, new)
        elif len(chars) > 1:
            del chars[i]
    return "".join(chars)


def generate(args):
    r = random.Random(args.seed)
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["body"])
    for _ in range(args.random):
        writer.writerow([random_text(r)])
    if args.text:
        csv.field_size_limit(1 << 30)
        with open(args.text, encoding="utf-8", newline="") as f:
            texts = [x[0] for x in csv.reader(f, skipinitialspace=True) if x and x[0]][1:]
        for _ in range(args.random):
            writer.writerow([damaged(r, r.choice(texts))])
    out.flush()


def main():
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("-p", "--punkt", help="directory of Punkt tables")
    p.add_argument("-l", "--lower", choices=["early", "late", "never"], default="early")
    p.add_argument("-r", "--random", type=int, help="write so many random texts instead")
    p.add_argument("-s", "--seed", type=int, default=1)
    p.add_argument("-t", "--text", help="and as many cut from this CSV")
    args = p.parse_args()
    if args.random is not None:
        generate(args)
    elif args.punkt:
        tokenize(args)
    else:
        p.error("either -p or -r")


if __name__ == "__main__":
    main()
