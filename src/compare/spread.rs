//! How far the rows of a window are apart: all of them, inside each class and
//! cluster, and between neighbouring classes.

use std::collections::{BTreeMap, BTreeSet};

use crate::profile::{SpaceGroup, SpaceProfile};
use crate::sketch::hash_text;
use crate::sphere::{Distance, squared_chord};

use super::classes::class_groups;
use super::context::SpaceContext;
use super::draft::{Draft, effect};
use super::figures::{number, signed};
use super::finding::{QuantilePair, Scope};
use super::groups::{moved, too_few};
use super::pooled::Pooled;
use super::stats::{PairCurves, RowGroups, SquaredChords};

/// Rows a side: a quarter of a million pairs say enough about a distribution.
const MOST_ROWS: usize = 512;
/// Fewest rows a side of a class or cluster.
const FEWEST_ROWS: usize = 8;

/// Compares distances of pairs with a space's distance.
pub(crate) struct Spread<'a> {
    pub(crate) context: &'a SpaceContext<'a>,
    pub(crate) distance: Distance,
    pub(crate) dim: usize,
}

impl Spread<'_> {
    /// All rows, the rows of each class, pairs of neighbouring classes.
    pub(crate) fn of_space(&self, reference: &SpaceProfile, target: &SpaceProfile) -> Vec<Draft> {
        let all = Pooled::new(
            reference.sample(),
            target.sample(),
            MOST_ROWS,
            self.context.design,
        );
        let mut drafts: Vec<Draft> = self.within(Scope::All, &all).into_iter().collect();
        if self.context.classed {
            let (first, second) = (class_groups(reference), class_groups(target));
            let both = first
                .iter()
                .filter_map(|(name, a)| Some((*name, *a, *second.get(name)?)));
            drafts.extend(self.of_groups(both, |name| Scope::Class(name.to_owned())));
            for (a, b) in neighbouring(&first) {
                drafts.extend(self.between(&first, &second, a, b));
            }
        }
        drafts
    }

    /// The rows of each of several groups.
    pub(crate) fn of_groups<'g>(
        &self,
        groups: impl Iterator<Item = (&'g str, &'g SpaceGroup, &'g SpaceGroup)>,
        scope: impl Fn(&str) -> Scope,
    ) -> Vec<Draft> {
        groups
            .filter_map(|(name, a, b)| {
                let rows = Pooled::new(a.sample(), b.sample(), MOST_ROWS, self.context.design);
                self.within(scope(name), &rows)
            })
            .collect()
    }

    fn within(&self, scope: Scope, rows: &Pooled) -> Option<Draft> {
        if rows.first.min(rows.second) < FEWEST_ROWS {
            return None;
        }
        let counts = (rows.first as u64, rows.second as u64);
        if let Some(reason) = rows.groups.as_ref().and_then(too_few) {
            return Some(self.not_tested(scope, counts, reason));
        }
        let chords = self.chords(&rows.values, rows.groups.as_ref())?;
        let of_chord = |squared: f64| self.distance.from_squared_chord(squared);
        let curves = PairCurves::within(&chords, rows.first, of_chord)?;
        self.draft(scope, counts, curves, rows.groups.as_ref())
    }

    fn between(
        &self,
        reference: &BTreeMap<&str, &SpaceGroup>,
        target: &BTreeMap<&str, &SpaceGroup>,
        a: &str,
        b: &str,
    ) -> Option<Draft> {
        let side = |name: &str| {
            let (first, second) = (reference.get(name)?, target.get(name)?);
            let rows = Pooled::new(
                first.sample(),
                second.sample(),
                MOST_ROWS,
                self.context.design,
            );
            (rows.first.min(rows.second) >= FEWEST_ROWS).then_some(rows)
        };
        let (one, two) = (side(a)?, side(b)?);
        let scope = Scope::BetweenClasses(format!("{a} and {b}"));
        let counts = (
            (one.first + two.first) as u64,
            (one.second + two.second) as u64,
        );
        let both = [one.groups.as_ref(), two.groups.as_ref()];
        if let Some(reason) = both.into_iter().flatten().find_map(too_few) {
            return Some(self.not_tested(scope, counts, reason));
        }
        let groups = one.groups_with(&two);
        let values = [one.values.as_slice(), &two.values].concat();
        let chords = self.chords(&values, groups.as_ref())?;
        // Rows lie as: reference of a, target of a, reference of b, target of b.
        let mut ends = 0;
        let mut next = |count: usize| -> Vec<usize> {
            ends += count;
            (ends - count..ends).collect()
        };
        let rows = [one.first, one.second, two.first, two.second].map(&mut next);
        let of_chord = |squared: f64| self.distance.from_squared_chord(squared);
        let curves = PairCurves::between(
            &chords,
            [&rows[0], &rows[2]],
            [&rows[1], &rows[3]],
            of_chord,
        )?;
        self.draft(scope, counts, curves, groups.as_ref())
    }

    /// Chords of pairs, those inside a group left out.
    fn chords(&self, values: &[f32], groups: Option<&RowGroups>) -> Option<SquaredChords> {
        let chords = SquaredChords::new(values, self.dim).ok()?;
        Some(match groups {
            Some(groups) => chords.apart(groups),
            None => chords,
        })
    }

    fn not_tested(&self, scope: Scope, counts: (u64, u64), reason: String) -> Draft {
        let draft = self.context.draft("pairwise distance", scope);
        draft
            .counts(counts.0, counts.1)
            .sampled(true)
            .not_tested(reason)
    }

    fn draft(
        &self,
        scope: Scope,
        counts: (u64, u64),
        mut curves: PairCurves,
        groups: Option<&RowGroups>,
    ) -> Option<Draft> {
        if let Some(groups) = groups {
            curves = curves.grouped(groups);
        }
        let options = self.context.options;
        let seed = hash_text(options.seed, &format!("{}/{scope}", self.context.group));
        let test = curves
            .permutations(seed)
            .ok()?
            .test(curves.observed(), &curves);
        let shift = curves.median_shift().unwrap_or(0.0);
        let (a, b) = (curves.first(), curves.second());
        let pair = |rank, reference, target| QuantilePair {
            rank,
            reference,
            target,
        };
        let of = match &scope {
            Scope::All => String::new(),
            other => format!(" ({other})"),
        };
        let sentence = format!(
            "median distance of pairs{of} {} -> {} ({} reference sd){}",
            number(a.median),
            number(b.median),
            signed(shift),
            moved(groups),
        );
        // The statistic is the area between the curves in units of the
        // reference's sd: a shift of all pairs by one sd is 1.
        let seen = test.detectable();
        let mut draft = self
            .context
            .draft("pairwise distance", scope)
            .counts(counts.0, counts.1)
            .test(
                "pair-curves",
                curves.observed(),
                test.p_value,
                Some(test.rounds),
            )
            .effect(effect(
                "median shift",
                shift,
                "reference sd",
                options.thresholds.median_shift,
                Some(seen),
            ))
            .sentence(sentence)
            .sampled(true);
        draft.finding.quantiles = vec![
            pair(0.05, a.q05, b.q05),
            pair(0.5, a.median, b.median),
            pair(0.95, a.q95, b.q95),
        ];
        Some(draft)
    }
}

/// Each class with the class whose mean direction lies nearest to its own,
/// every pair once.
pub(crate) fn neighbouring<'a>(
    classes: &BTreeMap<&'a str, &SpaceGroup>,
) -> BTreeSet<(&'a str, &'a str)> {
    let means: Vec<(&str, Vec<f64>)> = classes
        .iter()
        .filter_map(|(name, group)| Some((*name, group.directions().mean_direction()?)))
        .collect();
    let nearest = |i: usize| {
        let others = (0..means.len()).filter(|&j| j != i);
        others.min_by(|&a, &b| {
            let to = |j: usize| squared_chord(&means[i].1, &means[j].1);
            to(a).total_cmp(&to(b))
        })
    };
    (0..means.len())
        .filter_map(|i| {
            let (a, b) = (means[i].0, means[nearest(i)?].0);
            Some((a.min(b), a.max(b)))
        })
        .collect()
}
