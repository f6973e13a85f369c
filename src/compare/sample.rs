//! Tests that need the rows themselves: on the samples of both windows.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Result;
use crate::profile::{SpaceGroup, SpaceProfile};
use crate::sketch::{CoordinatedSample, SampleRow, hash_text};
use crate::sphere::Distance;

use super::centres::{SpaceContext, class_groups};
use super::draft::{Draft, effect};
use super::finding::{Effect, QuantilePair, Scope};
use super::numbers::number;
use super::stats::{
    Chords, LabelStatistic, LaplaceMmd, MeanOfUnitVectors, PairwiseTest, Permutation, Permutations,
    SameNeighbours, Spectral, SpectralTest, pairwise_test, turn,
};
use super::view::expand;

/// Rows a side for the pairwise test over all classes: a quarter of a million
/// pairs say enough about a distribution.
const PAIRWISE_ROWS: usize = 512;

/// Sample rows of both windows in one matrix, the reference's first.
struct Pooled {
    dim: usize,
    rows: Vec<Arc<SampleRow>>,
    /// `(rows, dim)`, of length 1.
    values: Vec<f32>,
    first: usize,
}

impl Pooled {
    /// At most `limit` rows a side: those of smallest hash, a random choice.
    fn new(
        reference: &CoordinatedSample,
        target: &CoordinatedSample,
        dim: usize,
        limit: usize,
    ) -> Self {
        let side = |sample| -> Vec<Arc<SampleRow>> {
            expand(sample)
                .into_iter()
                .take(limit)
                .map(|(_, row)| row)
                .collect()
        };
        let mut rows = side(reference);
        let first = rows.len();
        rows.extend(side(target));
        let mut values = Vec::with_capacity(rows.len() * dim);
        for row in &rows {
            // Half precision leaves the length off by up to 5e-4.
            let norm = row
                .vector
                .iter()
                .map(|x| x.to_f64() * x.to_f64())
                .sum::<f64>()
                .sqrt();
            values.extend(row.vector.iter().map(|x| (x.to_f64() / norm) as f32));
        }
        Self {
            dim,
            rows,
            values,
            first,
        }
    }

    fn second(&self) -> usize {
        self.rows.len() - self.first
    }

    /// Variance of one side's rows along a direction.
    fn variance_along(&self, direction: &[f64], target: bool) -> f64 {
        let (from, to) = if target {
            (self.first, self.rows.len())
        } else {
            (0, self.first)
        };
        let rows = self.values[from * self.dim..to * self.dim].chunks_exact(self.dim);
        let along: Vec<f64> = rows
            .map(|row| {
                row.iter()
                    .zip(direction)
                    .map(|(x, d)| f64::from(*x) * d)
                    .sum()
            })
            .collect();
        let n = along.len() as f64;
        let mean = along.iter().sum::<f64>() / n;
        along.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0).max(1.0)
    }
}

/// Spectral test, discrepancy, neighbours and pairwise distances of one space.
pub(crate) fn sample_tests(
    context: &SpaceContext<'_>,
    distance: Distance,
    reference: &SpaceProfile,
    target: &SpaceProfile,
) -> Result<Vec<Draft>> {
    let dim = reference.directions().dim();
    let pooled = Pooled::new(reference.sample(), target.sample(), dim, usize::MAX);
    let seed = hash_text(context.options.seed, context.group);
    let chords = Chords::between(&pooled.values, dim);
    let mut drafts = directions(context, &pooled, &chords, reference, target, seed)?;
    drafts.extend(pairwise(
        context, distance, &pooled, reference, target, seed,
    ));
    Ok(drafts)
}

