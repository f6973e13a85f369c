//! The sphere of a space in two dimensions: where the sampled records of both windows lie.

use std::collections::BTreeMap;

use super::chart::{PALETTE, Scale, dots};
use crate::compare::stats::Components;
use crate::profile::Profile;
use crate::report::escape::clip;
use crate::report::number;
use crate::sketch::SampleRow;

/// Records a side: more would lie on each other.
const MOST: usize = 1500;
/// Units of the map's sides.
const SIDE: u32 = 440;
/// Groups with a name of their own in the legend.
const NAMED: usize = PALETTE - 1;
/// Characters of a group's name.
const NAME: usize = 32;

/// A map of the records that two profiles keep of one space.
#[derive(Debug)]
pub(super) struct SpaceMap {
    /// Tells the maps of one page apart.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) side: u32,
    pub(super) description: String,
    pub(super) note: String,
    pub(super) classes: Vec<Place>,
    pub(super) clusters: Vec<Place>,
}

/// The records of one class or cluster.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: String,
    /// Its colour.
    pub(super) colour: usize,
    /// Its place in the list, by falling number of records.
    pub(super) at: usize,
    /// Sampled records of both sides.
    pub(super) counts: (usize, usize),
    pub(super) reference: String,
    pub(super) target: String,
}

impl Place {
    /// Whether the legend names it.
    pub(super) fn is_named(&self) -> bool {
        self.at < NAMED
    }
}

/// A sampled record on the map.
struct Point<'p> {
    row: &'p SampleRow,
    is_target: bool,
    x: f64,
    y: f64,
}

impl SpaceMap {
    /// The two leading principal components of the pooled samples; `None` where a
    /// side keeps no records, or they do not vary.
    pub(super) fn new(
        number: usize,
        name: &str,
        (reference, target): (&Profile, &Profile),
    ) -> Option<Self> {
        let sides = [reference, target].map(|profile| {
            let space = profile.spaces().get(name)?;
            let rows: Vec<&SampleRow> = (space.sample().rows().take(MOST))
                .map(|sampled| sampled.row.as_ref())
                .collect();
            (!rows.is_empty()).then_some(rows)
        });
        let [Some(first), Some(second)] = sides else {
            return None;
        };
        let seed = reference.config().seed;
        let (points, shown) = project(&first, &second, seed)?;
        let clusters = reference.config().spaces.get(name)?.codebook.as_ref();
        let cluster_name = |row: &SampleRow| {
            let centre = clusters?.clusters().get(row.cluster? as usize)?;
            Some(centre.name.clone())
        };
        Some(Self {
            number,
            name: clip(name, NAME),
            side: SIDE,
            description: format!(
                "{} of the reference and {} of the target.",
                number::counted(first.len() as u64, "sampled record"),
                number::count(second.len() as u64)
            ),
            note: format!(
                "The two directions in which the sampled records vary most (principal components); they show {} of \
                 all variation. What lies together here may lie apart in the others.",
                number::share(shown)
            ),
            classes: places(&points, |row| row.class.clone(), "no class"),
            clusters: places(&points, cluster_name, "no cluster"),
        })
    }
}

/// The points in units of the map, and the share of the variance that it shows.
fn project<'p>(
    first: &[&'p SampleRow],
    second: &[&'p SampleRow],
    seed: u64,
) -> Option<(Vec<Point<'p>>, f64)> {
    let dim = first[0].vector.len();
    let all = || first.iter().chain(second).copied();
    if dim == 0 || all().any(|row| row.vector.len() != dim) {
        return None;
    }
    let rows: Vec<f32> = all()
        .flat_map(|row| row.vector.iter().map(|x| x.to_f32()))
        .collect();
    let components = Components::fit(&rows, dim, seed).ok()?;
    let axes = [axis(&components, 0)?, axis(&components, 1)?];
    let along = |row: &[f32], axis: &[f32]| -> f64 {
        let terms = row
            .iter()
            .zip(axis)
            .map(|(x, a)| f64::from(*x) * f64::from(*a));
        terms.sum()
    };
    let places: Vec<[f64; 2]> = (rows.chunks_exact(dim))
        .map(|row| [along(row, &axes[0]), along(row, &axes[1])])
        .collect();
    let shown = variance(places.iter().map(|p| p[0])) + variance(places.iter().map(|p| p[1]));
    let columns =
        (0..dim).map(|c| variance(rows.iter().skip(c).step_by(dim).map(|x| f64::from(*x))));
    let total: f64 = columns.sum();

    // One scale for both axes: a distance is the same in both.
    let extent = |i: usize| {
        let values = places.iter().map(|place| place[i]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), x| {
            (from.min(x), to.max(x))
        })
    };
    let (x, y) = (extent(0), extent(1));
    let half = (x.1 - x.0).max(y.1 - y.0) / 2.0;
    let scale = |(from, to): (f64, f64), ends| {
        let middle = f64::midpoint(from, to);
        Scale::new((middle - half, middle + half), ends)
    };
    let inner = (6.0, f64::from(SIDE) - 6.0);
    let (across, up) = (scale(x, inner)?, scale(y, (inner.1, inner.0))?);
    let point = |(i, (row, place)): (usize, (&'p SampleRow, &[f64; 2]))| Point {
        row,
        is_target: i >= first.len(),
        x: across.at(place[0]),
        y: up.at(place[1]),
    };
    let points = all().zip(&places).enumerate().map(point).collect();
    Some((points, shown / total))
}

/// A component whose largest number is positive: which of the two ends is called up
/// is chance, and must be the same chance each time.
fn axis(components: &Components, i: usize) -> Option<Vec<f32>> {
    if i >= components.eigenvalues().len() {
        return None;
    }
    let vector = components.vector(i);
    let largest = vector
        .iter()
        .copied()
        .max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let sign = if largest < 0.0 { -1.0 } else { 1.0 };
    Some(vector.iter().map(|x| sign * x).collect())
}

fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    values.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n
}

