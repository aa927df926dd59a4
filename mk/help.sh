#!/bin/sh
# help.sh: what make can be asked for
cat <<'END'
make                 build everything; the programs are then in bin/
make demo            install dependencies, build, train on data/comments.csv
make test            run all tests; T=vocab: only those of one program or module;
                     SAN=address,undefined: in a build with sanitizers
make install         programs, pages, completion below PREFIX (/usr/local) and DESTDIR;
                     PROGRAM_PREFIX=unroll-: names begin with it
make uninstall       remove what install installed
make bench           training speed against NumPy, PyTorch and OpenBLAS (BENCH.md)
make bench-text      speed of the text programs; CSV=FILE: on your own corpus
make profile         where the time of a training step goes, layer by layer
make test-cuda       test the plugin for NVIDIA GPUs on a GPU
make bench-cuda      measure it there
make test-arm        test a build for AArch64 under emulation; needs make deps-arm
make lint            shellcheck, cppcheck, mandoc, gcc and clang with -Werror
make fuzz            run each fuzz target for FUZZ_SECONDS (60); needs clang
make deps            install the Debian packages that building and testing need
make deps-dev        ... and those of lint, fuzz and bench
make deps-arm        ... and those of test-arm
make clean           remove everything that was built
END
