//! Whether a level rose at once or bit by bit.

/// The rise may have begun so many values before the onset, and a step may lie as
/// many after it: the onset is an estimate.
const WIDE: usize = 7;

/// Whether values rise bit by bit to a new level, rather than at once, around
/// `onset`.
///
/// ```text
/// step   a before s, b from s on
/// ramp   a before s, then in equal steps to b at e >= s + 2, b from there on
/// ```
///
/// Both are fitted by least squares with the best `s` (and `e`) within 7 values of the
/// onset; the ramp has one number more.
///
/// ```text
/// L = n ln(SSE step / SSE ramp)
/// L > ln n    bit by bit: the ramp makes up for its number (Schwarz 1978)
/// L <= 1      at once: one number too many gains about 1 by chance
/// else        `None`: the values do not tell
/// ```
///
/// ```
/// use driftsphere::compare::stats::rises_gradually;
///
/// let at_once = [0.1, 0.0, 0.1, 0.0, 0.9, 1.1, 1.0, 1.1, 0.9];
/// let bit_by_bit = [0.1, 0.0, 0.1, 0.0, 0.2, 0.5, 0.6, 0.9, 1.0, 1.1];
/// assert_eq!(rises_gradually(&at_once, 4), Some(false));
/// assert_eq!(rises_gradually(&bit_by_bit, 4), Some(true));
/// ```
#[must_use]
pub fn rises_gradually(values: &[f64], onset: usize) -> Option<bool> {
    let n = values.len();
    if onset >= n || n < 5 {
        return None;
    }
    let sse = |start: usize, end: usize| {
        // Share of the new level at each place.
        let part = |i: usize| match i {
            i if i < start => 0.0,
            i if i >= end => 1.0,
            i => (i + 1 - start) as f64 / (end + 1 - start) as f64,
        };
        residual(values, &(0..n).map(part).collect::<Vec<_>>())
    };
    let least = |all: &mut dyn Iterator<Item = f64>| all.fold(f64::INFINITY, f64::min);
    let first = onset.saturating_sub(WIDE).max(1);
    let step = least(&mut (first..n.min(onset + WIDE + 1)).map(|at| sse(at, at)));
    let ramps = (first..=onset).flat_map(|start| (start + 2..n).map(move |end| (start, end)));
    let ramp = least(&mut ramps.map(|(start, end)| sse(start, end)));
    let floor = 1e-12 * values.iter().map(|x| x * x).sum::<f64>().max(1e-300);
    let n = n as f64;
    let gain = n * libm::log(step.max(floor) / ramp.max(floor));
    match gain {
        gain if gain > libm::log(n) => Some(true),
        gain if gain <= 1.0 => Some(false),
        _ => None,
    }
}

/// What a straight line of `values` over `part` leaves over.
fn residual(values: &[f64], part: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / n;
    let (mx, my) = (mean(part), mean(values));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in part.iter().zip(values) {
        let (x, y) = (x - mx, y - my);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if xx > 0.0 { yy - xy * xy / xx } else { yy }
}

#[cfg(test)]
mod tests {
    use super::super::super::random::Random;
    use super::*;

    /// Of 200 noisy series each, nearly all steps and ramps over ten values are told
    /// apart; 90 % is far above what guessing gives.
    #[test]
    fn steps_and_ramps_are_told_apart_in_noise() {
        let told = |gradual: bool| {
            let right = (0..200).filter(|&trial| {
                let mut random = Random::stream(17, trial);
                let level = |i: usize| match (i, gradual) {
                    (0..15, _) => 0.0,
                    (15..25, true) => (i - 14) as f64 / 10.0,
                    _ => 1.0,
                };
                let values: Vec<f64> = (0..30)
                    .map(|i| level(i) + 0.3 * (random.uniform() - 0.5))
                    .collect();
                rises_gradually(&values, if gradual { 18 } else { 15 }) == Some(gradual)
            });
            right.count()
        };
        assert!(
            told(true) >= 180 && told(false) >= 180,
            "{} {}",
            told(true),
            told(false)
        );
    }
}