/// The three tests that share one set of permutations.
fn directions(
    context: &SpaceContext<'_>,
    pooled: &Pooled,
    chords: &Chords,
    reference: &SpaceProfile,
    target: &SpaceProfile,
    seed: u64,
) -> Result<Vec<Draft>> {
    let permutations = Permutations::new(pooled.first, pooled.second(), seed)?;
    let (Some(spectral), Some(mmd), Some(neighbours)) = (
        Spectral::new(&pooled.values, pooled.dim, seed),
        LaplaceMmd::new(chords),
        SameNeighbours::new(chords),
    ) else {
        let draft = context.draft("directions", Scope::All);
        return Ok(vec![draft.not_tested("fewer than two rows in all")]);
    };
    let (n, m) = (reference.rows() as f64, target.rows() as f64);
    let means = [reference, target].map(|space| space.directions().mean().unwrap_or_default());
    let difference: Vec<f64> = means[0].iter().zip(&means[1]).map(|(a, b)| b - a).collect();
    let observed = permutations.observed();
    let first = |statistic: &dyn LabelStatistic| statistic.values(&observed)[0];
    let statistics = [
        spectral.statistic(&difference, n, m),
        first(&mmd),
        first(&neighbours),
    ];
    let results = permutations.test_all(&[
        (statistics[0], &spectral),
        (statistics[1], &mmd),
        (statistics[2], &neighbours),
    ]);
    let mut results = results.into_iter();
    let mut next = || results.next().expect("one result for each test");

    let test = spectral.conclude(statistics[0], n, m, next());
    let turned = turn_of(pooled, &means, n, m);
    Ok(vec![
        spectral_draft(context, &test, turned).counts(reference.rows(), target.rows()),
        sample_draft(
            context,
            "discrepancy",
            "laplace-mmd",
            statistics[1],
            &next(),
            pooled,
        ),
        neighbour_draft(context, statistics[2], &next(), pooled),
    ])
}

fn turn_of(pooled: &Pooled, means: &[Vec<f64>; 2], n: f64, m: f64) -> Option<f64> {
    let side = |i: usize, rows: f64| {
        let mean = &means[i];
        let length = mean.iter().map(|x| x * x).sum::<f64>().sqrt();
        let direction: Vec<f64> = mean.iter().map(|x| x / length).collect();
        MeanOfUnitVectors {
            mean,
            rows,
            along: pooled.variance_along(&direction, i == 1),
        }
    };
    turn(side(0, n), side(1, m))
}

fn spectral_draft(context: &SpaceContext<'_>, test: &SpectralTest, turned: Option<f64>) -> Draft {
    let thresholds = &context.options.thresholds;
    let separation = Effect {
        name: "separation".into(),
        value: test.separation,
        unit: "share of pairs ranked right".into(),
        threshold: thresholds.separation,
        no_change: 0.5,
        detectable: Some(test.detectable),
    };
    let turned_text = turned.map_or(String::new(), |t| {
        format!(", mean direction turned by {t:.1} degrees")
    });
    let mut draft = context
        .draft("directions", Scope::All)
        .test(
            "spectral",
            test.statistic,
            test.p_value,
            Some(test.permutation.rounds),
        )
        .effect(separation)
        .sentence(format!(
            "a linear rule tells the windows apart in {:.0} of 100 pairs (50 is chance){turned_text}",
            test.separation * 100.0
        ))
        .leads(true);
    let turn = turned.map(|t| {
        effect(
            "turn of the mean direction",
            t,
            "degrees",
            thresholds.turn,
            None,
        )
    });
    draft.finding.other_effects.extend(turn);
    draft
}

fn sample_draft(
    context: &SpaceContext<'_>,
    feature: &str,
    statistic: &str,
    value: f64,
    permutation: &Permutation,
    pooled: &Pooled,
) -> Draft {
    context
        .draft(feature, Scope::All)
        .counts(pooled.first as u64, pooled.second() as u64)
        .test(
            statistic,
            value,
            permutation.p_value,
            Some(permutation.rounds),
        )
        .sentence("distances between the windows against distances inside them")
        .leads(!context.classed)
        .sampled(true)
}

fn neighbour_draft(
    context: &SpaceContext<'_>,
    share: f64,
    permutation: &Permutation,
    pooled: &Pooled,
) -> Draft {
    let by_chance = SameNeighbours::by_chance(pooled.first as f64, pooled.second() as f64);
    let excess = share - by_chance;
    // What passes the 95 % point of the permutations in 80 % of cases.
    let detectable = permutation.null_q95 - by_chance + 0.842 * permutation.null_sd;
    sample_draft(
        context,
        "neighbours",
        "schilling-knn",
        share,
        permutation,
        pooled,
    )
    .effect(effect(
        "excess of neighbours from the own window",
        excess,
        "share",
        context.options.thresholds.neighbour_excess,
        Some(detectable),
    ))
    .sentence(format!(
        "{:.1} % of nearest neighbours come from the own window, {:.1} % by chance",
        share * 100.0,
        by_chance * 100.0
    ))
}

