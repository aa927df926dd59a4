/*
 * html_report.c - all of the page except the coloured text.
 */
#include <inttypes.h>
#include <math.h>

#include "colormap.h"
#include "html_report.h"

enum { BEST = 4 };		/* features listed for a unit */
static const double WEAK = 0.1;	/* weaker correlations are not listed */

static const char style[] =
    ":root{color-scheme:light}\n"
    "body{margin:0;background:#fff;color:#111;font:16px/1.5 system-ui,-apple-system,"
    "\"Segoe UI\",\"Helvetica Neue\",\"Liberation Sans\",\"DejaVu Sans\",sans-serif}\n"
    "main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem}\n"
    "header p{color:#444;max-width:44rem;margin:.4rem 0}\n"
    ".key{position:sticky;top:0;display:flex;align-items:center;gap:.6rem;padding:.7rem 0;"
    "background:#fff;border-bottom:1px solid #ddd;font-size:.9rem;color:#333}\n"
    ".key b{font-weight:600;font-variant-numeric:tabular-nums}\n"
    ".bar{width:15rem;max-width:40vw;height:1rem;border:1px solid #bbb;border-radius:3px}\n"
    "nav{margin:1rem 0 0;font-size:.9rem}\n"
    "nav a{display:inline-block;margin:0 .9rem .2rem 0;color:#0b5394}\n"
    "section{margin-top:2.2rem;scroll-margin-top:3.5rem}\n"
    "h2{font-size:1.15rem;margin:0;display:inline-block;margin-right:1rem}\n"
    ".traits{display:inline;margin:0;padding:0;color:#444;font-size:.9rem}\n"
    ".traits li{display:inline-block;margin-right:1rem}\n"
    ".traits b{font-weight:600;font-variant-numeric:tabular-nums;color:#111}\n"
    "pre{font:14px/1.6 ui-monospace,\"SF Mono\",Menlo,Consolas,\"Liberation Mono\","
    "\"DejaVu Sans Mono\",monospace;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:8;"
    "margin:.6rem 0 0;padding:.9rem 1rem;border:1px solid #ddd;border-radius:6px}\n"
    "pre i{font-style:normal;padding:.14em 0}\n"
    "pre,pre i,.bar{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    "@media print{.key{position:static}}\n";

static void
put_colours(FILE *f)
{
	for (int i = 0; i < COLORMAP_LEVELS; i++) {
		struct rgb c = colormap_colour(i);

		fprintf(f, ".l%d{background:#%02x%02x%02x}\n", i, c.r, c.g, c.b);
	}
}

static void
put_key(FILE *f)
{
	struct rgb low = colormap_colour(0), zero = colormap_colour(COLORMAP_ZERO),
	    high = colormap_colour(COLORMAP_LEVELS - 1);

	fprintf(f, "<div class=key><b>&minus;1</b><span class=bar style=\"background:"
	    "linear-gradient(to right,#%02x%02x%02x,#%02x%02x%02x,#%02x%02x%02x)\"></span>"
	    "<b>+1</b> state of the unit, 0 in the middle</div>\n", low.r, low.g, low.b, zero.r,
	    zero.g, zero.b, high.r, high.g, high.b);
}

static void
put_facts(const struct html_report *p)
{
	const char *token = p->characters ? "character" : "word";

	fprintf(p->f, "<p>Each %s of the text stands on a colour: the state of one unit, after the "
	    "network has read that %s.", token, token);
	fprintf(p->f, " Beside the name of the unit stand the traits of the text that its "
	    "state goes along with best, and how well: Pearson&rsquo;s correlation over all "
	    "%" PRIu64 " %ss.</p>\n", p->correlation->n, token);
	fprintf(p->f, "<p>Layer %d of %d (from 0), which has %d units.</p>\n", p->layer, p->layers,
	    p->hidden);
}

void
html_report_begin(const struct html_report *p)
{
	fputs("<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	    "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
	    "<title>What single units respond to</title>\n<style>\n", p->f);
	fputs(style, p->f);
	put_colours(p->f);
	fputs("</style>\n</head>\n<body>\n<main>\n<header>\n"
	    "<h1>What single units respond to</h1>\n", p->f);
	put_facts(p);
	fputs("</header>\n", p->f);
	put_key(p->f);
	if (p->nunit < 2)
		return;
	fputs("<nav>\n", p->f);
	for (size_t i = 0; i < p->nunit; i++)
		fprintf(p->f, "<a href=\"#u%ld\">unit %ld</a>\n", p->unit[i], p->unit[i]);
	fputs("</nav>\n", p->f);
}

/* The feature with the next smaller |r| after `before`, whose |r| is the bound; or -1. */
static int
next_best(const struct correlation *t, size_t unit, double bound, int before)
{
	int best = -1;

	for (int i = 0; i < FEATURES; i++) {
		double r = fabs(correlation_r(t, i, unit));

		if (!(r >= WEAK) || r > bound || (r == bound && i <= before))
			continue;
		if (best < 0 || r > fabs(correlation_r(t, best, unit)))
			best = i;
	}
	return best;
}

static void
put_features(const struct html_report *p, size_t unit)
{
	double r = INFINITY;
	int feature = -1;

	fputs("<ul class=traits>\n", p->f);
	for (int n = 0; n < BEST; n++) {
		feature = next_best(p->correlation, unit, r, feature);
		if (feature < 0)
			break;
		r = correlation_r(p->correlation, feature, unit);
		fprintf(p->f, "<li>%s <b>%s%.2f</b></li>\n", feature_names[feature],
		    r < 0 ? "&minus;" : "+", fabs(r));
		r = fabs(r);
	}
	fputs("</ul>\n", p->f);
}

void
html_report_unit_begin(const struct html_report *p, size_t i)
{
	fprintf(p->f, "<section id=\"u%ld\">\n<h2>Unit %ld</h2>\n", p->unit[i], p->unit[i]);
	put_features(p, i);
	/* HTML drops a newline right after the tag, so that the text may begin with one */
	fputs("<pre>\n", p->f);
}

void
html_report_unit_end(const struct html_report *p)
{
	fputs("</pre>\n</section>\n", p->f);
}

void
html_report_end(const struct html_report *p)
{
	fputs("</main>\n</body>\n</html>\n", p->f);
}
