//! A value by window, in the order of time.

use super::{Chart, Path, Scale};
use crate::report::number;

/// Room for the numbers of the upright axis.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 16.0;

/// What is drawn of a series of windows.
#[derive(Debug, Default)]
pub(in crate::report::html) struct Timeline<'a> {
    pub(in crate::report::html) title: String,
    pub(in crate::report::html) description: String,
    /// The name of each window.
    pub(in crate::report::html) names: &'a [String],
    /// Windows and their values, in order.
    pub(in crate::report::html) points: Vec<(usize, f64)>,
    /// From where on a value matters.
    pub(in crate::report::html) threshold: f64,
    /// The unit of both.
    pub(in crate::report::html) unit: &'a str,
    /// First and last window of each episode.
    pub(in crate::report::html) episodes: Vec<(usize, usize)>,
    /// Windows that stand out.
    pub(in crate::report::html) marks: Vec<(usize, Mark)>,
    /// For each window the place on the page that tells of it, if any does.
    pub(in crate::report::html) places: &'a [Option<String>],
}

/// Why a window stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report::html) enum Mark {
    /// An alarm was raised with it.
    Alarm,
    /// The level changed with it.
    Change,
}

/// The values as dots on a line, with the threshold, the episodes as a shade and
/// the marks as uprights.
pub(in crate::report::html) fn timeline(
    of: &Timeline<'_>,
    (width, height): (u32, u32),
) -> Option<Chart> {
    let last = of.names.len().checked_sub(1)?;
    let bottom = f64::from(height) - 20.0;
    let right = f64::from(width) - RIGHT;
    let across = Scale::new((-0.5, last as f64 + 0.5), (LEFT, right))?;
    let finite = of.points.iter().map(|point| point.1);
    let finite = finite.filter(|value| value.is_finite());
    let highest = finite.fold(1.25 * of.threshold, f64::max);
    let up = Scale::new((0.0, highest), (bottom, TOP))?;
    let mut chart = Chart {
        title: of.title.clone(),
        description: of.description.clone(),
        width,
        height,
        ..Chart::default()
    };
    let half = 0.5;
    for &(from, to) in &of.episodes {
        let (from_x, to_x) = (across.at(from as f64 - half), across.at(to as f64 + half));
        let text = format!("episode from {} to {}", of.names[from], of.names[to]);
        chart.titled("episode", Path::rectangle(from_x, TOP, to_x, bottom), text);
    }
    for &(at, mark) in &of.marks {
        let x = across.at(at as f64);
        let (class, word) = match mark {
            Mark::Alarm => ("alarm", "alarm"),
            Mark::Change => ("change", "level changed"),
        };
        let text = format!("{}: {word}", of.names[at]);
        chart.titled(class, Path::line(x, TOP, x, bottom), text);
        if let Some(Some(place)) = of.places.get(at) {
            chart.link(place.clone(), mark == Mark::Alarm);
        }
    }
    let y = up.at(of.threshold);
    let text = format!("matters from {}", number::size(of.threshold, of.unit));
    chart.titled("threshold", Path::line(LEFT, y, right, y), text.clone());
    chart.note = text;
    let mut line = Path::default();
    for (i, &(at, value)) in of.points.iter().enumerate() {
        let (x, y) = (across.at(at as f64), up.at(value));
        if i == 0 { line.go(x, y) } else { line.to(x, y) }
    }
    chart.shape("line target", line);
    for &(at, value) in &of.points {
        let mut dot = Path::default();
        dot.dot(across.at(at as f64), up.at(value));
        let text = format!("{}: {}", of.names[at], number::size(value, of.unit));
        chart.titled("dot target small", dot, text);
        if let Some(Some(place)) = of.places.get(at) {
            chart.link(place.clone(), false);
        }
    }
    chart.axis_up(&up, LEFT, of.unit);
    chart.shape("axis", Path::line(LEFT, bottom, right, bottom));
    chart.label(LEFT, bottom + 15.0, "", of.names[0].clone());
    if last > 0 {
        chart.label(right, bottom + 15.0, "end", of.names[last].clone());
    }
    Some(chart)
}
