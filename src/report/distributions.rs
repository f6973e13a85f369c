//! The distributions that a finding is about, looked up in the two profiles.

use crate::compare::{Finding, Scope, wilson, without_tail};
use crate::profile::{ObjectTable, Profile};
use crate::sketch::Quantiles;

/// Bins of a histogram: few records fill few.
const BINS: (usize, usize) = (8, 24);
/// What is drawn of the values, by rank: single far values would squeeze all others.
const DRAWN: (f64, f64) = (0.005, 0.995);

/// Within this part of the axis no half of all values is to lie.
const CROWDED: f64 = 0.1;

/// Shares of both windows by value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    /// Ends of the bins, rising; one more than bins.
    pub(super) edges: Vec<f64>,
    pub(super) reference: Vec<Part>,
    pub(super) target: Vec<Part>,
    pub(super) medians: (Option<f64>, Option<f64>),
    /// Whether bins are as wide as each other in the logarithm, not in the value.
    pub(super) is_logarithmic: bool,
}

/// The share of one bin, with its error: what the sketch forgot, and the chance
/// in drawing so many records (Wilson 1927, 95 %).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub(super) share: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
}

/// The sketches of both sides that a finding is about; `None` where a profile
/// keeps none of it, as for distances of pairs.
pub(super) fn sketches<'p>(
    (reference, target): (&'p Profile, &'p Profile),
    finding: &Finding,
) -> Option<(&'p Quantiles, &'p Quantiles)> {
    let of = |profile: &'p Profile| match finding.group.strip_prefix("space ") {
        Some(space) => of_space(profile, space, finding),
        None => of_feature(profile, finding).or_else(|| of_objects(profile, finding)),
    };
    let of_records = |profile: &'p Profile| of_record_means(profile, finding);
    [
        of(reference).zip(of(target)),
        of_records(reference).zip(of_records(target)),
    ]
    .into_iter()
    .flatten()
    .find(|&both| {
        let has_values = both.0.finite_count() > 0 && both.1.finite_count() > 0;
        has_values && is_of(finding, both)
    })
}

/// Whether a finding's quantiles are those of the sketches. Others are of samples: a picture of
/// something else would mislead.
fn is_of(finding: &Finding, (reference, target): (&Quantiles, &Quantiles)) -> bool {
    finding.quantiles.iter().all(|pair| {
        at(reference, pair.rank) == Some(pair.reference)
            && at(target, pair.rank) == Some(pair.target)
    })
}

fn of_feature<'p>(profile: &'p Profile, finding: &Finding) -> Option<&'p Quantiles> {
    if finding.scope != Scope::All || profile.config().angles.contains_key(&finding.feature) {
        return None;
    }
    let features = profile.features();
    let whole = || features.get(without_tail(&finding.feature));
    let feature = features.get(&finding.feature).or_else(whole)?;
    Some(feature.numbers())
}

/// The objects that a finding is about, and what their number is called.
fn table<'p, 'f>(profile: &'p Profile, finding: &'f Finding) -> Option<(&'p ObjectTable, &'f str)> {
    let mut tables = profile.objects().iter();
    tables.find_map(|(kind, table)| {
        let name = finding.feature.strip_prefix(kind.as_str())?;
        Some((table, name.strip_prefix(' ')?))
    })
}

/// The means of each record, of a number of all objects.
fn of_record_means<'p>(profile: &'p Profile, finding: &Finding) -> Option<&'p Quantiles> {
    let (table, name) = table(profile, finding).filter(|_| finding.scope == Scope::All)?;
    table.record_means().get(name)
}

/// A number of objects, which is called by its kind and its name.
fn of_objects<'p>(profile: &'p Profile, finding: &Finding) -> Option<&'p Quantiles> {
    let (table, name) = table(profile, finding)?;
    let group = match &finding.scope {
        Scope::All => table.all(),
        Scope::Class(class) => table.classes().get(class)?,
        Scope::Cluster(_) | Scope::BetweenClasses(_) => return None,
    };
    Some(group.features().get(name)?.numbers())
}

