"""What the benchmarks share: options, data, and a clock around each step.

Import this before NumPy: libraries look at the number of threads once, when
they are loaded.
"""
import argparse
import os
import statistics
import time


def arguments(description, flags=()):
    p = argparse.ArgumentParser(description=description)
    add = p.add_argument
    add("--data", required=True, metavar="FILE", help="lines of indexes")
    add("--hidden", type=int, default=100)
    add("--vocab", type=int, default=8000)
    add("--bptt", type=int, default=4)
    add("--rate", type=float, default=0.005)
    add("--seed", type=int, default=10)
    add("--limit", type=int, metavar="N", help="only the first N sentences")
    add("--passes", type=int, default=1, help="how often over all sentences")
    add("--warm-up", type=int, default=10, metavar="N", help="steps before the clock starts")
    add("--threads", type=int, default=1)
    for name, text in flags:
        add(name, action="store_true", help=text)
    a = p.parse_args()
    limit_threads(a.threads)
    return a


def limit_threads(n):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(n)


def pace(step, characters, seconds):
    """Calls step() for so many seconds and prints what bench/cells prints."""
    for _ in range(3):
        step()
    took = []
    begin = time.perf_counter()
    while len(took) < 3 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        took.append(time.perf_counter() - start)
    median = statistics.median(took)
    print("%.0f chars/s %.4f ms" % (characters / median, 1e3 * median))


def measure(name, step, sentences, a):
    """Calls step(x, y) for every sentence and prints what one takes."""
    for i in range(a.warm_up):
        step(*sentences[i % len(sentences)])
    took = []
    for _ in range(a.passes):
        for x, y in sentences:
            begin = time.perf_counter()
            step(x, y)
            took.append(time.perf_counter() - begin)
    words = a.passes * sum(len(y) for _, y in sentences)
    print("%s: %.3f ms per sentence (median; mean %.3f, %.0f words/s), %d sentences, %d threads"
          % (name, 1e3 * statistics.median(took), 1e3 * statistics.mean(took),
             words / sum(took), len(took), a.threads))
