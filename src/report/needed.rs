//! How many records an answer would take.

use crate::compare::{Effect, Finding};

/// What it would take to see a change that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// So many target records against the reference as it is.
    Target(u64),
    /// The reference is too small whatever the target: so many in each window.
    Both(u64),
}

/// The records with which twice the threshold would be seen, the point from
/// which `no drift` can be said.
///
/// ```text
/// n_e = n m / (n + m)
/// needed n_e = n_e (strength(detectable) / strength(twice the threshold))^2
/// m needed = n n_e' / (n - n_e'), where n_e' < n
/// ```
///
/// with `n` the reference's records and `m` the target's: the strength that can be detected
/// falls with `1 / sqrt(n_e)` (`Effect::strength`). `None` where the effect has no detectable size,
/// or is seen already, or is measured on pairs of records or on a sample, whose
/// sizes do not follow the number of records.
pub(super) fn needed(finding: &Finding) -> Option<Needed> {
    let effect = finding.effect.as_ref()?;
    if finding.sampled || finding.feature.contains("pair") {
        return None;
    }
    let factor = times(effect)?;
    let n = finding.n_reference as f64;
    let m = finding.n_target as f64;
    if n == 0.0 || m == 0.0 {
        return None;
    }
    let wanted = n * m / (n + m) * factor;
    // Within 2 % of the limit the target would have to be absurdly long.
    if wanted < 0.98 * n {
        Some(Needed::Target(round_up(n * wanted / (n - wanted))))
    } else {
        Some(Needed::Both(round_up(2.0 * wanted)))
    }
}

/// How many times the information is needed, where that is more than one.
fn times(effect: &Effect) -> Option<f64> {
    let twice = 2.0 * effect.threshold - effect.no_change;
    let ratio = effect.strength(effect.detectable?) / effect.strength(twice);
    (ratio.is_finite() && ratio > 1.0).then_some(ratio * ratio)
}

/// Up to two significant digits: more would claim to know.
fn round_up(x: f64) -> u64 {
    let mut step = 1.0;
    while x / step > 100.0 {
        step *= 10.0;
    }
    ((x / step).ceil() * step) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixtures::finding;

    fn with(n: u64, m: u64, detectable: f64) -> Finding {
        let mut finding = finding("norm");
        finding.n_reference = n;
        finding.n_target = m;
        finding.effect = Some(Effect {
            name: "median shift".into(),
            value: 0.1,
            unit: "reference sd".into(),
            threshold: 0.2,
            no_change: 0.0,
            detectable: Some(detectable),
        });
        finding
    }

    #[test]
    fn equal_windows_of_the_needed_size_detect_twice_the_threshold() {
        // n_e = 10, detectable 2.801 / sqrt(10) = 0.886 sd.
        // Twice the threshold, 0.4, needs n_e = (2.801 / 0.4)^2 = 49.04.
        let finding = with(20, 20, 2.801_585 / 10_f64.sqrt());
        assert_eq!(needed(&finding), Some(Needed::Both(99)));
    }

    #[test]
    fn a_large_reference_needs_a_longer_target_only() {
        // n_e = 9.99; needed n_e' = 49.06; m = 10000 x 49.06 / 9950.9 = 49.3.
        let finding = with(10_000, 10, 2.801_585 / 9.990_01_f64.sqrt());
        assert_eq!(needed(&finding), Some(Needed::Target(50)));
    }

    #[test]
    fn information_grows_with_the_records() {
        let mut finding = with(20, 20, 0.8);
        finding.effect.as_mut().unwrap().unit = "nats".into();
        // Twice too large: n_e = 20 in place of 10.
        assert_eq!(needed(&finding), Some(Needed::Both(40)));
    }

    #[test]
    fn nothing_is_needed_where_the_change_would_have_been_seen() {
        assert_eq!(needed(&with(1000, 1000, 0.4)), None);
        assert_eq!(needed(&with(0, 1000, 0.9)), None);
        assert_eq!(needed(&with(10, 10, f64::NAN)), None);
    }

    #[test]
    fn counts_are_rounded_up_to_two_digits() {
        assert_eq!(round_up(98.1), 99);
        assert_eq!(round_up(1234.0), 1300);
        assert_eq!(round_up(1e15 + 1.0), 1_100_000_000_000_000);
    }
}
