//! Arithmetic of log-linear buckets: from a value to its key, from a key to its
//! edges, and the smallest shift at which a set of keys fits into a cap.
//!
//! ```text
//! key(v, s) = sign(v) * (bits(|v|) >> s)
//! ```
//!
//! where bits(|v|) are the 63 bits of an IEEE 754 double below its sign. They
//! grow with |v|, so keys are ordered as values are, each bucket is an interval,
//! and the buckets at s + 1 are unions of neighbours at s.

/// An occupied bucket: (key, count).
pub(super) type Entry = (i64, u64);

/// At this shift every finite value shares one bucket.
pub(super) const MAX_SHIFT: u32 = 63;

/// The magnitude bits of infinity; NaN lies above, all finite values below.
pub(super) const INFINITE: u64 = f64::INFINITY.to_bits();

const MAGNITUDE: u64 = u64::MAX >> 1;

/// The magnitude bits of `value`: those below the sign.
#[inline]
pub(super) fn magnitude(value: f64) -> u64 {
    value.to_bits() & MAGNITUDE
}

/// The key of `value` (finite or infinite) at `shift`.
#[inline]
pub(super) fn key_of(value: f64, shift: u32) -> i64 {
    let sign = value.to_bits().cast_signed() >> 63; // 0 or -1
    let key = magnitude(value).wrapping_shr(shift).cast_signed();
    (key ^ sign) - sign
}

/// The largest |key| of a finite value at `shift`.
pub(super) fn largest_key(shift: u32) -> u64 {
    (INFINITE - 1) >> shift
}

/// The smallest and the largest double in the bucket `key`.
pub(super) fn edges(key: i64, shift: u32) -> (f64, f64) {
    let inner = key.unsigned_abs() << shift;
    let outer = f64::from_bits((inner + ((1 << shift) - 1)).min(INFINITE - 1));
    match key.signum() {
        0 if shift == 0 => (0.0, 0.0),
        0 => (-outer, outer),
        1 => (f64::from_bits(inner), outer),
        _ => (-outer, -f64::from_bits(inner)),
    }
}

/// The key of the bucket `by` shifts coarser that holds the bucket `key`.
pub(super) fn coarser(key: i64, by: u32) -> i64 {
    let magnitude = (key.unsigned_abs() >> by).cast_signed();
    if key < 0 { -magnitude } else { magnitude }
}

/// The smallest further shift at which sorted `entries` fill at most `cap`
/// buckets.
///
/// Neighbours a < b of one sign fall into one bucket once the highest bit in
/// which |a| and |b| differ is shifted out; neighbours of opposite signs once
/// both are zero. Buckets are intervals, so
///
/// ```text
/// buckets(by) = 1 + number of neighbouring pairs not yet together at `by`
/// ```
pub(super) fn smallest_shift(entries: &[Entry], cap: usize) -> u32 {
    let mut together_at = [0_usize; MAX_SHIFT as usize + 1];
    for pair in entries.windows(2) {
        let (a, b) = (pair[0].0, pair[1].0);
        let (low, high) = (a.unsigned_abs(), b.unsigned_abs());
        let differing = if (a < 0) == (b < 0) {
            low ^ high
        } else {
            low | high
        };
        together_at[(u64::BITS - differing.leading_zeros()) as usize] += 1;
    }
    let mut buckets = entries.len();
    for (by, &joined) in (0..).zip(&together_at) {
        buckets -= joined;
        if buckets <= cap {
            return by;
        }
    }
    MAX_SHIFT
}

/// Sorts and counts `keys`.
pub(super) fn counted(mut keys: Vec<i64>) -> Vec<Entry> {
    keys.sort_unstable();
    let mut entries: Vec<Entry> = keys.into_iter().map(|key| (key, 1)).collect();
    join_equal(&mut entries);
    entries
}

/// Joins sorted `entries` into the buckets that are `by` shifts coarser.
pub(super) fn coarsen(entries: &mut Vec<Entry>, by: u32) {
    if by == 0 {
        return;
    }
    for entry in entries.iter_mut() {
        entry.0 = coarser(entry.0, by);
    }
    join_equal(entries);
}

/// The sum of two sorted sets of entries at one shift.
pub(super) fn union(first: &[Entry], second: &[Entry]) -> Vec<Entry> {
    let mut sum = Vec::with_capacity(first.len() + second.len());
    sum.extend_from_slice(first);
    sum.extend_from_slice(second);
    sum.sort_by_key(|entry| entry.0); // stable: merges two sorted runs in O(n)
    join_equal(&mut sum);
    sum
}

/// Joins neighbours with equal keys.
fn join_equal(entries: &mut Vec<Entry>) {
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 13] = [
        -f64::MAX,
        -1.0,
        -f64::MIN_POSITIVE,
        -5e-324,
        0.0,
        5e-324,
        1e-310,
        f64::MIN_POSITIVE,
        0.1,
        1.0,
        1.0 + f64::EPSILON,
        1e300,
        f64::MAX,
    ];

    #[test]
    fn edges_are_the_outermost_values_of_their_bucket() {
        for shift in 0..=MAX_SHIFT {
            for value in VALUES {
                let key = key_of(value, shift);
                let (lower, upper) = edges(key, shift);
                assert!(lower <= value && value <= upper, "{value} at {shift}");
                assert_eq!((key_of(lower, shift), key_of(upper, shift)), (key, key));
                for outside in [lower.next_down(), upper.next_up()] {
                    // Past the largest finite value lies infinity, counted apart.
                    if outside.is_finite() {
                        assert_ne!(key_of(outside, shift), key, "{value} at {shift}");
                    }
                }
                assert!(key.unsigned_abs() <= largest_key(shift));
            }
        }
    }

    #[test]
    fn coarsening_a_key_equals_the_key_at_the_coarser_shift() {
        for shift in 0..=MAX_SHIFT {
            for value in VALUES {
                assert_eq!(coarser(key_of(value, 0), shift), key_of(value, shift));
            }
        }
    }

    #[test]
    fn smallest_shift_equals_trying_every_shift() {
        let entries: Vec<Entry> = VALUES.iter().map(|v| (key_of(*v, 0), 1)).collect();
        for cap in 1..=VALUES.len() + 1 {
            let fits = |by: &u32| {
                let mut tried = entries.clone();
                coarsen(&mut tried, *by);
                tried.len() <= cap
            };
            let naive = (0..=MAX_SHIFT).find(fits);
            assert_eq!(Some(smallest_shift(&entries, cap)), naive, "cap {cap}");
        }
        assert_eq!(smallest_shift(&[], 2), 0);
    }

    #[test]
    fn a_union_adds_what_shares_a_key() {
        assert_eq!(
            union(&[(-4, 1), (2, 5)], &[(-4, u64::MAX), (0, 1), (7, 1)]),
            [(-4, u64::MAX), (0, 1), (2, 5), (7, 1)]
        );
    }
}