fn of_space<'p>(profile: &'p Profile, name: &str, finding: &Finding) -> Option<&'p Quantiles> {
    // Distances measured on the samples are to other centres than the sketches'.
    let space = profile.spaces().get(name).filter(|_| !finding.sampled)?;
    match (finding.feature.as_str(), &finding.scope) {
        ("norm", Scope::All) => Some(space.norm()),
        ("cluster distance", Scope::All) => Some(space.cluster_distance()),
        ("own-centre distance", Scope::All) => Some(space.own_distance()),
        ("boundary distance", Scope::All) => Some(space.boundary()),
        ("own-centre distance", Scope::Class(class)) => {
            Some(space.classes().get(class)?.distance())
        }
        ("boundary distance", Scope::Class(class)) => Some(space.classes().get(class)?.boundary()),
        ("cluster distance", Scope::Cluster(cluster)) => {
            let codebook = profile.config().spaces.get(name)?.codebook.as_ref()?;
            let mut clusters = codebook.clusters().iter();
            let place = clusters.position(|centre| centre.name == *cluster)?;
            Some(space.clusters().get(place)?.distance())
        }
        _ => None,
    }
}

/// Both sides cut into the same bins, from the 0.5 % quantile to the 99.5 % one, by logarithm where
/// values are positive and skewed; `None` where all values are one, or none is known.
pub(super) fn histogram(reference: &Quantiles, target: &Quantiles) -> Option<Histogram> {
    let (edges, is_logarithmic) = edges(reference, target)?;
    Some(Histogram {
        reference: parts(reference, &edges)?,
        target: parts(target, &edges)?,
        medians: (at(reference, 0.5), at(target, 0.5)),
        edges,
        is_logarithmic,
    })
}

/// The distribution of one profile, as the reference's; nothing is the target's.
pub(super) fn single(quantiles: &Quantiles) -> Option<Histogram> {
    let mut histogram = histogram(quantiles, quantiles)?;
    histogram.target.clear();
    histogram.medians.1 = None;
    Some(histogram)
}

fn at(quantiles: &Quantiles, rank: f64) -> Option<f64> {
    let value = quantiles.quantile(rank).ok()??.estimate;
    value.is_finite().then_some(value)
}

/// The ends of the bins, and whether they go by logarithm.
fn edges(reference: &Quantiles, target: &Quantiles) -> Option<(Vec<f64>, bool)> {
    let from = at(reference, DRAWN.0)?.min(at(target, DRAWN.0)?);
    let to = at(reference, DRAWN.1)?.max(at(target, DRAWN.1)?);
    // Few whole numbers have a bin each.
    let whole = |quantiles: &Quantiles| {
        quantiles.is_exact() && quantiles.buckets().all(|b| b.midpoint().fract() == 0.0)
    };
    let least = reference.finite_count().min(target.finite_count());
    let bins = (least.isqrt() as usize).clamp(BINS.0, BINS.1);
    if to - from <= BINS.1 as f64 && whole(reference) && whole(target) {
        let count = (to - from).round() as usize + 1;
        return Some(((0..=count).map(|i| from - 0.5 + i as f64).collect(), false));
    }
    let medians = (at(reference, 0.5)?, at(target, 0.5)?);
    let is_logarithmic = is_skewed((from, to), medians);
    let part = |i: usize| i as f64 / bins as f64;
    let end = |i: usize| match is_logarithmic {
        // Exact at both ends, or the values there would lie outside.
        true if i == 0 => from,
        true if i == bins => to,
        true => from * libm::pow(to / from, part(i)),
        false => from + (to - from) / bins as f64 * i as f64,
    };
    let edges: Vec<f64> = (0..=bins).map(end).collect();
    let rises = edges.windows(2).all(|ends| ends[0] < ends[1]);
    (rises && (to - from).is_finite()).then_some((edges, is_logarithmic))
}

/// Whether positive values crowd at the lower end, half of those of both sides within a tenth of the
/// axis, and no more do so on a logarithmic one.
fn is_skewed((from, to): (f64, f64), medians: (f64, f64)) -> bool {
    let higher = medians.0.max(medians.1);
    let lower = medians.0.min(medians.1);
    from > 0.0
        && higher - from < (to - from) * CROWDED
        && libm::log(higher / from) > libm::log(to / from) * CROWDED
        && libm::log(lower / from) < libm::log(to / from) * (1.0 - CROWDED)
}