/// The points by group, the largest group first; empty where none has one.
fn places(
    points: &[Point<'_>],
    group: impl Fn(&SampleRow) -> Option<String>,
    none: &str,
) -> Vec<Place> {
    let mut groups: BTreeMap<Option<String>, Vec<&Point<'_>>> = BTreeMap::new();
    for point in points {
        groups.entry(group(point.row)).or_default().push(point);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, points)| std::cmp::Reverse(points.len()));
    let place = |(at, (name, points)): (usize, (Option<String>, Vec<&Point<'_>>))| {
        let of = |is_target: bool| {
            let points = points
                .iter()
                .filter(move |point| point.is_target == is_target);
            points.map(|point| (point.x, point.y))
        };
        Place {
            name: name.map_or_else(|| none.to_owned(), |name| clip(&name, NAME)),
            colour: at.min(NAMED),
            at,
            counts: (of(false).count(), of(true).count()),
            reference: dots(of(false)),
            target: dots(of(true)),
        }
    };
    groups.into_iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::f16;

    fn row(vector: &[f32], class: &str) -> SampleRow {
        SampleRow {
            class: Some(class.to_owned()),
            vector: vector.iter().map(|x| f16::from_f32(*x)).collect(),
            ..SampleRow::default()
        }
    }

    /// Rows that vary in two directions of five: the map shows all of it, and distances
    /// are those of the rows.
    #[test]
    fn a_plane_is_shown_as_it_is() {
        let places = [(0.0, 0.0), (3.0, 0.0), (3.0, 4.0), (-1.0, 2.0), (6.0, 1.0)];
        let rows: Vec<SampleRow> = places
            .iter()
            .map(|(a, b)| row(&[*a, 1.0, *b, *a, -*b], "x"))
            .collect();
        let all: Vec<&SampleRow> = rows.iter().collect();
        let (points, shown) = project(&all[..2], &all[2..], 1).unwrap();
        assert!((shown - 1.0).abs() < 1e-6, "{shown}");
        let on_map =
            |i: usize, j: usize| libm::hypot(points[i].x - points[j].x, points[i].y - points[j].y);
        let in_space = |i: usize, j: usize| {
            let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
            libm::hypot(f64::from(dx), f64::from(dy))
        };
        let unit = on_map(0, 1) / in_space(0, 1);
        for (i, j) in [(0, 2), (1, 2), (1, 3), (2, 4), (3, 4)] {
            assert!((on_map(i, j) / in_space(i, j) / unit - 1.0).abs() < 1e-4);
        }
        let sides: Vec<bool> = points.iter().map(|point| point.is_target).collect();
        assert_eq!(sides, [false, false, true, true, true]);
    }

    #[test]
    fn what_does_not_vary_or_fit_has_no_map() {
        let same = row(&[1.0, 0.0], "x");
        assert!(project(&[&same], &[&same], 1).is_none());
        let longer = row(&[1.0, 0.0, 0.0], "x");
        assert!(project(&[&same], &[&longer], 1).is_none());
    }

    #[test]
    fn the_largest_groups_have_colours_of_their_own() {
        let rows: Vec<SampleRow> = (0..60_u8)
            .map(|i| {
                row(
                    &[f32::from(i), 1.0, 0.0],
                    &i.checked_ilog2().unwrap_or(0).to_string(),
                )
            })
            .collect();
        let point = |row| Point {
            row,
            is_target: false,
            x: 1.0,
            y: 2.0,
        };
        let points: Vec<Point<'_>> = rows.iter().map(point).collect();
        let groups = places(&points, |row| row.class.clone(), "none");
        // 32 to 59, by the length of the number in bits.
        assert_eq!(groups[0].name, "5");
        assert_eq!(groups[0].counts, (28, 0));
        assert!(groups.iter().all(|g| g.colour == g.at.min(NAMED)));
        assert!(groups[0].reference.starts_with("M1 2h0M1 2h0") && groups[0].target.is_empty());
    }
}
