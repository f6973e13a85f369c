//! Quantiles of both sides, one beside the other.

use super::{Chart, Path, Scale, WIDTH};
use crate::compare::QuantilePair;
use crate::report::number;

const ROW: f64 = 20.0;
const TOP: f64 = 26.0;
const LEFT: f64 = 60.0;

/// A line for each quantile, from the reference's value to the target's.
pub(in crate::report::html) fn quantiles(title: String, pairs: &[QuantilePair]) -> Option<Chart> {
    let values = pairs.iter().flat_map(|pair| [pair.reference, pair.target]);
    let finite = values.filter(|value| value.is_finite());
    let (from, to) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), value| {
        (from.min(value), to.max(value))
    });
    let scale = Scale::new((from, to), (LEFT, f64::from(WIDTH) - 8.0))?;
    let bottom = TOP + ROW * pairs.len() as f64;
    let mut chart = Chart {
        title,
        width: WIDTH,
        height: (bottom + 20.0) as u32,
        ..Chart::default()
    };
    let mut told = Vec::new();
    for (i, pair) in pairs.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let name = match pair.rank == 0.5 {
            true => "median".to_owned(),
            false => number::share(pair.rank),
        };
        let (a, b) = (scale.at(pair.reference), scale.at(pair.target));
        let text = format!(
            "{name}: {} to {}",
            number::number(pair.reference),
            number::number(pair.target)
        );
        chart.label(LEFT - 10.0, y + 4.0, "end", name);
        chart.shape("shift", Path::line(a, y, b, y));
        for (x, class) in [(a, "dot reference"), (b, "dot target")] {
            let mut dot = Path::default();
            dot.dot(x, y);
            chart.titled(class, dot, text.clone());
        }
        told.push(text);
    }
    chart.axis(&scale, bottom);
    chart.key();
    chart.description = format!("Quantiles, reference to target: {}.", told.join("; "));
    Some(chart)
}
