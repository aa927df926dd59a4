/*
 * absence.h - what a row of a lazy update makes up for: the steps that passed it by, with
 * the rules that go on changing a parameter where the gradient is zero (backend.h).
 */
#ifndef ABSENCE_H
#define ABSENCE_H

#include <math.h>

#include "backend.h"

/* The specifiers of these functions; for GPUs, of both host and device. */
#ifndef ABSENCE_FN
#define ABSENCE_FN static inline
#endif

/* The factors for a number of steps without gradient, to be applied before an update. */
struct absence {
	double keep, keep2;	/* of the moments m and n */
	double shrink;		/* of the parameter: weight decay */
	double move;		/* of what is subtracted from the parameter: m, and for adam and
				 * adamw m / (sqrt(n) + epsilon), with the moments before `keep` */
};

/* q s^(k-1) + q^2 s^(k-2) + ... + q^k, for q below s: moves that fall by q from step to
 * step, in a parameter that shrinks by s */
ABSENCE_FN double
absence_series(double q, double s, double k)
{
	double r = q / s;

	return pow(s, k) * r * (1 - pow(r, k)) / (1 - r);
}

/* The same with Adam's corrections of each step, from latest + 1 on, until neither the
 * corrections nor the terms count. */
ABSENCE_FN double
absence_adam(const struct update *u, double s, double latest, double k)
{
	const double negligible = 1e-9;
	double fall = pow(u->decay, latest), fall2 = pow(u->decay2, latest);
	double q = u->decay / sqrt(u->decay2), term = 1, sum = 0;

	if (fall2 < negligible)
		return absence_series(q, s, k);
	for (; k > 0 && term > negligible; k--) {
		fall *= u->decay;
		fall2 *= u->decay2;
		term *= q;
		sum = s * sum + term * sqrt(1 - fall2) / (1 - fall);
	}
	return sum * pow(s, k);
}

/* For a row whose latest update was that of step `latest`; 0: it never had one, and its
 * moments are zeros. */
ABSENCE_FN struct absence
absence_since(const struct update *u, double latest)
{
	double k = u->step - latest - 1;
	double s = u->rule == RULE_ADAMW ? 1 - u->rate * u->weight_decay : 1;
	struct absence a = { 1, 1, 1, 0 };

	if (!(k > 0))
		return a;
	a.shrink = pow(s, k);
	if (latest <= 0)
		return a;
	if (u->rule == RULE_MOMENTUM)
		a.move = u->rate * absence_series(u->decay, 1, k);
	else if (u->rule == RULE_ADAM || u->rule == RULE_ADAMW)
		a.move = u->rate * absence_adam(u, s, latest, k);
	a.keep = pow(u->decay, k);
	a.keep2 = pow(u->decay2, k);
	return a;
}

#endif
