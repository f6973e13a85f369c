//! Two distributions over each other.

use super::{Chart, Path, Scale, WIDTH};
use crate::report::distributions::{Histogram, Part};
use crate::report::number;

const TOP: f64 = 18.0;

/// Shares of the records by value on both sides, each with its band, and the two
/// medians. `width` and `height` are those of the chart.
pub(in crate::report::html) fn histogram(
    title: String,
    histogram: &Histogram,
    (width, height): (u32, u32),
) -> Option<Chart> {
    let (first, last) = (*histogram.edges.first()?, *histogram.edges.last()?);
    let bottom = f64::from(height) - 22.0;
    let ends = (4.0, f64::from(width) - 4.0);
    let across = match histogram.is_logarithmic {
        true => Scale::logarithmic((first, last), ends)?,
        false => Scale::new((first, last), ends)?,
    };
    let sides = [&histogram.reference, &histogram.target];
    let highest = sides.iter().flat_map(|side| side.iter());
    let highest = highest.map(|part| part.upper).fold(0.0, f64::max);
    let up = Scale::new((0.0, highest), (bottom, TOP))?;

    let mut chart = Chart {
        title,
        width,
        height,
        ..Chart::default()
    };
    let classes = [
        ("band reference", "line reference"),
        ("band target", "line target"),
    ];
    let drawn = || {
        let sides = sides.into_iter().zip(classes);
        sides.filter(|(side, _)| !side.is_empty())
    };
    for (side, (band, _)) in drawn() {
        chart.shape(band, ribbon(histogram, side, &across, &up));
    }
    for (side, (_, line)) in drawn() {
        chart.shape(line, steps(histogram, side, &across, &up));
    }
    let medians = [
        (histogram.medians.0, "median reference", "reference"),
        (histogram.medians.1, "median target", "target"),
    ];
    let mut told = Vec::new();
    for (median, class, side) in medians {
        let Some(median) = median else { continue };
        let x = across.at(median);
        let text = format!("median of the {side}: {}", number::number(median));
        chart.titled(class, Path::line(x, TOP, x, bottom), text.clone());
        told.push(text);
    }
    chart.axis(&across, bottom);
    if width >= WIDTH {
        chart.key();
    }
    let axis = match histogram.is_logarithmic {
        true => {
            chart.label(4.0, 10.0, "tick start", "logarithmic axis");
            ", by logarithm"
        }
        false => "",
    };
    chart.description = format!(
        "Histogram from {} to {}{axis}; {}.",
        number::number(first),
        number::number(last),
        told.join(", ")
    );
    Some(chart)
}

/// The outline of one side: a step for each bin.
fn steps(histogram: &Histogram, side: &[Part], across: &Scale, up: &Scale) -> Path {
    let mut path = Path::default();
    path.go(across.start, up.start);
    for (ends, part) in histogram.edges.windows(2).zip(side) {
        path.to(across.at(ends[0]), up.at(part.share));
        path.to(across.at(ends[1]), up.at(part.share));
    }
    path.to(across.end, up.start);
    path
}

/// Where the truth of one side lies: between the bounds of each bin.
fn ribbon(histogram: &Histogram, side: &[Part], across: &Scale, up: &Scale) -> Path {
    let mut path = Path::default();
    path.go(
        across.at(histogram.edges[0]),
        up.at(side.first().map_or(0.0, |p| p.upper)),
    );
    for (ends, part) in histogram.edges.windows(2).zip(side) {
        path.to(across.at(ends[0]), up.at(part.upper));
        path.to(across.at(ends[1]), up.at(part.upper));
    }
    for (ends, part) in histogram.edges.windows(2).zip(side).rev() {
        path.to(across.at(ends[1]), up.at(part.lower));
        path.to(across.at(ends[0]), up.at(part.lower));
    }
    path.close();
    path
}
