//! Values with their intervals, one below the other.

use super::{Chart, Path, Scale, WIDTH};
use crate::report::escape::clip;
use crate::report::number;

const ROW: f64 = 20.0;
const TOP: f64 = 12.0;
const LEFT: f64 = 176.0;
/// Characters of a name.
const NAME: usize = 28;

/// A value in its row.
#[derive(Debug)]
pub(in crate::report::html) struct Measured<'a> {
    pub(in crate::report::html) name: &'a str,
    pub(in crate::report::html) value: f64,
    pub(in crate::report::html) interval: Option<(f64, f64)>,
    /// The class of the dot, by what the value says.
    pub(in crate::report::html) class: &'static str,
}

/// Dots on lines from `ends.0` to `ends.1`, with an upright where values begin to
/// count as good.
pub(in crate::report::html) fn intervals(
    title: String,
    rows: &[Measured<'_>],
    ends: (f64, f64),
    threshold: Option<f64>,
) -> Option<Chart> {
    let scale = Scale::new(ends, (LEFT, f64::from(WIDTH) - 8.0)).filter(|_| !rows.is_empty())?;
    let bottom = TOP + ROW * rows.len() as f64;
    let mut chart = Chart {
        title,
        width: WIDTH,
        height: (bottom + 20.0) as u32,
        ..Chart::default()
    };
    if let Some(threshold) = threshold {
        let x = scale.at(threshold);
        let text = format!("the same from {}", number::number(threshold));
        chart.titled("threshold", Path::line(x, 0.0, x, bottom), text);
    }
    let mut told = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let mut text = format!("{}: {}", clip(row.name, 60), number::number(row.value));
        if let Some((lower, upper)) = row.interval {
            text += &format!(" ({} to {})", number::number(lower), number::number(upper));
            let line = Path::line(scale.at(lower), y, scale.at(upper), y);
            chart.titled("shift", line, text.clone());
        }
        let mut dot = Path::default();
        dot.dot(scale.at(row.value), y);
        chart.titled(row.class, dot, text.clone());
        chart.label(LEFT - 10.0, y + 4.0, "end", clip(row.name, NAME));
        told.push(text);
    }
    chart.axis(&scale, bottom);
    chart.description = format!("{}.", told.join("; "));
    Some(chart)
}
