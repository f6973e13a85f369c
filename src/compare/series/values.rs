//! What one window says of one signal, and how it is held against another.

use std::collections::BTreeMap;

use super::result::Change;
use crate::compare::stats::{
    ShareTest, ks_p_value, ks_statistic, pooled_chi_square, share_test, simes, total_variation,
    wasserstein1,
};
use crate::error::Result;
use crate::sketch::{Quantiles, common_buckets};

/// Fewest rows of a class that are tested.
const FEWEST_ROWS: u64 = 5;
/// What lies beyond this share of the reference is its tail.
const TAIL: f64 = 0.1;

/// The values of a signal in one window, or in several together.
#[derive(Debug, Clone)]
pub(super) enum Values<N = Quantiles> {
    /// Numbers.
    Numbers(N),
    /// Counts by value.
    Counts(BTreeMap<String, u64>),
    /// In how many records there is no value.
    Missing {
        /// Records without one.
        missing: u64,
        /// All records.
        records: u64,
    },
    /// Numbers of each class, so that another mix of classes is no change.
    ByClass(BTreeMap<String, N>),
    /// The same, of which only larger ones are a change: a record that the reference
    /// knows already is no news.
    Larger(BTreeMap<String, N>),
}

/// Numbers that windows are held against, with what is the same for all of them.
#[derive(Debug, Clone)]
pub(super) struct Trusted {
    numbers: Quantiles,
    mean: Option<f64>,
    sd: Option<f64>,
}

impl Trusted {
    fn of(numbers: &Quantiles) -> Self {
        Self {
            mean: numbers.mean().map(|mean| mean.estimate),
            sd: spread(numbers),
            numbers: numbers.clone(),
        }
    }
}

/// The standard deviation that effects are counted in.
fn spread(numbers: &Quantiles) -> Option<f64> {
    let sd = numbers.sd()?.estimate;
    (numbers.varies() && sd > 0.0 && sd.is_finite()).then_some(sd)
}

impl<N> Values<N> {
    /// The unit of effects.
    pub(super) fn unit(&self) -> &'static str {
        match self {
            Self::Counts(_) | Self::Missing { .. } => "share",
            _ => "reference sd",
        }
    }
}

/// How a window's values stand to others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    pub(super) effect: f64,
    pub(super) level: f64,
    pub(super) p_value: f64,
    pub(super) change: Change,
}

impl Values {
    /// The same, for many windows to be held against.
    pub(super) fn trusted(&self) -> Values<Trusted> {
        let by_class = |classes: &BTreeMap<String, Quantiles>| {
            let trusted = |(class, numbers): (&String, _)| (class.clone(), Trusted::of(numbers));
            classes.iter().map(trusted).collect()
        };
        match self {
            Self::Numbers(numbers) => Values::Numbers(Trusted::of(numbers)),
            Self::Counts(counts) => Values::Counts(counts.clone()),
            &Self::Missing { missing, records } => Values::Missing { missing, records },
            Self::ByClass(classes) => Values::ByClass(by_class(classes)),
            Self::Larger(classes) => Values::Larger(by_class(classes)),
        }
    }

    /// Both together.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        match (self, other) {
            (Self::Numbers(a), Self::Numbers(b)) => *a = a.merge(b)?,
            (Self::Counts(a), Self::Counts(b)) => {
                for (value, count) in b {
                    *a.entry(value.clone()).or_default() += count;
                }
            }
            (
                Self::Missing { missing, records },
                Self::Missing {
                    missing: more,
                    records: of,
                },
            ) => {
                *missing = missing.saturating_add(*more);
                *records = records.saturating_add(*of);
            }
            (Self::ByClass(a), Self::ByClass(b)) | (Self::Larger(a), Self::Larger(b)) => {
                for (class, numbers) in b {
                    match a.get_mut(class) {
                        Some(mine) => *mine = mine.merge(numbers)?,
                        None => {
                            a.insert(class.clone(), numbers.clone());
                        }
                    }
                }
            }
            // A signal is of one kind in all windows.
            _ => {}
        }
        Ok(())
    }

    /// These against a reference. `None` where one of the two has too little.
    pub(super) fn held_against(&self, reference: &Values<Trusted>) -> Option<Held> {
        match (self, reference) {
            (Self::Numbers(a), Values::Numbers(b)) => numbers(a, b),
            (Self::Counts(a), Values::Counts(b)) => counts(a, b),
            (
                &Self::Missing { missing, records },
                &Values::Missing {
                    missing: before,
                    records: of,
                },
            ) => gaps((missing, records), (before, of)),
            (Self::ByClass(a), Values::ByClass(b)) => by_class(a, b, numbers),
            (Self::Larger(a), Values::Larger(b)) => by_class(a, b, larger),
            _ => None,
        }
    }
}

