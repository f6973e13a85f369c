//! Few bins out of many buckets.

/// For each bucket the number of its bin, rising from 0: at most `most` bins
/// that hold about equal parts of both windows' records taken together.
///
/// ```text
/// bin of bucket i = floor(most (c_0 + ... + c_{i-1} + c_i / 2) / N)
/// ```
///
/// with `c` the pooled counts and N their sum; numbers that no bucket has are
/// left out. Where no more than `most` buckets are occupied, each is a bin of
/// its own; so is a bucket that holds more than 1 / most of the records.
///
/// Both windows choose the bins, not the reference alone: pooled counts do not
/// change when records change sides, so resampling them stays exact, and values
/// outside the reference's range never share its outermost bin unnoticed.
/// Empty buckets take the number of the bin before them.
///
/// ```
/// use driftsphere::compare::stats::equal_bins;
///
/// assert_eq!(equal_bins(&[1; 6], &[1; 6], 3), [0, 0, 1, 1, 2, 2]);
/// assert_eq!(equal_bins(&[500, 0, 0], &[0, 1, 3], 10), [0, 1, 2]);
/// ```
#[must_use]
pub fn equal_bins(first: &[u64], second: &[u64], most: usize) -> Vec<usize> {
    let pooled: Vec<u128> = first
        .iter()
        .zip(second)
        .map(|(f, s)| u128::from(*f) + u128::from(*s))
        .collect();
    let total: u128 = pooled.iter().sum();
    let few = pooled.iter().filter(|c| **c > 0).count() <= most;
    let (mut below, mut occupied) = (0u128, 0u128);
    let (mut bin, mut last) = (0, None);
    let mut bins = Vec::with_capacity(pooled.len());
    for count in pooled {
        if count > 0 {
            let place = match few {
                true => occupied,
                // Twice everything, for the half; fewer than 2^65 records.
                false => (2 * below + count) * most as u128 / (2 * total),
            };
            bin += usize::from(last.is_some_and(|last| last != place));
            last = Some(place);
            occupied += 1;
            below += count;
        }
        bins.push(bin);
    }
    bins
}

/// Adds up `counts` by bin: as many sums as the largest bin says.
#[must_use]
pub fn into_bins(counts: &[u64], bins: &[usize]) -> Vec<u64> {
    let mut out = vec![0; bins.iter().max().map_or(0, |last| last + 1)];
    for (count, bin) in counts.iter().zip(bins) {
        out[*bin] += count;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_bucket_keeps_a_bin_of_its_own() {
        let mut first = vec![1; 100];
        first[40] = 900;
        let bins = equal_bins(&first, &vec![0; 100], 10);
        let with_heavy = bins.iter().filter(|b| **b == bins[40]).count();
        assert_eq!(with_heavy, 1);
        assert_eq!(into_bins(&first, &bins).iter().sum::<u64>(), 999);
    }

    #[test]
    fn bins_are_nearly_equal_and_never_too_many() {
        let ones = vec![1; 1000];
        for most in [1, 7, 10, 128] {
            let bins = equal_bins(&ones, &ones, most);
            let counts = into_bins(&ones, &bins);
            assert_eq!(counts.len(), most);
            let (least, largest) = (counts.iter().min(), counts.iter().max());
            assert!(largest.unwrap() - least.unwrap() <= 1);
        }
        assert!(equal_bins(&[], &[], 10).is_empty() && into_bins(&[], &[]).is_empty());
    }
}