fn parts(quantiles: &Quantiles, edges: &[f64]) -> Option<Vec<Part>> {
    let masses = quantiles.pmf(edges).ok()?;
    let n = quantiles.count();
    // What lies outside is not drawn, but the smallest value belongs to the first bin.
    let mut masses = masses.into_iter();
    let below = masses.next()?;
    let first = quantiles
        .min()
        .filter(|min| *min == edges[0])
        .map(|_| below);
    let mut parts: Vec<Part> = masses
        .take(edges.len() - 1)
        .map(|mass| Part {
            share: mass.estimate,
            lower: interval(mass.lower_bound, n).0,
            upper: interval(mass.upper_bound, n).1,
        })
        .collect();
    if let (Some(below), Some(part)) = (first, parts.first_mut()) {
        let share = part.share + below.estimate;
        *part = Part {
            share,
            lower: interval(share, n).0,
            upper: interval(share, n).1,
        };
    }
    Some(parts)
}

/// The interval of a share of `n` records.
fn interval(share: f64, n: u64) -> (f64, f64) {
    wilson((share * n as f64).round() as u64, n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::QuantileSketch;

    fn quantiles(values: impl IntoIterator<Item = f64>) -> Quantiles {
        let mut sketch = QuantileSketch::new(4096).unwrap();
        values.into_iter().for_each(|value| sketch.update(value));
        sketch.freeze()
    }

    #[test]
    fn whole_numbers_have_a_bin_each_and_all_mass_is_drawn() {
        let a = quantiles([1.0, 1.0, 2.0, 3.0]);
        let b = quantiles([2.0, 4.0, 4.0, 4.0]);
        let histogram = histogram(&a, &b).unwrap();
        assert_eq!(histogram.edges, [0.5, 1.5, 2.5, 3.5, 4.5]);
        let shares = |side: &[Part]| side.iter().map(|p| p.share).collect::<Vec<_>>();
        assert_eq!(shares(&histogram.reference), [0.5, 0.25, 0.25, 0.0]);
        assert_eq!(shares(&histogram.target), [0.0, 0.25, 0.0, 0.75]);
        assert_eq!(histogram.medians, (Some(1.0), Some(4.0)));
    }

    #[test]
    fn bands_hold_their_share_and_narrow_with_more_records() {
        let many = |n: usize| quantiles((0..n).map(|i| (i as f64 * 0.618).fract()));
        let width = |n: usize| {
            let histogram = histogram(&many(n), &many(n)).unwrap();
            let mut widths = histogram.target.iter().map(|part| {
                assert!(part.lower <= part.share && part.share <= part.upper);
                part.upper - part.lower
            });
            widths.next().unwrap()
        };
        assert!(width(10_000) < 0.5 * width(1_000));
    }

    #[test]
    fn skewed_positive_values_are_cut_by_their_logarithm_and_others_are_not() {
        let areas = |times: f64| (0..2000).map(move |i| times * libm::exp(f64::from(i) / 150.0));
        let (a, b) = (quantiles(areas(1.0)), quantiles(areas(2.0)));
        let skewed = histogram(&a, &b).unwrap();
        assert!(skewed.is_logarithmic);
        let steps: Vec<f64> = skewed.edges.windows(2).map(|e| e[1] / e[0]).collect();
        assert!(
            steps
                .iter()
                .all(|step| (step / steps[0] - 1.0).abs() < 1e-9)
        );
        // They are even in the logarithm, so that no bin holds most of them.
        let most = |side: &[Part]| side.iter().map(|p| p.share).fold(0.0, f64::max);
        assert!(most(&skewed.reference) < 0.1, "{}", most(&skewed.reference));
        for (from, to) in [(1.0, 101.0), (-5.0, 1e6)] {
            let even = quantiles((0..2000).map(|i| from + (to - from) * f64::from(i) / 2000.0));
            assert!(!histogram(&even, &even).unwrap().is_logarithmic);
        }
        // Zero has no logarithm.
        let zeros = quantiles(areas(1.0).chain([0.0; 100]));
        assert!(!histogram(&zeros, &b).unwrap().is_logarithmic);
    }

    #[test]
    fn one_value_makes_no_histogram_unless_it_is_whole() {
        assert!(histogram(&quantiles([0.25; 9]), &quantiles([0.25; 9])).is_none());
        assert!(histogram(&quantiles([]), &quantiles([1.0])).is_none());
    }
}
