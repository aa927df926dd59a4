#!/usr/bin/env bats
# Saving a model: under another name, then renamed; if that fails, the old one remains.
# shellcheck disable=SC2030,SC2031  # status is of each test
load helper
load forged

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# unwritten PATH MESSAGE: saving there fails with the message and leaves no file
unwritten() {
	local before
	before=$(ls -lR --time-style=+)
	run "$UNIT/model" make "$1" 3 5 f4 10
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$output" = "model: $1: $2" ]
	[ "$(ls -lR --time-style=+)" = "$before" ]
}

@test "paths where a model cannot be written" {
	mkdir d
	mkfifo p
	ln -s nothing dangling
	unwritten /dev/full "is not a regular file"
	[ -c /dev/full ]
	unwritten d "is a directory"
	unwritten p "is not a regular file"
	unwritten dangling "is a symbolic link that leads nowhere"
	unwritten none/m.npz "cannot create a file in its folder: No such file or directory"
	unwritten "" "No such file or directory"
}

@test "a folder or a file without write permission" {
	[ "$(id -u)" -ne 0 ] || skip "root may write anywhere"
	mkdir d
	chmod 555 d
	unwritten d/m.npz "cannot create a file in its folder: Permission denied"
	"$UNIT/model" make m.npz 3 5 f4 10
	chmod 444 m.npz
	unwritten m.npz "Permission denied"
}

@test "a full disk leaves the old model, and no other file" {
	local k
	"$UNIT/model" make m.npz 3 5 f4 10
	cp m.npz old
	for k in 0 1 4 40; do	# in the first write, in the last, between
		run bash -c "trap '' XFSZ; ulimit -f $k; '$UNIT/model' make m.npz 50 100 f8 1 2>&1 | cat"
		[ "$output" = "model: m.npz: File too large" ]
		run bash -c "trap '' XFSZ; ulimit -f $k; '$UNIT/model' make new.npz 50 100 f8 1 2>&1 | cat"
		[ "$output" = "model: new.npz: File too large" ]
		[ "$(echo *)" = "m.npz old" ]
		cmp m.npz old
	done
	run bash -c "trap '' XFSZ; ulimit -f 1; '$UNIT/model' make m.npz 3 5 f4 1 2>&1 | cat"
	[ "$output" = "model: m.npz: File too large" ]
	[ "$(echo *)" = "m.npz old" ]
	cmp m.npz old
}

@test "a symbolic link is followed, and modes are kept" {
	mkdir d
	ln -s d/real link
	(umask 027; "$UNIT/model" make d/real 3 5 f4 1)
	[ "$(stat -c %a d/real)" = 640 ]
	chmod 604 d/real
	"$UNIT/model" make link 3 5 f4 2
	[ -L link ]
	[ "$(stat -c %a d/real)" = 604 ]
	[ "$(echo d/*)" = d/real ]
	"$UNIT/model" make two 3 5 f4 2
	cmp d/real two
	[ "$(stat -c %a two)" = "$(printf '%o' $((0666 & ~$(umask))))" ]
}

# while_written PROGRAM FILE: the mode of the temporary file while FILE is written, twice if
# it has a name
while_written() {
	local tmp file input
	coproc "$UNIT/$1" "$2"
	input=${COPROC[1]}
	read -r tmp file <&"${COPROC[0]}"
	stat -L -c %a "$file"
	[ "$tmp" = none ] || stat -c %a "$tmp"
	exec {input}>&-
	wait "$COPROC_PID"
}

@test "nobody else may read a file before it is in place" {
	umask 022
	for program in atomic atomic_named; do
		rm -f new
		run -0 while_written $program new
		[[ "$output" == 600 || "$output" == $'600\n600' ]]
		[ $program = atomic ] || [ "${#lines[@]}" -eq 2 ]
		[ "$(stat -c %a new)" = 644 ]
		chmod 640 new
		run -0 while_written $program new
		[[ "$output" == 600 || "$output" == $'600\n600' ]]
		[ "$(stat -c %a new)" = 640 ]
		chmod 600 new
		run -0 while_written $program new
		[ "$(stat -c %a new)" = 600 ]
		[ "$(echo *)" = new ]
	done
}

@test "a file keeps its owner and group" {
	[ "$(id -u)" -eq 0 ] || skip "only root may give files away"
	for program in atomic atomic_named; do
		echo old > file
		chown 12:34 file
		chmod 640 file
		echo new | "$UNIT/$program" file > said
		[ "$(stat -c '%u:%g %a' file)" = '12:34 640' ]
		[ "$(cat file)" = new ]
	done
}