/// Kolmogorov and Smirnov's test, with Stephens' correction at any number of rows
/// (ties and few rows leave its level below the nominal one), and the shares beyond
/// the tails of the reference, where a few dark or blurred records show first; the
/// three p-values join. The effect is the Wasserstein distance in standard deviations of
/// the reference.
fn numbers(window: &Quantiles, reference: &Trusted) -> Option<Held> {
    let (n, m) = (reference.numbers.finite_count(), window.finite_count());
    if n < FEWEST_ROWS || m < FEWEST_ROWS {
        return None;
    }
    let common = common_buckets(&reference.numbers, window);
    let d = ks_statistic(&common.first, &common.second)?;
    let mut p_values = vec![ks_p_value(
        d,
        reference.numbers.count() as f64,
        window.count() as f64,
    )];
    let pairs = || {
        common
            .first
            .iter()
            .copied()
            .zip(common.second.iter().copied())
    };
    p_values.extend(tail(pairs()));
    p_values.extend(tail(pairs().rev()));
    let sd = reference.sd.or_else(|| spread(window));
    let finite = |at: &usize| common.buckets[*at].midpoint().is_finite();
    let kept: Vec<usize> = (0..common.buckets.len()).filter(finite).collect();
    let take = |counts: &[u64]| kept.iter().map(|&at| counts[at]).collect::<Vec<_>>();
    let midpoints: Vec<f64> = kept
        .iter()
        .map(|&at| common.buckets[at].midpoint())
        .collect();
    let distance = wasserstein1(&midpoints, &take(&common.first), &take(&common.second))?;
    let change = Change {
        value: None,
        reference: reference.mean?,
        window: window.mean()?.estimate,
    };
    let scale = |x: f64| sd.map_or(0.0, |sd| x / sd);
    Some(Held {
        effect: scale(distance),
        level: scale(change.window - change.reference),
        p_value: simes(&p_values)?,
        change,
    })
}

/// As [`numbers`], but for larger values only: Smirnov's one-sided test
///
/// ```text
/// D+ = max(F_reference - F_window),   p = exp(-2 D+^2 n m / (n + m))
/// ```
///
/// (a bound at every size but for a small factor: Massart 1990) and the share beyond
/// the upper tail. Effects of smaller values are 0.
fn larger(window: &Quantiles, reference: &Trusted) -> Option<Held> {
    let both = numbers(window, reference)?;
    let common = common_buckets(&reference.numbers, window);
    let (n, m) = (reference.numbers.count() as f64, window.count() as f64);
    let (mut of_reference, mut of_window, mut most) = (0, 0, 0.0_f64);
    for (a, b) in common.first.iter().zip(&common.second) {
        of_reference += a;
        of_window += b;
        most = most.max(of_reference as f64 / n - of_window as f64 / m);
    }
    let mut p_values = vec![libm::exp(-2.0 * most * most * n * m / (n + m))];
    let pairs = common
        .first
        .iter()
        .copied()
        .zip(common.second.iter().copied());
    p_values.extend(shares(pairs.rev()).map(|test| test.p_upper));
    let rises = both.level > 0.0;
    Some(Held {
        effect: if rises { both.effect } else { 0.0 },
        level: both.level.max(0.0),
        p_value: simes(&p_values)?,
        change: both.change,
    })
}

/// Whether more of the window, or less, lies in the first tenth of the reference;
/// `pairs` are its counts and those of the window from that end on.
fn tail(pairs: impl Iterator<Item = (u64, u64)> + Clone) -> Option<f64> {
    shares(pairs).map(|test| test.p_value)
}

