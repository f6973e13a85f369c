//! Quantile sketches whose buckets all hold many values.

use std::ops::Range;

use super::buckets::{self, Entry};
use super::quantiles::Quantiles;

impl Quantiles {
    /// The same with neighbouring buckets joined until each holds at least `least`
    /// values, and without minimum and maximum: no value, and no bucket of fewer
    /// values, can be read from it any more.
    ///
    /// The buckets are cut in two, again and again, at the coarsest edge that
    /// leaves `least` values on either side:
    ///
    /// ```text
    /// edge between keys a < b    at the highest bit in which |a| and |b| differ
    /// of equal height            that with most values on its smaller side, then the lowest
    /// ```
    ///
    /// Coarse edges first, so that two sketches of like streams have most edges in
    /// common, at which they are compared exactly. A bucket that holds `least`
    /// values by itself and is cut off on both sides stays as it is. The outer edges
    /// of the first and last bucket, if joined, are no bounds of the values: they
    /// stand at the width of the bucket beside it. Fewer than `least` finite values
    /// are dropped; where no cut is found, their number is all that is known
    /// ([`is_withheld`](Self::is_withheld)).
    ///
    /// Counts of NaN and infinities stay. The result answers and is compared; it is
    /// not merged, and is not to be learned on.
    ///
    /// ```
    /// use driftsphere::sketch::QuantileSketch;
    ///
    /// # fn main() -> driftsphere::Result<()> {
    /// let mut sketch = QuantileSketch::new(4096)?;
    /// (0..1000).for_each(|i| sketch.update(f64::from(i)));
    /// let joined = sketch.freeze().joined(20);
    /// assert!(joined.buckets().all(|bucket| bucket.count >= 20));
    /// assert_eq!((joined.count(), joined.min()), (1000, None));
    /// let median = joined.quantile(0.5)?.expect("there are values");
    /// assert!((median.estimate - 499.5).abs() < 20.0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn joined(&self, least: u64) -> Self {
        if self.is_joined() {
            return self.clone();
        }
        let mut out = Self {
            cap: self.cap,
            shift: self.shift,
            entries: Vec::new(),
            outside: self.outside,
            extremes: None,
            firsts: None,
        };
        if self.finite_count() < least.max(1) {
            return out;
        }
        let runs = Runs::new(&self.entries, least).divided();
        let ends = ends_of(&self.entries, self.shift, &runs);
        let mut firsts = Vec::with_capacity(runs.len());
        for (run, (first, last)) in runs.into_iter().zip(ends) {
            let count = self.entries[run].iter().map(|entry| entry.1);
            out.entries.push((last, count.fold(0, u64::saturating_add)));
            firsts.push(first);
        }
        out.firsts = Some(firsts);
        out
    }

    /// Whether buckets were [joined](Self::joined).
    #[must_use]
    pub fn is_joined(&self) -> bool {
        self.firsts.is_some()
    }

    /// Whether the first, and the last, bucket was joined and ends nobody knows where.
    pub(super) fn open_ends(&self) -> (bool, bool) {
        let Some(firsts) = &self.firsts else {
            return (false, false);
        };
        let is_joined = |(first, entry): (&i64, &Entry)| *first != entry.0;
        let mut buckets = firsts.iter().zip(&self.entries);
        let first = buckets.clone().next().is_some_and(is_joined);
        (first, buckets.next_back().is_some_and(is_joined))
    }

    /// Whether nothing is known of the finite values but their number: too few to
    /// be cut in two when buckets were [joined](Self::joined).
    #[must_use]
    pub fn is_withheld(&self) -> bool {
        let whole = buckets::largest_key(self.shift).cast_signed();
        let first = self.firsts.as_ref().and_then(|firsts| firsts.first());
        first == Some(&-whole) && self.entries.len() == 1
    }

    /// Whether at least two different finite values came, as far as is known.
    #[must_use]
    pub fn varies(&self) -> bool {
        match &self.firsts {
            None => self.min() < self.max(),
            Some(firsts) => firsts.len() > 1 || firsts.first() < self.entries.first().map(|e| &e.0),
        }
    }
}

