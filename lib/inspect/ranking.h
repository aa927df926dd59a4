/*
 * ranking.h - which units track which traits of a text best.
 */
#ifndef RANKING_H
#define RANKING_H

#include "correlation.h"

/* How well a unit tracks a trait. */
struct ranked {
	double r;		/* correlation_r() */
	int trait;
	size_t unit;		/* of those tracked */
};

/*
 * The `best` units of each trait, those of the greatest |r|, and all of these
 * together with the strongest first.  Equal ones stand in the order of the
 * traits, then of the units; where r is no number there is no rank.  rank has
 * room for TRAITS * t->units; gives how many there are.
 */
size_t ranking_units(const struct correlation *t, size_t best, struct ranked *rank);

#endif
