# What the benchmarks need to run others' programs.

# python MODULE: a python3 that has it, or nothing
python() {
	local p
	for p in python3 /usr/bin/python3; do
		if "$p" -c "import $1" 2>/dev/null; then
			echo "$p"
			return
		fi
	done
}

# per_sentence: the mean out of bench_time.py's line
per_sentence() {
	sed -n 's/.*: \([0-9.]*\) ms per sentence.*mean \([0-9.]*\).*/\2/p'
}
