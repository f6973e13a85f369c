//! Counts of category values: exact up to a cap, bounded past it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::{LONGEST, bounded};
use crate::error::{Error, ErrorKind, Result};

/// How often each value of a category came.
///
/// # Accuracy
///
/// - While at most `cap` distinct values came, every count is exact and the state
///   is a pure function of the multiset, whatever the order and the merge tree.
/// - Past the cap it is a Misra-Gries summary. With n values in all
///   and error e = [`max_error`](Self::max_error):
///
/// ```text
/// count kept <= true count <= count kept + e,      e <= n / (cap + 1)
/// ```
///
///   so every value with more than n / (cap + 1) occurrences is there. Which of the
///   rare ones are kept then depends on the order and on the merge tree: **the bytes
///   are no longer canonical**, and [`is_exact`](Self::is_exact) says so. (That it
///   happened does not depend on the order.)
///
/// A value longer than 256 bytes is kept as its beginning and the hash of the whole,
/// so that one value cannot fill the memory.
///
/// # Sources
///
/// Misra and Gries, "Finding repeated elements", 1982; the merge and its bound are
/// those of Agarwal, Cormode, Huang, Phillips, Wei, Yi, "Mergeable summaries", PODS
/// 2012, section 3.
///
/// ```
/// use driftsphere::sketch::Categories;
///
/// # fn main() -> driftsphere::Result<()> {
/// let mut colours = Categories::new(2)?;
/// ["red", "green", "red"].map(|colour| colours.update(colour));
/// assert!(colours.is_exact());
/// assert_eq!(colours.estimate("red").estimate, 2);
///
/// colours.update("blue"); // a third value: all three counts fall by the smallest
/// assert!(!colours.is_exact());
/// let red = colours.estimate("red");
/// assert_eq!((red.lower_bound, red.upper_bound), (1, 2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawCategories", into = "RawCategories")]
pub struct Categories {
    cap: usize,
    counts: BTreeMap<String, u64>,
    total: u64,
    error: u64,
}

/// A count and its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountEstimate {
    /// The count kept: the lower bound, so that estimates never add up to more
    /// than came.
    pub estimate: u64,
    /// The true count is not below.
    pub lower_bound: u64,
    /// The true count is not above.
    pub upper_bound: u64,
}

impl Categories {
    /// Distinct values that are counted exactly, unless asked otherwise.
    pub const DEFAULT_CAP: usize = 1024;

    /// The largest cap that is accepted.
    pub const MAX_CAP: usize = 1 << 20;

    /// Counts that are exact for up to `cap` distinct values, 1 to
    /// [`MAX_CAP`](Self::MAX_CAP).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`] for a cap out of range.
    pub fn new(cap: usize) -> Result<Self> {
        check_cap(cap, ErrorKind::Argument)?;
        Ok(Self {
            cap,
            counts: BTreeMap::new(),
            total: 0,
            error: 0,
        })
    }

    /// The largest number of values that are kept.
    #[must_use]
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// Counts `value` once.
    pub fn update(&mut self, value: &str) {
        self.update_many(value, 1);
    }

    /// Counts `value` as many times as `count` says.
    pub fn update_many(&mut self, value: &str, count: u64) {
        if count == 0 {
            return;
        }
        self.total = self.total.saturating_add(count);
        self.add(&bounded(value), count);
        self.cut();
    }

    fn add(&mut self, value: &str, count: u64) {
        match self.counts.get_mut(value) {
            Some(kept) => *kept = kept.saturating_add(count),
            None => {
                self.counts.insert(value.to_owned(), count);
            }
        }
    }

    /// Brings the values back to the cap: takes the (cap + 1)-th largest count
    /// from each and drops those at which nothing is left.
    ///
    /// This takes it from at least cap + 1 counts, so all cuts together cannot
    /// take more than n / (cap + 1): the bound on the error. For the same reason
    /// there are at most so many cuts, each of which costs O(cap): constant time
    /// a value on average.
    fn cut(&mut self) {
        if self.counts.len() <= self.cap {
            return;
        }
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        let at = counts.len() - 1 - self.cap;
        let taken = *counts.select_nth_unstable(at).1;
        self.counts.retain(|_, count| {
            *count -= taken.min(*count);
            *count > 0
        });
        self.error = self.error.saturating_add(taken);
    }

