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
    for name, how in flags:
        add(name, **how)
    a = p.parse_args()
    limit_threads(a.threads)
    return a


def limit_threads(n):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(n)


def pace(step, characters, seconds):
    """Calls step() for so many seconds and prints what tests/bench/cells prints."""
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


def measure(name, step, items, a, sentences=None, wait=None):
    """Calls step(x, y) for every item and prints what a sentence takes; there
    are as many as items unless it is said.  A device that only takes orders is
    waited for at the end of each pass: then a pass is on the clock, not a step."""
    for i in range(a.warm_up):
        step(*items[i % len(items)])
    clocked = [items] if wait else [[item] for item in items]
    wait = wait or (lambda: None)
    sentences = sentences or len(items)
    took = []
    wait()
    for _ in range(a.passes):
        for some in clocked:
            begin = time.perf_counter()
            for x, y in some:
                step(x, y)
            wait()
            took.append(time.perf_counter() - begin)
    words = a.passes * sum(len(y) for _, y in items)
    each = 1e3 * len(clocked) / sentences
    print("%s: %.4f ms per sentence (median; mean %.4f, %.0f words/s), %d sentences, %d threads"
          % (name, each * statistics.median(took), each * statistics.mean(took),
             words / sum(took), a.passes * sentences, a.threads))
