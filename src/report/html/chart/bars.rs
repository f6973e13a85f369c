//! Shares of values on both sides.

use super::{Chart, Path, Scale, WIDTH};
use crate::compare::SharePair;
use crate::report::escape::clip;
use crate::report::number;

/// Values that are drawn, what says most of a change first.
const DRAWN: usize = 10;
/// Characters of a value's name.
const NAME: usize = 16;
const ROW: f64 = 24.0;
const TOP: f64 = 18.0;
const LEFT: f64 = 112.0;
const RIGHT: f64 = 258.0;

/// Two bars for each value, the reference's above the target's.
pub(in crate::report::html) fn shares(title: String, all: &[SharePair]) -> Option<Chart> {
    let drawn = &all[..all.len().min(DRAWN)];
    let values = drawn.iter().flat_map(|pair| [pair.reference, pair.target]);
    let highest = values.filter(|share| share.is_finite()).fold(0.0, f64::max);
    let scale = Scale::new((0.0, highest), (LEFT, RIGHT))?;
    let mut chart = Chart {
        title,
        width: WIDTH,
        height: (TOP + ROW * drawn.len() as f64 + 4.0) as u32,
        ..Chart::default()
    };
    let mut told = Vec::new();
    for (i, pair) in drawn.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let change = format!(
            "{} → {}",
            number::share(pair.reference),
            number::share(pair.target)
        );
        let text = format!("{}: {change}", clip(&pair.value, 60));
        let bars = [
            (pair.reference, "bar reference", y),
            (pair.target, "bar target", y + 9.0),
        ];
        for (share, class, y) in bars {
            let bar = Path::rectangle(LEFT, y, scale.at(share), y + 8.0);
            chart.titled(class, bar, text.clone());
        }
        chart.label(LEFT - 6.0, y + 12.0, "end", clip(&pair.value, NAME));
        chart.label(f64::from(WIDTH) - 4.0, y + 12.0, "end", change);
        told.push(text);
    }
    chart.key();
    chart.description = format!("Shares, reference to target: {}.", told.join("; "));
    if all.len() > drawn.len() {
        chart.note = format!("and {} more, which changed less.", all.len() - drawn.len());
    }
    Some(chart)
}

/// A bar for each of a few lengths.
pub(in crate::report::html) fn lengths(title: String, parts: &[(&str, f64)]) -> Option<Chart> {
    let finite = parts
        .iter()
        .map(|part| part.1)
        .filter(|length| length.is_finite());
    let scale = Scale::new((0.0, finite.fold(0.0, f64::max)), (LEFT, RIGHT + 50.0))?;
    let mut chart = Chart {
        title,
        width: WIDTH,
        height: (ROW * parts.len() as f64 + 4.0) as u32,
        ..Chart::default()
    };
    let mut told = Vec::new();
    for (i, (name, length)) in parts.iter().enumerate() {
        let y = ROW * i as f64 + 4.0;
        let text = format!("{name}: {}", number::number(*length));
        let bar = Path::rectangle(LEFT, y, scale.at(*length), y + 14.0);
        chart.titled("bar target", bar, text.clone());
        chart.label(LEFT - 6.0, y + 11.0, "end", *name);
        chart.label(
            f64::from(WIDTH) - 4.0,
            y + 11.0,
            "end",
            number::number(*length),
        );
        told.push(text);
    }
    chart.description = format!("{}.", told.join("; "));
    Some(chart)
}
