# bash completion for the programs of unroll
#
# The list below is the only place that knows options: program, letter (- if the
# option has a long name only), long name, and the kind of its argument: - for none,
# arg for anything, file, dir, model, or the possible words, a|b.  A line "operands"
# gives the kinds of the operands.  tests/completion.bats compares the list with -h.

_unroll_prefix=

_unroll_list() {
	cat <<-'END'
		tok C chars -
		tok S line-ends -
		tok c column arg
		tok f format csv|text|paragraphs
		tok l lower early|late|never
		tok n no-header -
		tok p punkt dir
		tok - delimiter arg
		tok - encoding arg
		tok - escape arg
		tok - ids arg
		tok - keep-hyphens -
		tok - language en|auto|other
		tok - line-buffered -
		tok - normalise no|nfc|nfkc
		tok - one -
		tok - progress auto|always|never
		tok - quote arg
		tok - ragged -
		tok - shard arg
		tok - words english|unicode|web|space
		tok operands file
		vocab M merge -
		vocab S stream -
		vocab m min-count arg
		vocab n size arg
		vocab o output file
		vocab t table -
		vocab - from-list -
		vocab - keep file
		vocab - progress auto|always|never
		vocab - rules arg
		vocab - unit sentence|stream
		vocab operands file
		encode t text -
		encode v vocabulary file
		encode - line-buffered -
		encode - progress auto|always|never
		encode - rules arg
		encode - unit sentence|stream
		encode operands file
		train a bias auto|yes|no
		train B batch arg
		train b bptt arg
		train c cell rnn|lstm|gru
		train d device auto|cpu|cuda|blas|ref
		train D double -
		train e epochs arg
		train E evaluate arg
		train f factor arg
		train F decay-after arg
		train H hidden arg
		train i from model
		train I init auto|tutorial|normal|uniform
		train j threads arg
		train k clip arg
		train K clip-norm arg
		train l log arg
		train L layers arg
		train m embed arg
		train n limit arg
		train N steps arg
		train o output model
		train O optimiser sgd|momentum|adagrad|rmsprop|adam|adamw
		train p dropout arg
		train P patience arg
		train r rate arg
		train R resume model
		train s seed arg
		train S schedule halve|decay|cosine|constant
		train t tie -
		train T seq-length arg
		train v valid file
		train - average -
		train - dropout-masks word|sequence
		train - embed-dropout arg
		train - force -
		train - grow -
		train - local-steps arg
		train - max-loss-ratio arg
		train - precision full|tf32
		train - progress auto|always|never
		train - project arg
		train - reduce full|bf16
		train - save-every arg
		train - shuffle -
		train - softmax full|sampled|tree|adaptive
		train - samples arg
		train - noise-power arg
		train - cutoffs arg
		train - reduction arg
		train - warmup arg
		train - weight-decay arg
		train operands file
		gradcheck a bias -
		gradcheck b bptt arg
		gradcheck c cell rnn|lstm|gru
		gradcheck C vocabulary arg
		gradcheck d device auto|cpu|cuda|blas|ref
		gradcheck e step arg
		gradcheck H hidden arg
		gradcheck I embed arg
		gradcheck j threads arg
		gradcheck L layers arg
		gradcheck m model model
		gradcheck n limit arg
		gradcheck N entries arg
		gradcheck p dropout arg
		gradcheck s seed arg
		gradcheck t threshold arg
		gradcheck T tie -
		gradcheck x spoil arg
		gradcheck - dropout-masks word|sequence
		gradcheck - embed-dropout arg
		gradcheck - project arg
		gradcheck - softmax full|sampled|tree|adaptive
		gradcheck - samples arg
		gradcheck - cutoffs arg
		gradcheck - reduction arg
		gradcheck operands file
		score d device auto|cpu|cuda|blas|ref
		score D double -
		score j threads arg
		score p predict -
		score t totals -
		score w words -
		score - by-record -
		score - line-buffered -
		score - progress auto|always|never
		score - text file
		score operands model file
		sample d device auto|cpu|cuda|blas|ref
		sample D double -
		sample e end arg
		sample j threads arg
		sample k top-k arg
		sample m shortest arg
		sample M longest arg
		sample n number arg
		sample P top-p arg
		sample s seed arg
		sample t text -
		sample T temperature arg
		sample u unknown -
		sample v vocabulary file
		sample w logp -
		sample x prime arg
		sample - prime-text arg
		sample - progress auto|always|never
		sample - rules arg
		sample - unit sentence|stream
		sample operands model
		cells c colour auto|always|never
		cells d device auto|cpu|cuda|blas|ref
		cells D double -
		cells f format text|html|table
		cells j threads arg
		cells k best arg
		cells l layer arg
		cells n number arg
		cells r rank -
		cells u units arg
		cells - gradient -
		cells - lags arg
		cells - progress auto|always|never
		cells operands model file
		info j json -
		info n number arg
		info - nearest arg
		info - words -
		info operands model
		decode d detokenize -
		decode - line-buffered -
		decode - progress auto|always|never
		decode - rules arg
		decode operands file
	END
}

