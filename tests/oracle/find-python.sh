#!/bin/sh
# find-python.sh STATEMENT: prints the name of a python3 that can do it, such as
# 'import numpy'; nothing, and status 1, where none can.  What Debian's packages
# bring is not always seen by the first python3 in PATH.
for p in python3 /usr/bin/python3; do
	if "$p" -c "$1" 2> /dev/null; then
		echo "$p"
		exit 0
	fi
done
exit 1