/// Distances of pairs: all, inside each class and cluster, between classes.
fn pairwise(
    context: &SpaceContext<'_>,
    distance: Distance,
    pooled: &Pooled,
    reference: &SpaceProfile,
    target: &SpaceProfile,
    seed: u64,
) -> Vec<Draft> {
    let dim = pooled.dim;
    let run = |rows: &Pooled, classes: Option<&[u32]>| {
        let chords = Chords::between(&rows.values, dim);
        let of_chord = |chord: f64| distance.from_squared_chord(chord * chord);
        pairwise_test(&chords, rows.first, classes, of_chord, seed)
    };
    let all = Pooled::new(reference.sample(), target.sample(), dim, PAIRWISE_ROWS);
    let mut drafts = Vec::new();
    let mut push = |scope: Scope, rows: &Pooled, test: Option<PairwiseTest>| {
        drafts.extend(test.map(|test| pairwise_draft(context, scope, rows, &test)));
    };
    push(Scope::All, &all, run(&all, None));
    if context.classed {
        let names: Vec<Option<&str>> = all.rows.iter().map(|row| row.class.as_deref()).collect();
        let distinct: BTreeSet<Option<&str>> = names.iter().copied().collect();
        let numbers: Vec<u32> = names
            .iter()
            .map(|name| distinct.range(..name).count() as u32)
            .collect();
        push(Scope::BetweenClasses, &all, run(&all, Some(&numbers)));
        let (first, second) = (class_groups(reference), class_groups(target));
        for (name, a) in first {
            if let Some(b) = second.get(name) {
                let rows = Pooled::new(a.sample(), b.sample(), dim, PAIRWISE_ROWS);
                push(Scope::Class(name.to_owned()), &rows, run(&rows, None));
            }
        }
    }
    drafts
}

/// Distances of pairs inside each cluster of a codebook.
pub(crate) fn pairwise_in_clusters<'a>(
    context: &SpaceContext<'_>,
    distance: Distance,
    clusters: impl Iterator<Item = (&'a str, &'a SpaceGroup, &'a SpaceGroup)>,
    dim: usize,
) -> Vec<Draft> {
    let seed = hash_text(context.options.seed, context.group);
    clusters
        .filter_map(|(name, a, b)| {
            let rows = Pooled::new(a.sample(), b.sample(), dim, PAIRWISE_ROWS);
            let chords = Chords::between(&rows.values, dim);
            let of_chord = |chord: f64| distance.from_squared_chord(chord * chord);
            let test = pairwise_test(&chords, rows.first, None, of_chord, seed)?;
            let scope = Scope::Cluster(name.to_owned());
            Some(pairwise_draft(context, scope, &rows, &test))
        })
        .collect()
}

fn pairwise_draft(
    context: &SpaceContext<'_>,
    scope: Scope,
    rows: &Pooled,
    test: &PairwiseTest,
) -> Draft {
    let quantile = |sorted: &[f64], rank: f64| {
        sorted[((rank * sorted.len() as f64) as usize).min(sorted.len() - 1)]
    };
    let (a, b) = &test.distances;
    let quantiles: Vec<QuantilePair> = [0.05, 0.5, 0.95]
        .map(|rank| QuantilePair {
            rank,
            reference: quantile(a, rank),
            target: quantile(b, rank),
        })
        .into();
    let of = match &scope {
        Scope::All => String::new(),
        other => format!(" ({other})"),
    };
    let sentence = format!(
        "median distance of pairs{of} {} -> {} ({:+.2} reference sd)",
        number(quantiles[1].reference),
        number(quantiles[1].target),
        test.median_shift
    );
    let mut draft = context
        .draft("pairwise distance", scope)
        .counts(rows.first as u64, rows.second() as u64)
        .test(
            "pair-curve",
            test.statistic,
            test.permutation.p_value,
            Some(test.permutation.rounds),
        )
        .effect(effect(
            "median shift",
            test.median_shift,
            "reference sd",
            context.options.thresholds.median_shift,
            Some(test.detectable),
        ))
        .sentence(sentence)
        .sampled(true);
    draft.finding.quantiles = quantiles;
    draft
}