# _unroll_options PROGRAM: its options, and those that every program has
_unroll_options() {
	local program letter name kind
	while read -r program letter name kind; do
		if [ "$program" = "$1" ] && [ "$letter" != operands ]; then
			printf '%s %s %s\n' "$letter" "$name" "$kind"
		fi
	done < <(_unroll_list)
	printf '%s\n' 'h help -' 'q quiet -' 'V version -'
}

# _unroll_kind PROGRAM OPTION: what the argument of this option is
_unroll_kind() {
	local letter name kind
	while read -r letter name kind; do
		case $2 in
		--) ;;
		"--$name" | -"$letter") printf '%s' "$kind" ;;
		esac
	done < <(_unroll_options "$1")
}

# _unroll_operand PROGRAM N: what its Nth operand is
_unroll_operand() {
	local program word kinds
	while read -r program word kinds; do
		if [ "$program $word" = "$1 operands" ]; then
			# shellcheck disable=SC2086
			set -- "$2" $kinds
			shift $(($1 < $# ? $1 : $# - 1))
			printf '%s' "$1"
		fi
	done < <(_unroll_list)
}

# _unroll_nth PROGRAM WORD...: which operand comes after these words
_unroll_nth() {
	local program=$1 n=1 kind
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		-?*)
			kind=$(_unroll_kind "$program" "$1")
			[ "${kind:--}" = - ] || shift
			;;
		*) n=$((n + 1)) ;;
		esac
		[ $# -eq 0 ] || shift
	done
	printf '%s' "$n"
}

# _unroll_files KIND WORD: names that begin with WORD
_unroll_files() {
	local name
	case $1 in
	dir) compgen -d -- "$2" ;;
	file) compgen -f -- "$2" ;;
	model)
		compgen -d -- "$2" || true
		compgen -f -- "$2" | while IFS= read -r name; do
			case $name in *.npz) printf '%s\n' "$name" ;; esac
		done
		;;
	arg | -) ;;
	*) compgen -W "${1//|/ }" -- "$2" ;;
	esac
}

_unroll() {
	local program=${1##*/} word=$2 before=${3-} kind=
	program=${program#"$_unroll_prefix"}
	[ "$COMP_CWORD" -le 1 ] || kind=$(_unroll_kind "$program" "$before")
	[ "$kind" != - ] || kind=
	compopt -o filenames 2>/dev/null || true
	if [ -n "$kind" ]; then
		mapfile -t COMPREPLY < <(_unroll_files "$kind" "$word")
	elif [ "${word#-}" != "$word" ]; then
		mapfile -t COMPREPLY < <(compgen -W \
		    "$(_unroll_options "$program" |
		        sed -e 's/^\([^ ]*\) \([^ ]*\).*/-\1 --\2/' -e 's/^-- //')" -- "$word")
	else
		kind=$(_unroll_operand "$program" \
		    "$(_unroll_nth "$program" "${COMP_WORDS[@]:1:COMP_CWORD-1}")")
		mapfile -t COMPREPLY < <(_unroll_files "${kind:-file}" "$word")
	fi
}

for _unroll_program in tok vocab encode train gradcheck score sample decode cells info; do
	complete -F _unroll "$_unroll_prefix$_unroll_program"
done
unset _unroll_program
