//! Where the rows point: the three tests that share one set of permutations.

use crate::error::Result;
use crate::profile::SpaceProfile;
use crate::sketch::hash_text;

use super::context::SpaceContext;
use super::dependent::dependent_records;
use super::draft::{Draft, effect};
use super::finding::{Effect, Scope};
use super::groups::{moved, too_few};
use super::pooled::Pooled;
use super::repeats::DesignEffects;
use super::result::{FrechetSummary, Note};
use super::scale::SEPARATION;
use super::stats::{
    Components, FrechetDistance, Intraclass, Mmd, Neighbours, Permutation, Permutations, RowGroups,
    SpectralTest, SquaredChords, effective_rows, turn_degrees,
};

/// What the spectral test is about.
pub(crate) const DIRECTIONS: &str = "directions";
/// What the discrepancy is called.
const DISCREPANCY: &str = "discrepancy";
/// What the test of neighbours is called.
const NEIGHBOUR_TEST: &str = "neighbours";
/// Neighbours of each row that Schilling's test looks at.
pub(crate) const NEIGHBOURS: usize = 10;

/// Fewest rows a side: with fewer there are too few ways to label them for any
/// permutation test to find a change.
const FEWEST_ROWS: usize = 8;

/// Rows a side behind a Frechet distance: enough for the shape of the rows, few
/// enough for their Gram matrix to cost milliseconds.
const FRECHET_ROWS: usize = 256;

/// Frechet distance of as many sampled rows of each side. Those of smallest hash
/// are a random choice.
pub(crate) fn frechet(
    reference: &SpaceProfile,
    target: &SpaceProfile,
    design: DesignEffects,
) -> Option<FrechetSummary> {
    let (a, b) = (reference.sample(), target.sample());
    let pooled = Pooled::new(a, b, FRECHET_ROWS, design);
    let rows = pooled.first.min(pooled.second);
    if rows < FEWEST_ROWS {
        return None;
    }
    let dim = reference.directions().dim();
    let (first, second) = pooled.values.split_at(pooled.first * dim);
    let distance = FrechetDistance::of(&first[..rows * dim], &second[..rows * dim], dim).ok()?;
    Some(FrechetSummary {
        value: distance.value,
        by_chance: distance.by_chance,
        rows: rows as u64,
    })
}

/// Spectral test over all rows, discrepancy and neighbours on the samples; notes
/// what the samples show besides.
pub(crate) fn compare_directions(
    context: &SpaceContext<'_>,
    reference: &SpaceProfile,
    target: &SpaceProfile,
    notes: &mut Vec<Note>,
) -> Result<Vec<Draft>> {
    let dim = reference.directions().dim();
    let pooled = Pooled::new(
        reference.sample(),
        target.sample(),
        usize::MAX,
        context.design,
    );
    if pooled.first.min(pooled.second) < FEWEST_ROWS {
        let reason = format!("fewer than {FEWEST_ROWS} different rows in a sample");
        let draft = context.draft(DIRECTIONS, Scope::All);
        return Ok(vec![
            draft
                .counts(reference.rows(), target.rows())
                .not_tested(reason),
        ]);
    }
    let seed = hash_text(context.options.seed, context.group);
    let groups = pooled.groups.as_ref();
    if let Some(reason) = groups.and_then(too_few) {
        let draft = |feature| {
            context
                .draft(feature, Scope::All)
                .counts(reference.rows(), target.rows())
        };
        return Ok([DIRECTIONS, DISCREPANCY, NEIGHBOUR_TEST]
            .map(|feature| draft(feature).not_tested(reason.clone()))
            .into());
    }
    let permutations = match groups {
        Some(groups) => Permutations::whole_groups(groups, seed)?,
        None => Permutations::new(pooled.first, pooled.second, seed)?,
    };
    let chords = SquaredChords::new(&pooled.values, dim)?;
    if groups.is_none() {
        notes.extend(dependent_records(context.group, &chords, pooled.first));
    }
    let components = match groups {
        Some(groups) => {
            let alike = Intraclass::of(groups, |i, j| f64::from(chords.row(i)[j]));
            Components::fit_groups(&pooled.values, dim, groups, alike, seed)?
        }
        None => Components::fit(&pooled.values, dim, seed)?,
    };
    let (null, mmd, neighbours) = match groups {
        Some(groups) => (
            components
                .null(pooled.first)
                .map(|null| null.grouped(groups)),
            Mmd::laplace(&chords, pooled.first).map(|mmd| mmd.grouped(&chords, groups)),
            Neighbours::of_groups(&chords, pooled.first, NEIGHBOURS, seed, groups),
        ),
        None => (
            components.null(pooled.first),
            Mmd::laplace(&chords, pooled.first),
            Neighbours::new(&chords, pooled.first, NEIGHBOURS, seed),
        ),
    };
    let (Some(null), Some(mmd), Some(neighbours)) = (null, mmd, neighbours) else {
        let draft = context.draft(DIRECTIONS, Scope::All);
        return Ok(vec![draft.not_tested("too few rows in the samples")]);
    };
    let effective = context.design.effective(reference.rows(), target.rows());
    let n_e = match (context.groups, null.intraclass()) {
        (Some(groups), Some(alike)) => groups
            .variance((reference.rows(), target.rows()), alike)
            .recip(),
        _ => effective_rows(effective.0, effective.1),
    };
    let means = [reference, target].map(|space| space.directions().mean().unwrap_or_default());
    let difference: Vec<f64> = means[0].iter().zip(&means[1]).map(|(a, b)| b - a).collect();
    let statistic = components.statistic(&difference, n_e);
    let results = permutations.test_all(&[
        (statistic, &null),
        (mmd.observed(), &mmd),
        (neighbours.observed(), &neighbours),
    ]);
    let [spectral, by_mmd, by_neighbours] = results.try_into().expect("one result for each test");

    let test = SpectralTest::new(&components, statistic, n_e, spectral);
    let turned = turn_degrees(&means[0], &means[1], effective.0, effective.1);
    Ok(vec![
        spectral_draft(context, &test.into(), turned, groups)
            .counts(reference.rows(), target.rows()),
        discrepancy_draft(context, &mmd, &by_mmd, &pooled),
        neighbour_draft(context, &neighbours, &by_neighbours, &pooled),
    ])
}