fn shares(pairs: impl Iterator<Item = (u64, u64)> + Clone) -> Option<ShareTest> {
    let add = |sums: (u64, u64), pair: (u64, u64)| (sums.0 + pair.0, sums.1 + pair.1);
    let (n, m) = pairs.clone().fold((0, 0), add);
    let mut inside = (0, 0);
    for pair in pairs {
        let next = add(inside, pair);
        // The last edge at which no more than a tenth lies inside: drawn from the
        // reference alone.
        if next.0 as f64 > TAIL * n as f64 {
            break;
        }
        inside = next;
    }
    if inside.0 == 0 {
        return None;
    }
    share_test(inside.0, n, inside.1, m)
}

/// Pearson's chi-square of the values that both sides expect five of, the rest
/// together. The effect is the total variation less what chance alone gives.
fn counts(window: &BTreeMap<String, u64>, reference: &BTreeMap<String, u64>) -> Option<Held> {
    let mut pairs: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (value, count) in reference {
        pairs.entry(value).or_default().0 += count;
    }
    for (value, count) in window {
        pairs.entry(value).or_default().1 += count;
    }
    let (names, cells): (Vec<&str>, Vec<(u64, u64)>) = pairs.into_iter().unzip();
    let (first, second): (Vec<u64>, Vec<u64>) = cells.iter().copied().unzip();
    let (n, m) = (first.iter().sum::<u64>(), second.iter().sum::<u64>());
    if n < FEWEST_ROWS || m < FEWEST_ROWS {
        return None;
    }
    let variation = total_variation(&first, &second)?;
    let effect = (variation.distance - variation.by_chance).max(0.0);
    let share = |(a, b): (u64, u64)| (a as f64 / n as f64, b as f64 / m as f64);
    let moved = |at: usize| {
        let (a, b) = share(cells[at]);
        (a - b).abs()
    };
    // The first by name of those that moved as much.
    let most = (0..cells.len())
        .rev()
        .max_by(|a, b| moved(*a).total_cmp(&moved(*b)))?;
    let (reference, window) = share(cells[most]);
    Some(Held {
        effect,
        level: effect,
        p_value: pooled_chi_square(&cells, n, m),
        change: Change {
            value: Some(names[most].to_owned()),
            reference,
            window,
        },
    })
}

/// The shares of records without a value, by the exact test of shares. Where no record of either
/// side lacks it there is nothing to test: all the same, a column without gaps is not evidence for
/// calm in the others.
fn gaps(window: (u64, u64), reference: (u64, u64)) -> Option<Held> {
    if reference.1 < FEWEST_ROWS || window.1 < FEWEST_ROWS || (window.0, reference.0) == (0, 0) {
        return None;
    }
    let share = |(missing, records): (u64, u64)| missing as f64 / records as f64;
    let (now, before) = (share(window), share(reference));
    Some(Held {
        effect: (now - before).abs(),
        level: now - before,
        p_value: share_test(reference.0, reference.1, window.0, window.1)?.p_value,
        change: Change {
            value: Some("missing".to_owned()),
            reference: before,
            window: now,
        },
    })
}

/// Every class by itself: p-values joined, effects as a mean weighted by the
/// window's rows.
fn by_class(
    window: &BTreeMap<String, Quantiles>,
    reference: &BTreeMap<String, Trusted>,
    held: impl Fn(&Quantiles, &Trusted) -> Option<Held>,
) -> Option<Held> {
    let held: Vec<(Held, f64)> = (window.iter())
        .filter_map(|(class, a)| Some((held(a, reference.get(class)?)?, a.count() as f64)))
        .collect();
    let p_values: Vec<f64> = held.iter().map(|(held, _)| held.p_value).collect();
    let total: f64 = held.iter().map(|(_, rows)| rows).sum();
    let mean =
        |of: fn(&Held) -> f64| held.iter().map(|(h, rows)| of(h) * rows).sum::<f64>() / total;
    Some(Held {
        p_value: simes(&p_values)?,
        effect: mean(|held| held.effect),
        level: mean(|held| held.level),
        change: Change {
            value: None,
            reference: mean(|held| held.change.reference),
            window: mean(|held| held.change.window),
        },
    })
}
