#!/usr/bin/env bats
# train keeps what has been trained: which files it replaces, what it does on signals and
# when it cannot write, and that only one run writes a file.
# shellcheck disable=SC2030,SC2031  # status is of each test
load helper

export TOOL=train	# whose refusals refused() looks at

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	small_data > words
}

# the log without its times
untimed() {
	sed 's/^[0-9-]* [0-9:]*: //' "$@"
}

# begin COMMAND...: runs it in the background with default signals, as $pid
begin() {
	: > log
	: > err
	env --default-signal=INT,HUP,TERM "$@" > log 2> err 3>&- &
	pid=$!
}

# until_true COMMAND...: waits until it is true, 30 s at most
until_true() {
	for _ in {1..1500}; do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

# ended: waits for $pid; its status in `stopped`
ended() {
	stopped=0
	wait "$pid" || stopped=$?
}

# evaluating: asks for a report, and looks whether $pid is in an evaluation
evaluating() {
	kill -USR1 "$pid"
	grep -q evaluating err
}

# ---- What is replaced

@test "weights that have had no training do not replace a model" {
	train -q -H 2 -e 1 -E 1 -v 0.3 -o m.npz words > log
	cp m.npz was.npz
	cp m.best.npz was.best.npz
	small_data repeated 3000 > long
	# killed when the first evaluation has been logged
	begin train -q -H 2 -e 1 -E 1 -v 0.3 -o m.npz long
	until_true [ -s log ]
	kill -KILL $pid
	ended
	cmp m.npz was.npz
	cmp m.best.npz was.best.npz
	[ "$(printf '%s\n' unroll*)" = "$(printf '%s\n' unroll-m.best.npz.lock unroll-m.npz.lock)" ]
	# diverged in the first epoch
	"$BUILD/tests/unit/scale" m.npz V 4e38 steep.npz
	run -1 --separate-stderr train -q -i steep.npz -r 1e6 -E 1 -v 0.3 -o m.npz words
	[[ "$stderr" == *' (last model saved: none)' ]]
	cmp m.npz was.npz
	cmp m.best.npz was.best.npz
	[ "$(echo unroll*)" = 'unroll*' ]
	# with no epoch at all the initial weights are what was asked for
	train -q -H 2 -e 0 -E 1 -o m.npz words > log
	run -1 cmp -s m.npz was.npz
}

@test "a resumed run leaves the models at another -o in place until it has trained" {
	small_data repeated 100 > long
	train -q -H 2 -e 1 -E 1 -v 0.3 -o m.npz words > log
	mkdir was
	cp m.npz m.best.npz was
	train -q -H 600 -B 10000 -r 1e-5 -e 9 -E 1 -N 1 -v 0.1 -o a.npz long > log
	[ -e a.best.npz ]
	begin train -q -d ref -R a.npz -o m.npz long
	until_true [ -e unroll-m.best.npz.lock ]
	sleep 0.3
	kill -KILL $pid
	ended
	[ ! -s log ]
	cmp m.npz was/m.npz
	cmp m.best.npz was/m.best.npz
}

@test "a signal in an evaluation: it is cut short, and nothing is saved before the first step" {
	small_data repeated 3000 > long
	train -q -H 2 -e 1 -o m.npz words > log
	cp m.npz was.npz
	begin train -d ref -H 200 -e 2 -E 1 -o m.npz long
	until_true [ -e unroll-m.npz.lock ]	# or it has no handlers yet
	until_true evaluating
	kill -TERM $pid
	ended
	[ "$stopped" -eq 143 ]
	[ ! -s log ]
	[ "$(tail -n 1 err)" = 'train: interrupted before the first step; nothing was saved' ]
	cmp m.npz was.npz
	[ "$(echo unroll*)" = 'unroll*' ]
}

@test "the best model is one that has been trained" {
	# the rate is so high that the first weights are never bettered
	train -q -H 3 -e 3 -E 1 -r 5 -v 0.3 --max-loss-ratio 0 -o m.npz words > log 2> err
	untimed log | sed -n 's/^Validation.*: //p' > losses
	[ "$(sort -g losses | head -n 1)" = "$(head -n 1 losses)" ]
	want=$(tail -n +2 losses | sort -g | head -n 1)
	small_data tail -n +10 > last
	score -q -t m.best.npz last | sed -n 's/^loss\t//p' |
	    awk -v w="$want" '{ exit !($1 - w < 1e-5 && w - $1 < 1e-5) }'
}

@test "without -o a file that exists is not replaced; --force does" {
	run -0 --separate-stderr train -H 2 -e 1 words
	[[ "$stderr" != *replaced* ]]
	cp model.npz was.npz
	for o in '' '-q' '-i was.npz'; do
		# shellcheck disable=SC2086
		refused 1 'model.npz: exists already; choose another file with -o, resume its training with -R, or replace it with --force' $o words
		# nothing is read
		# shellcheck disable=SC2086
		refused 1 'model.npz: exists already' $o missing
	done
	cmp model.npz was.npz
	rm model.npz
	cp was.npz model.best.npz
	refused 1 'model.best.npz: exists already' -v 0.3 words
	: > model.npz			# as mktemp leaves it
	: > model.best.npz
	train -q -H 3 -e 1 -v 0.3 words > log
	cp was.npz model.best.npz
	run -0 --separate-stderr train --force -H 4 -e 1 -v 0.3 words
	[[ "$stderr" != *replaced* ]]
	run -1 cmp -s model.best.npz was.npz
	train -q -R model.npz -e 2 words > log
}

@test "a model that -o names is replaced with a word, another file is not" {
	train -q -H 2 -e 1 -o m.npz words > log
	run -0 --separate-stderr train -H 3 -e 1 -o m.npz words
	[ "${stderr_lines[0]}" = 'train: m.npz: the model that is there will be replaced' ]
	for o in -q --force '-q --force'; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr train $o -H 3 -e 1 -o m.npz words
		[[ "$stderr" != *replaced* ]]
	done
	run -0 --separate-stderr train -R m.npz -o m.npz -e 2 words
	[[ "$stderr" != *replaced* ]]
	train -q -H 3 -e 1 -o other.npz words > log
	run -0 --separate-stderr train -R m.npz -o other.npz -e 3 words
	[ "${stderr_lines[0]}" = 'train: other.npz: the model that is there will be replaced' ]
	echo 'my notes' > notes
	cp notes notes.was
	refused 1 'notes: exists and is not a model; choose another file, or replace it with --force' -o notes words
	cp notes n.best.npz
	refused 1 'n.best.npz: exists and is not a model' -v 0.3 -o n.npz words
	cmp notes notes.was
	: > empty
	train -q -H 2 -e 1 -o empty words > log
	train -q -H 2 -e 1 --force -o notes words > log
	score -t notes words > totals
}

# ---- Signals

@test "ended by a signal, train saves and then dies by it" {
	[ -z "${SAN:-}" ] || skip "the moments are those of an ordinary build"
	small_data repeated 300 > long
	train -q -H 20 -e 40 -E 40 -o whole.npz long > log
	n=0
	for signal in INT:130 TERM:143 HUP:129; do
		for delay in 0.1 0.03 0.3 0.01; do
			begin train -H 20 -e 40 -E 40 -o $signal.npz long
			until_true [ -s log ]
			sleep $delay
			kill -${signal%:*} $pid
			ended
			[ "$stopped" -eq 0 ] || break
			rm $signal.npz
		done
		[ "$stopped" -eq "${signal#*:}" ]
		grep -qE "^train: interrupted in epoch [0-9]+ after [0-9]+ sentences; resume with: train -R $signal\.npz long\$" err
		train -q -R $signal.npz long > log
		cmp $signal.npz whole.npz
		n=$((n + 1))
	done
	[ "$n" -eq 3 ]
	[ "$(echo unroll*)" = 'unroll*' ]
}

@test "a loop of the shell can be left with Ctrl-C" {
	small_data repeated 300 > long
	# shellcheck disable=SC2016 # the inner shell's own
	begin setsid bash -c 'for h in 10 20; do train -q -H $h -e 500 -E 0 -l 100 -o $h.npz long; done; echo end'
	until_true [ -s log ]
	kill -INT -- -$pid
	ended
	[ "$stopped" -eq 130 ]
	[ -e 10.npz ]
	[ ! -e 20.npz ]
	run -1 grep -q end log
}

@test "two signals in a row are one, as timeout sends them; not so after a second" {
	[ -z "${SAN:-}" ] || skip "the moments are those of an ordinary build"
	small_data repeated 300 > long
	for i in {1..20}; do
		begin train -H 20 -e 5000 -E 0 -l 10 -o $i.npz long
		until_true [ -s log ]
		kill -TERM $pid
		kill -TERM $pid || true # on a slow machine it may have ended by now
		kill -HUP $pid || true
		ended
		[ "$stopped" -eq 143 ]
		score -q -t $i.npz words > totals
	done
	# in a step that takes long
	small_data | sed 1q > line
	begin train -d ref -H 1500 -B 10000 -E 0 -o slow.npz long
	until_true [ -e unroll-slow.npz.lock ]
	sleep 0.7
	kill -TERM $pid
	sleep 1.2
	kill -0 $pid
	kill -TERM $pid
	ended
	[ "$stopped" -eq 143 ]
	[ ! -s err ]
	[ ! -e slow.npz ]
	[ "$(echo unroll*)" = 'unroll*' ]
}

@test "timeout ends a run with its model saved" {
	[ -z "${SAN:-}" ] || skip "the moments are those of an ordinary build"
	small_data repeated 300 > long
	for name in a b c d e; do
		run -124 --separate-stderr timeout 1 train -q -H 20 -e 5000 -E 0 -o $name.npz long
		[[ "$stderr" == 'train: interrupted in epoch '* ]]
		score -q -t $name.npz words > totals
	done
}

@test "SIGUSR1 is answered with a line, and changes nothing" {
	[ -z "${SAN:-}" ] || skip "the moments are those of an ordinary build"
	small_data repeated 300 > long
	train -q -H 20 -e 20 -E 10 -v 0.1 -o whole.npz long > whole.log
	begin train -q -H 20 -e 20 -E 10 -v 0.1 -o asked.npz long
	until_true [ -s log ]
	n=0
	while kill -USR1 $pid 2> /dev/null; do	# it has handlers: it has logged
		n=$((n + 1))
		sleep 0.01
	done
	ended
	[ "$stopped" -eq 0 ]
	[ "$n" -gt 1 ]
	run -1 grep -vE '^train: epoch [0-9]+ of 20: [0-9]+ of 3510 sentences; [0-9]+ steps in [0-9]+ s(; evaluating: [0-9]+ of [0-9]+ words)?(; validation loss [0-9.]+)?$' err
	[ -s err ]
	cmp asked.npz whole.npz
	untimed log | cmp - <(untimed whole.log)
}

@test "a signal that was ignored stays ignored" {
	small_data repeated 300 > long
	trap '' HUP INT
	train -q -H 20 -e 5 -E 1 -o m.npz long > log 2> err 3>&- &
	pid=$!
	until_true [ -s log ]
	kill -HUP $pid
	kill -INT $pid
	ended
	[ "$stopped" -eq 0 ]
	[ "$(untimed log | tail -n 1 | sed 's/:.*//')" = 'Loss after num_examples_seen=19500 epoch=5' ]
}

@test "while the text is read a signal ends the program, and nothing is left" {
	mkfifo text
	for signal in INT:130 TERM:143 HUP:129; do
		begin train -o m.npz text
		exec {input}> text
		head -n 3 words >&$input
		until_true [ -e unroll-m.npz.lock ]
		kill -USR1 $pid
		sleep 0.05
		kill -${signal%:*} $pid
		ended
		exec {input}>&-
		[ "$stopped" -eq "${signal#*:}" ]
		[ ! -s err ]
		[ "$(echo *)" = 'err log text words' ]
	done
}

# ---- What cannot be written

@test "a loss log that cannot be written ends the run with its model saved" {
	train -q -H 3 -e 9 -E 0 -l 5 -o whole.npz words > log
	run -1 --separate-stderr pipe 'train -H 3 -e 9 -E 0 -l 5 -o full.npz words > /dev/full'
	[ "$stderr" = 'train: write error on standard output: No space left on device; the model is saved; resume with: train -R full.npz words' ]
	grep -a '^steps=5$' full.npz
	train -q -R full.npz words > log
	cmp full.npz whole.npz
	run -1 --separate-stderr pipe 'train -H 3 -e 9 -E 1 -o none.npz words > /dev/full'
	[ "$stderr" = 'train: write error on standard output: No space left on device' ]
	[ ! -e none.npz ]
}

@test "a reader that leaves ends the run by SIGPIPE, with its model saved" {
	train -q -H 3 -e 500 -E 0 -l 5 -o whole.npz words > log
	# shellcheck disable=SC2016 # the inner shell's own
	run -0 --separate-stderr bash -c 'train -H 3 -e 500 -E 0 -l 5 -o pipe.npz words | head -n 3; echo ${PIPESTATUS[0]}'
	[ "${lines[3]}" = 141 ]
	[[ "$stderr" == 'train: output closed in epoch '*' sentences; resume with: train -R pipe.npz words' ]]
	train -q -R pipe.npz words > log
	cmp pipe.npz whole.npz
	# the terminal's end of standard error
	# shellcheck disable=SC2016 # the inner shell's own
	run -0 bash -c 'train -H 3 -e 500 -E 0 -l 5 -o both.npz words 2>&1 | head -n 3 > /dev/null; echo ${PIPESTATUS[0]}'
	[ "$output" = 141 ]
	train -q -R both.npz words > log
	cmp both.npz whole.npz
}

@test "a save that fails does not end the run; the next one tries again" {
	small_data repeated 30 > long
	mkdir d
	train -q -H 10 -e 400 -E 20 -v 0.1 -o whole.npz long > log
	begin train -q -H 10 -e 400 -E 20 -v 0.1 -o d/m.npz --save-every 1000 long
	until_true [ -e d/m.npz ]
	mv d away
	until_true [ -s err ]
	mv away d
	ended
	[ "$stopped" -eq 0 ]
	grep -qx 'train: d/m.npz: not saved: .*No such file or directory; training continues, and the next save tries again' err
	cmp d/m.npz whole.npz
	cmp d/m.best.npz whole.best.npz
	# the last one
	begin train -q -H 10 -e 400 -E 20 -v 0.1 -o d/n.npz long
	until_true [ -e d/n.npz ]
	mv d away
	ended
	[ "$stopped" -eq 1 ]
	grep -qE '^train: d/n(\.best)?\.npz: not saved: [^;]*No such file or directory$' err
	score -q -t away/n.npz words > totals
}

@test "a full disk: the run goes on, the old model stays, status 1" {
	train -q -H 3 -e 1 -o m.npz words > log
	cp m.npz was.npz
	run -1 --separate-stderr bash -c 'ulimit -f 1; train -q -H 30 -e 2 -E 1 -o m.npz words'
	[ "${#lines[@]}" -ge 3 ]
	[ "$(grep -c 'm.npz: not saved: File too large; training continues, and the next save tries again' <<< "$stderr")" -eq 2 ]
	[ "$(tail -n 1 <<< "$stderr")" = 'train: m.npz: not saved: File too large' ]
	cmp m.npz was.npz
	[ "$(echo unroll*)" = 'unroll*' ]
}

# ---- Saves between evaluations

@test "--save-every: by steps, by time, never" {
	for v in '' x -1 1.5 1.5m m 10d '10 m' 10ms ' 5' +5 99999999999999999999 1e3; do
		refused 2 "--save-every: '$v' is not a number of steps, such as 5000, or a time, such as 30s, 10m or 2h" --save-every "$v" words
	done
	small_data repeated 300 > long
	for v in 0 0s 0h 1000s 2h 1m; do
		begin train -q -H 20 -e 500 -E 0 -l 100 -o never.npz --save-every $v long
		until_true [ -s log ]
		kill -KILL $pid
		ended
		[ ! -e never.npz ]
	done
	for v in 20 1s; do
		begin train -q -H 20 -e 5000 -E 0 -o $v.npz --save-every $v long
		until_true [ -e $v.npz ]
		kill -KILL $pid
		ended
		score -q -t $v.npz words > totals
	done
	[ "$(grep -a '^steps=' 20.npz | sed 's/.*=//' | awk '{ print $1 % 20 }')" = 0 ]
}

# ---- One run a file

@test "of two runs with one output, the second is refused before its work" {
	local taken=' is writing it; wait for its end, or choose another file'
	train -q -H 2 -e 1 -v 0.3 -o a.npz words > log
	cp a.npz other.npz
	ln -s a.npz link.npz
	mkfifo text
	begin train -q -H 2 -e 1 -v 0.3 -o a.npz text
	exec {input}> text
	until_true [ -s unroll-a.npz.lock ]
	# before text or model is read
	refused 1 "a.npz: process $(cat unroll-a.npz.lock)$taken" -o a.npz missing
	refused 1 "a.npz: process $(cat unroll-a.npz.lock)$taken" -R a.npz missing
	refused 1 "a.npz: process $(cat unroll-a.npz.lock)$taken" -R other.npz -o a.npz words
	refused 1 "link.npz: process $(cat unroll-a.npz.lock)$taken" -o link.npz words
	refused 1 "a.npz: process $(cat unroll-a.npz.lock)$taken" --force -o "$PWD/a.npz" words
	train -q -R other.npz -o free.npz words > log2
	cat words >&$input
	exec {input}>&-
	ended
	[ "$stopped" -eq 0 ]
	train -q -R a.npz -e 2 words > log
	[ "$(echo unroll*)" = 'unroll*' ]
}

@test "two names with one best model are two runs that write one file" {
	small_data repeated 3000 > long
	begin train -H 20 -e 500 -E 1 -v 0.1 -o a.npz long
	until_true [ -s log ]
	refused 1 "a.best.npz: process $(cat unroll-a.best.npz.lock) is writing it" -v 0.3 -o a words
	kill -TERM $pid
	ended
	train -q -H 2 -e 1 -v 0.3 -o a words > log
}

@test "the lock of a killed run holds nobody up, and is removed" {
	mkfifo text
	begin train -q -o a.npz text
	exec {input}> text
	until_true [ -s unroll-a.npz.lock ]
	kill -KILL $pid
	ended
	exec {input}>&-
	[ -e unroll-a.npz.lock ]
	train -q -H 2 -e 1 -o b.npz words > log
	[ ! -e unroll-a.npz.lock ]
	echo 1 > unroll-a.npz.lock
	train -q -H 2 -e 1 -o a.npz words > log
	[ "$(echo *)" = 'a.npz b.npz err log text words' ]
}

@test "of many runs that begin at the same time, one trains" {
	mkfifo text
	for _ in {1..5}; do
		pids=()
		for i in {1..8}; do
			train -q -H 2 -e 1 -E 0 -o m.npz text > out.$i 2> err.$i 3>&- &
			pids+=($!)
		done
		# the others end while one waits for its text
		until_true seven_refused
		[ "$(cat err.* | wc -l)" -eq 7 ]
		cat words > text
		n=0
		for p in "${pids[@]}"; do
			! wait "$p" || n=$((n + 1))
		done
		[ "$n" -eq 1 ]
		[ "$(cat err.* | grep -c 'is writing it')" -eq 7 ]
		rm err.* m.npz
	done
	[ "$(echo unroll*)" = 'unroll*' ]
}

seven_refused() {
	[ "$(cat err.* | wc -l)" -ge 7 ]
}

# ---- Killed at any moment

# killed TEXT OPTION...: kills train after a random time while it saves each step, and
# resumes what is there, which must come to the same bytes
killed() {
	local text=$1 delay
	shift
	train -q "$@" -N 60 -o whole.npz "$text" > log
	for _ in {1..13}; do
		rm -f part*.npz
		begin train -q "$@" -N 60 --save-every 1 -o part.npz "$text"
		printf -v delay '0.%03d' $((RANDOM % 120))
		sleep "$delay"
		kill -KILL $pid 2> /dev/null || true
		ended
		[ "$stopped" -ne 137 ] || kills=$((kills + 1))
		[ -e part.npz ] || continue
		cp part.npz was.npz
		train -q -R part.npz -N 60 --save-every 7 "$text" > log
		cmp part.npz whole.npz || return
		resumed=$((resumed + 1))
		[ "$(echo unroll*)" = 'unroll*' ] || return
	done
}

@test "killed at random moments: the model is whole, nothing is lost, nothing is left" {
	[ -z "${SAN:-}" ] || skip "the moments are those of an ordinary build"
	head -c 4800 "$TOP/data/comments.csv" | tok -q -C -S -f text -l never | vocab -q -S -n 0 |
	    encode > chars
	kills=0 resumed=0
	killed words -H 4 -e 9 -E 2
	killed words -H 4 -e 9 -E 1 -c lstm -B 3 -O adam -p 0.2 -v 0.3
	killed chars -c lstm -L 2 -H 8 -T 10 -B 4 -O rmsprop -l 7 -e 9
	killed chars -c gru -H 8 -T 10 -B 4 -S cosine -O momentum -e 9
	echo "kills $kills, resumed $resumed" >&3
	[ "$kills" -ge 20 ]
	[ "$resumed" -ge 20 ]
}
