#!/bin/sh
# help.sh: lists the targets of the Makefile
cat <<'END'
make                 build everything; the programs are in bin/
make demo            install dependencies, build, and train on data/comments.csv
make test            run all tests; T=vocab: only those of one program or module;
                     SAN=address,undefined: with sanitizers
make install         install programs, manual pages, completion and pipelines;
                     PREFIX=/usr/local, DESTDIR=; PROGRAM_PREFIX=unroll-: prefix
                     of the program names
make uninstall       remove what make install installed
make bench           training speed compared with NumPy, PyTorch and OpenBLAS
make bench-mpi       training by several processes; needs MPI
make bench-quality   bits a word against time, by output layer; CSV=FILE, EPOCHS=N
make bench-vocab     speed and memory of training with 8,000 to 1,000,000 words
make bench-text      speed of the text programs; CSV=FILE: on your own corpus
make profile         time of a training step, layer by layer
make test-arm        test a build for AArch64 under emulation; needs make deps-arm
make test-cuda       test the plugin for NVIDIA GPUs; needs a GPU
make bench-cuda      measure that plugin; needs a GPU
make gpu-kit         pack both in build/gpu for a machine with a driver and nothing else
make lint            shellcheck, cppcheck, mandoc, gcc and clang with -Werror
make fuzz            run each fuzz target for FUZZ_SECONDS (60); needs clang
make deps            install the Debian packages for building and testing
make deps-dev        also install those for lint, fuzz and plots
make deps-arm       also install those for test-arm
make clean           remove everything that was built
END
