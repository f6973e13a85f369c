//! Where in the image objects lie, in words.

use super::number;
use crate::profile::CentreGrid;

/// Quarters of the image, by row and column.
const QUARTERS: [(&str, [usize; 2]); 4] = [
    ("upper left", [0, 0]),
    ("upper right", [0, 1]),
    ("lower left", [1, 0]),
    ("lower right", [1, 1]),
];

/// Share of the centres inside the image that lie in each quarter, with its name; none where all lie
/// outside.
pub(super) fn quarters(grid: &CentreGrid) -> Vec<(&'static str, f64)> {
    let inside = grid.total().saturating_sub(grid.outside());
    let half = CentreGrid::SIDE / 2;
    let share = |[row, column]: [usize; 2]| {
        let rows = row * half..(row + 1) * half;
        let counts = rows.flat_map(|row| {
            let columns = column * half..(column + 1) * half;
            columns.map(move |column| grid.count(row, column))
        });
        counts.fold(0, u64::saturating_add) as f64 / inside as f64
    };
    match inside {
        0 => Vec::new(),
        _ => QUARTERS.map(|(name, at)| (name, share(at))).into(),
    }
}

/// `24 % upper left, ...; 3 outside of the image`.
pub(super) fn placed(grid: &CentreGrid) -> String {
    let quarters = quarters(grid).into_iter();
    let quarters = quarters.map(|(name, share)| format!("{} {name}", number::share(share)));
    let outside = match grid.outside() {
        0 => None,
        n => Some(format!("{} outside of the image", number::count(n))),
    };
    let inside = quarters.collect::<Vec<_>>().join(", ");
    let parts = [Some(inside).filter(|text| !text.is_empty()), outside];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
