//! Whether a level rose at once or bit by bit.

/// Whether values rise bit by bit to a new level rather than at once with the value
/// at `onset`.
///
/// ```text
/// step   a before `onset`, b from there on
/// ramp   a before `onset`, then in equal steps to b at r > onset + 1, b from there on
/// ```
///
/// Both are fitted by least squares, the ramp with the best `r`; the ramp has one
/// number more and must make up for it (Schwarz 1978): it holds if
///
/// ```text
/// n ln(SSE step / n)  >  n ln(SSE ramp / n) + ln n
/// ```
///
/// ```
/// use driftsphere::compare::stats::rises_gradually;
///
/// assert!(!rises_gradually(&[0.1, 0.0, 0.1, 0.0, 0.9, 1.1, 1.0, 1.1, 0.9], 4));
/// assert!(rises_gradually(&[0.1, 0.0, 0.1, 0.0, 0.2, 0.5, 0.6, 0.9, 1.0, 1.1], 4));
/// ```
#[must_use]
pub fn rises_gradually(values: &[f64], onset: usize) -> bool {
    let n = values.len();
    if onset >= n || n < 5 {
        return false;
    }
    let sse = |end: usize| {
        // Share of the new level at each place.
        let part = |i: usize| match i {
            i if i < onset => 0.0,
            i if i >= end => 1.0,
            i => (i + 1 - onset) as f64 / (end + 1 - onset) as f64,
        };
        residual(values, &(0..n).map(part).collect::<Vec<_>>())
    };
    let floor = 1e-12 * values.iter().map(|x| x * x).sum::<f64>().max(1e-300);
    let step = sse(onset).max(floor);
    let ramp = (onset + 2..n)
        .map(sse)
        .fold(f64::INFINITY, f64::min)
        .max(floor);
    let n = n as f64;
    n * libm::log(step / ramp) > libm::log(n)
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