@test "a file that may not be linked is copied" {
	type strace > /dev/null || skip "no strace"
	[ -z "${SAN:-}" ] || skip "a leak check cannot be traced"
	echo old > file
	for error in EPERM EXDEV ENOENT; do
		echo "$error" | strace -o calls -e trace=linkat -e inject=linkat:error=$error "$UNIT/atomic" file > said
		[ "$(cat file)" = $error ]
		[ "$(echo *)" = "calls file said" ]
	done
}

@test "file and folder are on the disk before and after the rename" {
	type strace > /dev/null || skip "no strace"
	[ -z "${SAN:-}" ] || skip "a leak check cannot be traced"
	mkdir d
	strace -f -e trace=fsync,rename,renameat,renameat2 -o calls "$UNIT/model" make d/m.npz 3 5 f4 1
	[ "$(sed -n 's/^[0-9 ]*\([a-z]*\)(.*/\1/p' calls | sed 's/renameat2*/rename/' | paste -sd ' ')" = "fsync rename fsync" ]
	rm d/m.npz
	strace -f -e trace=fsync,rename,renameat,renameat2 -o calls vocab -q -o d/m.npz <<< 'SENTENCE_START a SENTENCE_END' > v
	[ "$(sed -n 's/^[0-9 ]*\([a-z]*\)(.*/\1/p' calls | sed 's/renameat2*/rename/' | paste -sd ' ')" = "fsync rename fsync" ]
}

@test "what killed programs left is removed; files in use and other names are not" {
	local living=$$ keep
	# a process that is dead, and this one's own numbers after exec
	touch unroll-999999999-0.tmp unroll-999999999-12.tmp unroll-old.npz.lock
	keep="unroll-$living-0.tmp unroll-x-1.tmp unroll-1-x.tmp unroll-999999999-1.tmp.npz unroll-.lock unroll-999999999-7.tmp unroll-used.npz.lock"
	# shellcheck disable=SC2086
	touch $keep
	for f in unroll-999999999-7.tmp unroll-used.npz.lock; do
		flock $f sleep 30 3>&- &
		until ! flock -n $f true; do sleep 0.01; done
	done
	mkdir folder
	touch folder/unroll-999999999-0.tmp
	bash -c "for i in 0 1 2; do echo mine > unroll-\$\$-\$i.tmp; done; echo \$\$ > pid
	    exec '$UNIT/model' make m.npz 3 5 f4 1"
	"$UNIT/model" show m.npz
	# shellcheck disable=SC2086
	[ "$(printf '%s\n' * | sort)" = "$(printf '%s\n' $keep folder m.npz pid | sort)" ]
	[ -e folder/unroll-999999999-0.tmp ]
	kill %1 %2
	echo | vocab -q -o folder/table > v || true
	[ ! -e folder/unroll-999999999-0.tmp ]
}

@test "where files need a name, too, names of others are left alone" {
	bash -c "for i in 0 1 2; do echo mine > unroll-\$\$-\$i.tmp; exec {fd}< unroll-\$\$-\$i.tmp; flock \$fd; done
	    echo \$\$ > pid; exec '$UNIT/atomic_named' file < <(echo new) > said"
	grep -qx "unroll-$(cat pid)-3.tmp .*" <(sed 's|.*/unroll|unroll|' said)
	[ "$(cat file)" = new ]
	[ "$(cat "unroll-$(cat pid)-"[012].tmp | grep -c mine)" -eq 3 ]
}

@test "a model that could not be loaded is not written" {
	run "$UNIT/model" make m.npz 0 5 f4 1
	[ "$output" = "model: m.npz: hidden size 0: must be between 1 and 65536" ]
	run "$UNIT/model" make m.npz 3 16777217 f4 1
	[ "$output" = "model: m.npz: vocabulary size 16777217: must be between 2 and 16777216" ]
	[ "$(echo *)" = "*" ]
}

@test "weights that are larger than the memory" {
	[ -z "${SAN:-}" ] || skip "a sanitizer reserves more addresses than the limit"
	run bash -c "ulimit -v 1000000; '$UNIT/model' make m.npz 65536 16777216 f8 1"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: the weights do not fit into memory" ]
	"$UNIT/model" make m.npz 1000 10000 f8 1
	run bash -c "ulimit -v 60000; '$UNIT/model' show m.npz"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: the weights do not fit into memory" ]
	# the weights fit, but not the array they are read from as well
	run bash -c "ulimit -v 200000; '$UNIT/model' show m.npz"
	[ "$status" -eq 1 ]
	[ "$output" = "model: m.npz: array 'U' does not fit into memory" ]
}
