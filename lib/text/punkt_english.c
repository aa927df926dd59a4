/*
 * punkt_english.c - the built-in English table.  It was written by hand; other Punkt
 * tables are learned from a corpus.
 *
 * A listed abbreviation ends a sentence only before a capitalised word that often
 * starts one.  So "etc." and "no.", which end sentences more often than not, are not
 * listed.
 */
#include <string.h>

#include "punkt.h"

/* Without the final period.  A single letter and a period is an initial whether listed
 * or not; the letters listed are abbreviations as well. */
static const char abbreviations[] =
	/* before names */
	"mr mrs ms mx dr drs prof messrs mme mlle st ste sr jr hon esq "
	"gen col maj capt cpt lt cmdr cdr sgt cpl pvt adm brig gov sen rep reps pres "
	"supt insp det "
	/* after names: degrees, companies, offices */
	"ph.d m.d b.a m.a b.s m.s b.sc m.sc m.b.a d.d.s j.d ll.b ll.m r.n "
	"inc ltd co corp cos bros mfg assn dept univ "
	/* places and streets */
	"u.s u.k u.n u.s.a u.s.s.r e.u d.c l.a n.y n.j n.c s.c n.h n.m n.d s.d r.i w.va p.r "
	"ave blvd rd hwy mt ft "
	"ala ariz calif colo conn fla ga kan ky mich minn nev okla "
	"pa tenn tex va vt wis wyo "
	/* time and quantity */
	"a.m p.m a.d b.c b.c.e c.e "
	"jan feb mar apr aug sept sep oct nov dec "
	"sq yr yrs hr hrs oz lb lbs "
	/* others */
	"vs v cf al e.g i.e viz approx est esp vol pp nos p.s a.k.a c.o.d r.s.v.p f.b.i c.i.a "
	"j.r j.f.k j.p j.d d.j m.c t.v p.c m.p r.e.m "
	/* letters that stand for a word */
	"b c d e f g h k l m n p r s t v w";

/* Words that start a sentence when capitalised after an abbreviation. */
static const char starters[] =
	"the this these those there they he she it we i in but however although though while "
	"when before after since both each many most meanwhile moreover nevertheless perhaps "
	"still yet";

/*
 * Words that are written without a capital unless they start a sentence: a
 * capital on one of them after an abbreviation, an ellipsis or a number is a
 * sign.  Articles, conjunctions, prepositions, interjections and forms of "be"
 * are not among them, as titles and names are full of them.
 */
static const char common_a_to_l[] =
	"about above absolutely according across actually add added adding admittedly after "
	"again against agree allow allowed almost alone along already also although always "
	"amazing among another any anybody anyhow anyone anything anyway apparently arguably "
	"around ask asked asking assuming away awesome awful back bad basically became become "
	"becomes becoming before began begin begins behind believe believed below beside "
	"besides better between beyond big both bought bring brought build building built but "
	"buy buying call came can can't cannot care careful caught cause caused certainly "
	"change changed changes check checking choose clearly close come completely consider "
	"continue correct cost could couldn't couple create created cried crying cut days "
	"decided definitely depends despite did didn't different disagree do does doesn't "
	"doing don't done doubt down during each eat eating either else end ended ends enjoy "
	"enough entirely especially even eventually ever every everybody everyone everything "
	"everywhere exactly example except expect expected explain explained fact fair fell "
	"felt few figure finally find finding first follow following follows forget forgot "
	"former fortunately found friends fully funny further gave generally get getting "
	"girls give given glad go going gone good got great guess guys had hadn't happen "
	"happened happens happy hard hasn't hate hated haven't having he he'd he'll he's hear "
	"heard hearing held hell help helped helps hence her here here's hers herself him "
	"himself his hold hope hopefully however huge hurt i'd i'll i'm i've ideally if "
	"imagine immediately important in including indeed inside instead interesting "
	"ironically it it'd it'll it's its itself keep kept kids kill killed kinda knew know "
	"knowing knows lack last lastly later laugh laughed learn learned least leave leaves "
	"leaving left less let's lets liked likewise listen literally live lived living long "
	"look looked looking looks lost lot lots love loved loves luckily";
static const char common_m_to_z[] =
	"made making many me mean meaning means meant meanwhile met might mind mine miss "
	"missed money more moreover most mostly move moved moving much must myself naturally "
	"near nearly necessarily need needed needs neither nevertheless next nice nobody none "
	"nope nothing notice noticed nowhere obvious obviously occasionally odd offer offered "
	"often once opened originally other others otherwise ought our ours ourselves outside "
	"overall own paid part pay paying people perhaps personal personally pick picked "
	"plain play played playing plays please plus point pointed possible possibly pretty "
	"probably prove proved put quickly quit quite ran rarely rather read reading reads "
	"realize realized really recently regardless remember remembered remove replace right "
	"run running runs sad sadly said same saw say says scary second see seeing seem "
	"seemed seems seen send sent serious seriously set several shame she she'd she'll "
	"she's should shouldn't shows side similarly simple simply since sit sitting slightly "
	"slowly small so sold some somebody somehow someone sometimes somewhat somewhere soon "
	"sorry sort sounds speaking specifically spend spent stand stands start started "
	"starting starts stay stayed stick still stop stopped strangely stuff stupid such "
	"suddenly suppose supposed sure surely surprisingly take takes taking talk talked "
	"talking tell telling tells tend terrible thank thanks that'll the their theirs them "
	"themselves there there's therefore these they they'd they'll they're they've thing "
	"things think thinking thinks third this those though thought three threw through "
	"throughout throw thus till times today together told too took totally touch toward "
	"towards tried true truly trust truth try trying turn turned turning turns two "
	"typical typically ugly ultimately under underneath understand unfortunately unless "
	"unlike us use used useful useless usual usually version very visit wait waited "
	"waiting walk walked walking want wanted wants wasted watch watched watching we'd "
	"we'll we're we've wear weird went what's whatever when whenever where's whereas "
	"wherever whether which whichever while who's whoever whole whom whose why wish "
	"wished won't wonder wondered wonderful wondering wonders word words work worked "
	"working works worse worst worth would wouldn't write writing wrong wrote yep "
	"yesterday yet you'd you'll you're you've yours yourself";

/* Adds each word of a list. */
static bool
add_words(struct punkt *t, const char *list, unsigned bits)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (!punkt_add(t, list, n, bits))
			return false;
		list += n + (list[n] == ' ');
	}
	return true;
}

const char *
punkt_english(struct punkt *t)
{
	bool ok = add_words(t, abbreviations, PUNKT_ABBREV) &&
	    add_words(t, starters, PUNKT_STARTER) &&
	    add_words(t, common_a_to_l, PUNKT_BEG_UC | PUNKT_MID_LC) &&
	    add_words(t, common_m_to_z, PUNKT_BEG_UC | PUNKT_MID_LC);

	return ok ? NULL : "out of memory";
}
