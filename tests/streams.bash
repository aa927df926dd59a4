# Damaged copies of a stream, for the tests of its readers.

# cuts FILE DIR: every proper beginning of FILE, as DIR/00001 (its length) etc.
cuts() {
	mkdir -p "$2"
	perl -e '
		($file, $dir) = @ARGV;
		open F, "<", $file or die; binmode F; local $/; $all = <F>;
		for $n (0 .. length($all) - 1) {
			open O, ">", sprintf("%s/%05d", $dir, $n) or die;
			binmode O; print O substr($all, 0, $n); close O;
		}' "$1" "$2"
}

# flips FILE DIR: FILE with one byte changed, each byte by several masks.
flips() {
	mkdir -p "$2"
	perl -e '
		($file, $dir) = @ARGV;
		open F, "<", $file or die; binmode F; local $/; $all = <F>;
		for $n (0 .. length($all) - 1) {
			for $mask (0x01, 0x04, 0x10, 0x20, 0x80, 0xff) {
				$bad = $all;
				substr($bad, $n, 1) ^= chr $mask;
				open O, ">", sprintf("%s/%05d-%02x", $dir, $n, $mask) or die;
				binmode O; print O $bad; close O;
			}
		}' "$1" "$2"
}

# bits FILE DIR N: N copies with one bit changed, bits and bytes at random but each once.
bits() {
	mkdir -p "$2"
	perl -e '
		($file, $dir, $n) = @ARGV;
		open F, "<", $file or die; binmode F; local $/; $all = <F>;
		srand 1;
		while ($n > 0) {
			$bit = int rand 8 * length $all;
			next if $done{$bit}++;
			$bad = $all;
			substr($bad, $bit >> 3, 1) ^= chr 1 << ($bit & 7);
			open O, ">", sprintf("%s/%06d", $dir, $bit) or die;
			binmode O; print O $bad; close O;
			$n--;
		}' "$@"
}

# swaps FILE DIR: copies with two different lines swapped, each pair of them.
swaps() {
	mkdir -p "$2"
	perl -e '
		($file, $dir) = @ARGV;
		open F, "<", $file or die; @line = <F>;
		for $i (0 .. $#line) {
			for $j ($i + 1 .. $#line) {
				next if $line[$i] eq $line[$j];
				@l = @line;
				@l[$i, $j] = @l[$j, $i];
				open O, ">", "$dir/$i-$j" or die;
				print O @l; close O;
			}
		}' "$1" "$2"
}

# refuses TOOL FILE: status 1 and one line on standard error.
refuses() {
	local status=0 said
	"$1" < "$2" > out 2> err || status=$?
	mapfile -t said < err	# no process of its own: there are thousands of calls
	if [ "$status" -ne 1 ] || [ "${#said[@]}" -ne 1 ] ||
	    [[ "${said[0]}" != "$1: standard input: "* ]]; then
		echo "# $1 < $2: status $status"
		sed 's/^/# /' err
		return 1
	fi
}

# all_refused TOOL DIR: every file in it is, and there are some; with a sanitizer, which is
# slow, every fifth.
all_refused() {
	local f n=0 files=("$2"/*)
	[ -z "${SAN:-}" ] || mapfile -t files < <(printf '%s\n' "${files[@]}" | awk 'NR % 5 == 1')
	for f in "${files[@]}"; do
		refuses "$1" "$f" || return 1
		n=$((n + 1))
	done
	if [ -n "${SAN:-}" ]; then [ "$n" -gt 9 ]; else [ "$n" -gt 50 ]; fi
}