/// What the spectral test found, by permutations or in closed form.
pub(crate) struct Spectral {
    pub(crate) statistic: f64,
    pub(crate) p_value: f64,
    /// Permutations, if any.
    pub(crate) rounds: Option<u64>,
    pub(crate) separation: f64,
    pub(crate) detectable: f64,
}

impl From<SpectralTest> for Spectral {
    fn from(test: SpectralTest) -> Self {
        Self {
            statistic: test.statistic,
            p_value: test.p_value,
            rounds: Some(test.permutation.rounds),
            separation: test.separation,
            detectable: test.detectable_separation,
        }
    }
}

pub(crate) fn spectral_draft(
    context: &SpaceContext<'_>,
    test: &Spectral,
    turned: Option<f64>,
    groups: Option<&RowGroups>,
) -> Draft {
    let thresholds = &context.options.thresholds;
    let separation = Effect {
        name: "separation".into(),
        value: test.separation,
        unit: SEPARATION.into(),
        threshold: thresholds.separation,
        no_change: 0.5,
        detectable: Some(test.detectable),
    };
    let turned_text = turned.map_or(String::new(), |t| {
        format!(", mean direction turned by {t:.1} degrees")
    });
    let mut draft = context
        .draft(DIRECTIONS, Scope::All)
        .test(
            "spectral",
            test.statistic,
            test.p_value,
            test.rounds,
        )
        .effect(separation)
        .sentence(format!(
            "a linear rule tells the windows apart in {:.0} of 100 pairs (50 is chance){turned_text}{}",
            test.separation * 100.0,
            moved(groups)
        ))
        .leads(true);
    let turn = turned.map(|t| {
        let name = "turn of the mean direction";
        effect(name, t, "degrees", thresholds.turn, None)
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
        .counts(pooled.first as u64, pooled.second as u64)
        .test(
            statistic,
            value,
            permutation.p_value,
            Some(permutation.rounds),
        )
        .leads(!context.classed)
        .sampled(true)
}

fn discrepancy_draft(
    context: &SpaceContext<'_>,
    mmd: &Mmd,
    permutation: &Permutation,
    pooled: &Pooled,
) -> Draft {
    let value = mmd.unbiased().unwrap_or(mmd.observed());
    let (name, statistic) = (DISCREPANCY, "laplace-mmd");
    sample_draft(context, name, statistic, value, permutation, pooled).sentence(format!(
        "records lie closer to those of their own window than to those of the other{}",
        moved(pooled.groups.as_ref())
    ))
}

fn neighbour_draft(
    context: &SpaceContext<'_>,
    neighbours: &Neighbours,
    permutation: &Permutation,
    pooled: &Pooled,
) -> Draft {
    let share = neighbours.observed();
    let (name, statistic) = (NEIGHBOUR_TEST, "schilling-knn");
    let seen = permutation.detectable() - permutation.null_mean;
    let expected = match pooled.groups {
        Some(_) => permutation.null_mean,
        None => neighbours.expected(),
    };
    sample_draft(context, name, statistic, share, permutation, pooled)
        .effect(effect(
            "excess of neighbours from the own window",
            share - expected,
            "share",
            context.options.thresholds.neighbour_excess,
            Some(seen),
        ))
        .sentence(format!(
            "{:.1} % of nearest neighbours come from the own window, {:.1} % by chance{}",
            share * 100.0,
            expected * 100.0,
            moved(pooled.groups.as_ref())
        ))
}