    /// Takes in all that `other` saw.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Incompatible`] if the caps differ; `self` is then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.cap != other.cap {
            let message = format!(
                "counts of at most {} and {} categories cannot be merged",
                self.cap, other.cap
            );
            return Err(Error::new(ErrorKind::Incompatible, message));
        }
        for (value, count) in &other.counts {
            self.add(value, *count);
        }
        self.total = self.total.saturating_add(other.total);
        self.error = self.error.saturating_add(other.error);
        self.cut();
        Ok(())
    }

    /// How many values came.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether every count is exact: at most `cap` distinct values came.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.error == 0
    }

    /// By how much a kept count may fall short, and how often a value that is not
    /// kept may have come.
    #[must_use]
    pub fn max_error(&self) -> u64 {
        self.error
    }

    /// How many values are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether no value is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How often `value` came.
    #[must_use]
    pub fn estimate(&self, value: &str) -> CountEstimate {
        let count = self.counts.get(bounded(value).as_ref());
        self.bounds(count.copied().unwrap_or(0))
    }

    /// The kept values in ascending order, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, CountEstimate)> {
        let entries = self.counts.iter();
        entries.map(|(value, count)| (value.as_str(), self.bounds(*count)))
    }

    /// The same with values that came fewer than `least` times counted together as
    /// `name`; where they are still too few, the rarest of the others with them.
    /// If all are too few, nothing is kept. Past the cap, rare values are dropped:
    /// counts do not add up to the total then anyhow.
    ///
    /// ```
    /// use driftsphere::sketch::Categories;
    ///
    /// let mut breeds = Categories::new(64)?;
    /// for (breed, count) in [("beagle", 90), ("boxer", 30), ("borzoi", 15), ("briard", 10)] {
    ///     breeds.update_many(breed, count);
    /// }
    /// let pooled = breeds.pooled(20, "other values");
    /// let kept: Vec<_> = pooled.iter().map(|(breed, count)| (breed, count.estimate)).collect();
    /// assert_eq!(kept, [("beagle", 90), ("boxer", 30), ("other values", 25)]);
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    #[must_use]
    pub fn pooled(&self, least: u64, name: &str) -> Self {
        let mut out = self.clone();
        out.counts.retain(|_, count| *count >= least);
        if !self.is_exact() {
            return out;
        }
        let sum =
            |counts: &BTreeMap<String, u64>| counts.values().copied().fold(0, u64::saturating_add);
        let mut pool = sum(&self.counts) - sum(&out.counts);
        while pool > 0 && pool < least {
            let rarest = out
                .counts
                .iter()
                .min_by_key(|(value, count)| (**count, *value));
            let Some(value) = rarest.map(|(value, _)| value.clone()) else {
                break;
            };
            pool += out.counts.remove(&value).unwrap_or(0);
        }
        if pool >= least && pool > 0 {
            out.add(name, pool);
        }
        out.total = sum(&out.counts);
        out
    }

    fn bounds(&self, count: u64) -> CountEstimate {
        CountEstimate {
            estimate: count,
            lower_bound: count,
            upper_bound: count.saturating_add(self.error).min(self.total),
        }
    }
}

fn check_cap(cap: usize, kind: ErrorKind) -> Result<()> {
    if (1..=Categories::MAX_CAP).contains(&cap) {
        return Ok(());
    }
    let message = format!(
        "categories take a cap of 1 to {}, not {cap}",
        Categories::MAX_CAP
    );
    Err(Error::new(kind, message))
}

/// The stored form.
#[derive(Serialize, Deserialize)]
struct RawCategories {
    cap: u32,
    total: u64,
    error: u64,
    /// Ascending by value.
    counts: Vec<(String, u64)>,
}

impl From<Categories> for RawCategories {
    fn from(valid: Categories) -> Self {
        Self {
            cap: u32::try_from(valid.cap).expect("caps end at 2^20"),
            total: valid.total,
            error: valid.error,
            counts: valid.counts.into_iter().collect(),
        }
    }
}

impl TryFrom<RawCategories> for Categories {
    type Error = Error;

    fn try_from(raw: RawCategories) -> Result<Self> {
        let bad = |what: &str| Error::new(ErrorKind::Format, format!("categories: {what}"));
        let cap = usize::try_from(raw.cap).map_err(|_| bad("the cap is too large"))?;
        check_cap(cap, ErrorKind::Format)?;
        if raw.counts.len() > cap {
            return Err(bad("more values than the cap allows"));
        }
        if !raw.counts.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Err(bad("the values do not rise"));
        }
        if raw
            .counts
            .iter()
            .any(|(value, count)| value.len() > LONGEST || *count == 0)
        {
            return Err(bad("a value that is too long or never came"));
        }
        let counted: u128 = raw.counts.iter().map(|(_, count)| u128::from(*count)).sum();
        let taken = u128::from(raw.error) * (u128::from(raw.cap) + 1);
        // A total that ran full says nothing about the sum any more.
        let total = u128::from(raw.total);
        let full = raw.total == u64::MAX;
        let sound = if raw.error == 0 {
            counted == total
        } else {
            counted + taken <= total
        };
        if !sound && !full {
            return Err(bad("the counts do not add up to the total"));
        }
        Ok(Self {
            cap,
            counts: raw.counts.into_iter().collect(),
            total: raw.total,
            error: raw.error,
        })
    }
}