/// Entries with sums of their counts.
struct Runs<'a> {
    entries: &'a [Entry],
    /// `below[i]` values lie below entry i.
    below: Vec<u64>,
    least: u64,
}

impl<'a> Runs<'a> {
    fn new(entries: &'a [Entry], least: u64) -> Self {
        let mut below = vec![0_u64];
        for entry in entries {
            below.push(below[below.len() - 1].saturating_add(entry.1));
        }
        Self {
            entries,
            below,
            least,
        }
    }

    fn divided(&self) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let all: Range<usize> = 0..self.entries.len();
        let mut left = vec![all];
        while let Some(range) = left.pop() {
            match self.cut(&range) {
                Some(at) => left.extend([at..range.end, range.start..at]),
                None => out.push(range),
            }
        }
        out
    }

    fn cut(&self, range: &Range<usize>) -> Option<usize> {
        let sides = |at: usize| {
            let lower = self.below[at] - self.below[range.start];
            lower.min(self.below[range.end] - self.below[at])
        };
        (range.start + 1..range.end)
            .filter(|&at| sides(at) >= self.least)
            .max_by_key(|&at| (height(self.entries, at), sides(at), std::cmp::Reverse(at)))
    }
}

/// The highest bit in which the keys on both sides of an entry's start differ.
fn height(entries: &[Entry], at: usize) -> u32 {
    let (a, b) = (entries[at - 1].0, entries[at].0);
    let (low, high) = (a.unsigned_abs(), b.unsigned_abs());
    let differing = if (a < 0) == (b < 0) {
        low ^ high
    } else {
        low | high
    };
    differing.ilog2()
}

/// The first key above the coarsest edge below an entry.
fn edge(entries: &[Entry], at: usize) -> i64 {
    let (a, b) = (entries[at - 1].0, entries[at].0);
    let bits = height(entries, at);
    let floor = |key: i64| (key.unsigned_abs() >> bits << bits).cast_signed();
    if b >> bits > 0 {
        floor(b)
    } else {
        1 - floor(a)
    }
}

