//! Numbers by place in the image, as shades.

use super::{Chart, Path};

/// Shades of one colour.
const SHADES: usize = 8;
const TOP: f64 = 16.0;
const GAP: f64 = 12.0;

/// One map of the image.
#[derive(Debug)]
pub(in crate::report::html) struct Panel {
    pub(in crate::report::html) name: &'static str,
    /// Cells along each side.
    pub(in crate::report::html) side: usize,
    /// Row by row from the upper left: the number of each cell, `None` for no shade. One below 0 has
    /// the colour of the reference.
    pub(in crate::report::html) cells: Vec<Option<f64>>,
    /// The class of its colour: `reference` or `target`.
    pub(in crate::report::html) class: &'static str,
    /// The number of the strongest shade.
    pub(in crate::report::html) most: f64,
}

/// Maps of the image side by side, in `width` units. `says` puts a stretch of numbers, from the first
/// to the second, into words.
pub(in crate::report::html) fn heat(
    title: String,
    panels: &[Panel],
    width: u32,
    says: impl Fn(f64, f64) -> String,
) -> Option<Chart> {
    let n = panels.len().max(1) as f64;
    let size = ((f64::from(width) - GAP * (n - 1.0)) / n).floor();
    let mut chart = Chart {
        title,
        width,
        height: (TOP + size + 2.0) as u32,
        ..Chart::default()
    };
    for (at, panel) in panels.iter().enumerate() {
        if panel.side == 0 || panel.cells.len() != panel.side * panel.side {
            return None;
        }
        let left = at as f64 * (size + GAP);
        chart.label(left, 11.0, label(panel), panel.name);
        for (shade, path) in shades(panel, (left, size)) {
            let part = |of: usize| panel.most * of as f64 / SHADES as f64;
            let strength = shade.unsigned_abs();
            let (from, to) = (part(strength - 1), part(strength));
            let (class, text) = match shade < 0 {
                true => (classes("reference", strength), says(-to, -from)),
                false => (classes(panel.class, strength), says(from, to)),
            };
            chart.titled(class, path, text);
        }
        let frame = Path::rectangle(left, TOP, left + size, TOP + size);
        chart.shape("axis", frame);
    }
    Some(chart)
}

fn label(panel: &Panel) -> &'static str {
    match panel.name {
        "reference" => "key reference",
        "target" => "key target",
        _ => "key",
    }
}

/// The style sheet's classes of a shade.
fn classes(colour: &str, strength: usize) -> &'static str {
    const OF: [[&str; SHADES]; 2] = [
        [
            "heat reference h1",
            "heat reference h2",
            "heat reference h3",
            "heat reference h4",
            "heat reference h5",
            "heat reference h6",
            "heat reference h7",
            "heat reference h8",
        ],
        [
            "heat target h1",
            "heat target h2",
            "heat target h3",
            "heat target h4",
            "heat target h5",
            "heat target h6",
            "heat target h7",
            "heat target h8",
        ],
    ];
    OF[usize::from(colour == "target")][strength.clamp(1, SHADES) - 1]
}

/// The cells of each shade as one path, those of a row that touch as one rectangle.
fn shades(panel: &Panel, (left, size): (f64, f64)) -> Vec<(isize, Path)> {
    let shade = |cell: &Option<f64>| -> isize {
        let Some(value) = cell.filter(|value| value.is_finite() && *value != 0.0) else {
            return 0;
        };
        let strength = (SHADES as f64 * value.abs() / panel.most).ceil();
        let strength = strength.clamp(1.0, SHADES as f64) as isize;
        if value < 0.0 { -strength } else { strength }
    };
    let all: Vec<isize> = panel.cells.iter().map(shade).collect();
    let mut kinds: Vec<isize> = all.iter().copied().filter(|shade| *shade != 0).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let at = |cells: usize| size * cells as f64 / panel.side as f64;
    let path = |kind: isize| {
        let mut path = Path::default();
        for (row, cells) in all.chunks(panel.side).enumerate() {
            let mut column = 0;
            for run in cells.chunk_by(|a, b| a == b) {
                let to = column + run.len();
                if run[0] == kind {
                    path.go(left + at(column), TOP + at(row));
                    path.to(left + at(to), TOP + at(row));
                    path.to(left + at(to), TOP + at(row + 1));
                    path.to(left + at(column), TOP + at(row + 1));
                    path.close();
                }
                column = to;
            }
        }
        path
    };
    kinds.into_iter().map(|kind| (kind, path(kind))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_one_shade_are_one_path_and_runs_one_rectangle() {
        let panel = Panel {
            name: "difference",
            side: 2,
            cells: vec![Some(0.4), Some(0.4), Some(-0.1), None],
            class: "target",
            most: 0.4,
        };
        let chart = heat("x".into(), &[panel], 40, |from, to| {
            format!("{from:.2} {to:.2}")
        })
        .unwrap();
        let drawn: Vec<(&str, &str, &str)> = (chart.shapes.iter())
            .map(|shape| (shape.class, shape.d.as_str(), shape.title.as_str()))
            .collect();
        assert_eq!(
            drawn,
            [
                ("heat reference h2", "M0 36H20V56H0Z", "-0.10 -0.05"),
                ("heat target h8", "M0 16H40V36H0Z", "0.35 0.40"),
                ("axis", "M0 16H40V56H0Z", ""),
            ]
        );
    }
}