/// First and last key of each run.
fn ends_of(entries: &[Entry], shift: u32, runs: &[Range<usize>]) -> Vec<(i64, i64)> {
    let whole = buckets::largest_key(shift).cast_signed();
    let octave = 1_i64 << 52_u32.saturating_sub(shift);
    let mut ends: Vec<(i64, i64)> = runs
        .iter()
        .map(|run| match run.len() {
            1 => (entries[run.start].0, entries[run.start].0),
            _ => {
                let first = (run.start > 0).then(|| edge(entries, run.start));
                let last = (run.end < entries.len()).then(|| edge(entries, run.end) - 1);
                (first.unwrap_or(-whole), last.unwrap_or(whole))
            }
        })
        .collect();
    let count = ends.len();
    if count < 2 {
        return ends;
    }
    // What the outermost values are is not to be told: the bucket beside says how
    // wide theirs may look.
    let width = |beside: (i64, i64), open: bool| {
        let width = beside.1.saturating_sub(beside.0).saturating_add(1);
        if open || width < 2 { octave } else { width }.max(2)
    };
    let is_open = |i: usize| runs[i].len() > 1 && (i == 0 || i + 1 == count);
    let (low, high) = (
        width(ends[1], is_open(1)),
        width(ends[count - 2], is_open(count - 2)),
    );
    if is_open(0) {
        ends[0].0 = ends[0].1.saturating_sub(low - 1).max(-whole);
    }
    if is_open(count - 1) {
        ends[count - 1].1 = ends[count - 1].0.saturating_add(high - 1).min(whole);
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::super::quantile_sketch::QuantileSketch;
    use super::super::{common_buckets, hash_bytes};
    use super::*;

    fn sketch(values: impl IntoIterator<Item = f64>) -> Quantiles {
        let mut sketch = QuantileSketch::new(4096).unwrap();
        sketch.extend(values);
        sketch.freeze()
    }

    /// Sums of four uniform numbers: nearly normal around 0.
    fn normal(seed: u64, n: u64) -> impl Iterator<Item = f64> {
        (0..n).map(move |i| {
            let bits =
                |j: u64| hash_bytes(seed, &(4 * i + j).to_le_bytes()) as f64 / u64::MAX as f64;
            (0..4).map(bits).sum::<f64>() - 2.0
        })
    }

    #[test]
    fn no_bucket_holds_few_values_and_all_are_counted() {
        for n in [0, 5, 19, 20, 39, 40, 41, 100, 1_000, 50_000] {
            let whole = sketch(normal(1, n));
            let joined = whole.joined(20);
            assert!(
                joined
                    .buckets()
                    .all(|b| b.count >= 20 && b.lower <= b.upper)
            );
            assert_eq!(joined.finite_count(), if n < 20 { 0 } else { n });
            let ends: Vec<_> = joined.buckets().collect();
            assert!(ends.windows(2).all(|w| w[0].upper < w[1].lower));
            // Bounds hold but at the ends, where they are withheld.
            for bucket in ends.iter().skip(1).take(ends.len().saturating_sub(2)) {
                let inside = whole
                    .buckets()
                    .filter(|b| b.lower >= bucket.lower && b.upper <= bucket.upper);
                assert_eq!(inside.map(|b| b.count).sum::<u64>(), bucket.count);
            }
            let bytes = postcard::to_stdvec(&joined).unwrap();
            assert_eq!(postcard::from_bytes::<Quantiles>(&bytes).unwrap(), joined);
        }
    }

    #[test]
    fn one_far_value_changes_no_outer_edge() {
        let near = sketch(normal(1, 1_000).chain([2.0])).joined(20);
        let far = sketch(normal(1, 1_000).chain([1e9])).joined(20);
        let last = |q: &Quantiles| q.buckets().next_back().unwrap();
        assert_eq!(last(&near), last(&far));
        assert_eq!(near.max(), None);
    }

    #[test]
    fn frequent_values_stay_exact() {
        let values = [(1.0, 500), (2.0, 300), (8.0, 100)];
        let joined =
            sketch(values.into_iter().flat_map(|(v, n)| (0..n).map(move |_| v))).joined(20);
        let buckets: Vec<_> = joined
            .buckets()
            .map(|b| (b.lower, b.upper, b.count))
            .collect();
        assert_eq!(buckets, values.map(|(v, n)| (v, v, n)));
        assert!(joined.varies() && !sketch([3.0; 40]).joined(20).varies());
    }

    #[test]
    fn common_edges_lose_little_and_lie_nowhere() {
        let (a, b) = (
            sketch(normal(1, 4_000)),
            sketch(normal(2, 4_000).map(|v| v + 0.3)),
        );
        let distance = |a: &Quantiles, b: &Quantiles| {
            let common = common_buckets(a, b);
            let (mut f, mut g, mut most) = (0, 0, 0.0_f64);
            for (x, y) in common.first.iter().zip(&common.second) {
                (f, g) = (f + x, g + y);
                most = most.max((f as f64 - g as f64).abs() / 4_000.0);
            }
            assert_eq!((f, g), (4_000, 4_000));
            most
        };
        let exact = distance(&a, &b);
        for found in [
            distance(&a.joined(20), &b.joined(20)),
            distance(&a.joined(20), &b),
            distance(&a, &b.joined(20)),
        ] {
            assert!(
                found <= exact + 1e-12 && found > 0.9 * exact,
                "{found} of {exact}"
            );
        }
    }

    #[test]
    fn too_few_values_to_cut_say_nothing() {
        let few = sketch(normal(1, 30)).joined(20);
        assert!(few.is_withheld());
        assert_eq!(
            (few.count(), few.mean(), few.quantile(0.5).unwrap()),
            (30, None, None)
        );
    }
}
