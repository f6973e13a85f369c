//! Where in the image objects lie, and how large they are there.

use super::blocks::{Block, Blocks};
use super::chart::{Chart, Panel, WIDTH, heat};
use super::pictures::Pictures;
use crate::compare::{Comparison, Finding, Scope};
use crate::profile::{CentreGrid, ObjectGroup, Profile};
use crate::report::canvas::Canvas;
use crate::report::centre_words::{placed, quarters};
use crate::report::escape::clip;
use crate::report::number;
use crate::report::parts::{NAME, has_moved};

/// The kind of objects that are drawn over pictures.
const BOX: &str = "box";
/// Classes that are drawn, those that moved most first.
const CLASSES: usize = 12;
/// Fewest objects of a side that make a map.
const FEWEST: u64 = 20;
/// So many objects fill a cell on the average, or cells are joined.
const FILL: u64 = 4;
/// Differences of fewer standard errors may be chance, in one cell of hundreds.
const ERRORS: f64 = 3.0;
/// Fewest objects of a cell whose mean size is shown.
const SIZED: u64 = 5;
/// Width of a pair of maps.
const PAIR: u32 = 240;
/// Width of a map of one profile.
const SINGLE: u32 = 200;

/// Of every kind of objects maps of both sides and their difference: of all, and of the classes that
/// moved.
pub(super) fn centres(
    page: &mut Blocks,
    comparison: &Comparison,
    profiles: (&Profile, &Profile),
    pictures: &Pictures,
) {
    for (kind, reference) in profiles.0.objects() {
        let Some(target) = profiles.1.objects().get(kind) else {
            continue;
        };
        let mut charts: Vec<Chart> = Vec::new();
        let all = (reference.all(), target.all());
        charts.extend(counts(comparison, kind, &Scope::All, all));
        charts.extend(sizes(all));
        let classes = moved_classes(comparison, kind);
        let of_class = classes.iter().filter_map(|class| {
            let both = (
                reference.classes().get(*class)?,
                target.classes().get(*class)?,
            );
            let scope = Scope::Class((*class).to_owned());
            counts(comparison, kind, &scope, both)
        });
        charts.extend(of_class.take(CLASSES));
        if charts.is_empty() {
            continue;
        }
        page.heading(&format!("Where objects lie: {}", clip(kind, NAME)));
        page.push(Block::Charts(charts));
        page.aside(
            "Centres over the image, whatever its shape. The stronger the colour, the larger the share of the objects, on \
             one scale for both windows. Difference: in the target's colour where it has a larger share, in the \
             reference's where it has a smaller one, only where that is more than 3 standard errors, with the dependence of \
             the objects of one record counted. Few objects have larger cells.",
        );
        let shown = classes.iter().take(CLASSES).filter(|_| kind == BOX);
        let shots: Vec<_> = shown.flat_map(|class| pictures.examples(class)).collect();
        if !shots.is_empty() {
            page.push(Block::Heading("Pictures of the classes that moved".into()));
            page.push(Block::Gallery(shots));
        }
    }
}

/// Classes of boxes that moved, the most first: at most 12, those of which a page draws where they lie,
/// and shows examples ([`Pictures::with_examples`]).
#[must_use]
pub fn moved_box_classes(comparison: &Comparison) -> Vec<String> {
    let classes = moved_classes(comparison, BOX).into_iter().take(CLASSES);
    classes.map(str::to_owned).collect()
}

/// Maps of all objects of one profile, and of its most frequent classes.
pub(super) fn of_profile(page: &mut Blocks, profile: &Profile) {
    for (kind, table) in profile.objects() {
        let mut classes: Vec<(&String, &ObjectGroup)> = table.classes().iter().collect();
        classes.sort_by_key(|(_, group)| std::cmp::Reverse(group.objects()));
        let classes = classes
            .into_iter()
            .map(|(name, group)| (clip(name, NAME), group));
        let all = std::iter::once(("all".to_owned(), table.all()));
        let charts: Vec<Chart> = (all.chain(classes))
            .filter_map(|(name, group)| single(name, group))
            .take(1 + CLASSES)
            .collect();
        if charts.is_empty() {
            continue;
        }
        page.heading(&format!("Where objects lie: {}", clip(kind, NAME)));
        page.push(Block::Charts(charts));
        page.aside(
            "Centres over the image, whatever its shape: all, then the most frequent classes.",
        );
    }
}

/// Classes with a finding about these objects that moved, in the order of the findings.
fn moved_classes<'c>(comparison: &'c Comparison, kind: &str) -> Vec<&'c str> {
    let mut classes: Vec<&str> = Vec::new();
    for finding in comparison.findings.iter().filter(has_moved) {
        let is_of_kind = finding
            .feature
            .strip_prefix(kind)
            .is_some_and(|rest| rest.starts_with(' '));
        match &finding.scope {
            Scope::Class(class) if is_of_kind && !classes.contains(&class.as_str()) => {
                classes.push(class);
            }
            _ => {}
        }
    }
    classes
}

/// A grid of as many cells as its objects fill.
#[derive(Debug)]
struct Cells {
    side: usize,
    counts: Vec<u64>,
    /// Sums of shares of the image.
    areas: Vec<f64>,
    inside: u64,
}

impl Cells {
    /// Of `side` cells along each side, which divides that of the grid.
    fn new(grid: &CentreGrid, side: usize) -> Self {
        let step = CentreGrid::SIDE / side;
        let mut cells = Self {
            side,
            counts: vec![0; side * side],
            areas: vec![0.0; side * side],
            inside: grid.total().saturating_sub(grid.outside()),
        };
        for row in 0..CentreGrid::SIDE {
            for column in 0..CentreGrid::SIDE {
                let at = row / step * side + column / step;
                let count = grid.count(row, column);
                cells.counts[at] = cells.counts[at].saturating_add(count);
                cells.areas[at] += grid
                    .mean_area(row, column)
                    .map_or(0.0, |mean| mean * count as f64);
            }
        }
        cells
    }

    fn share(&self, at: usize) -> f64 {
        self.counts[at] as f64 / self.inside as f64
    }

    fn shares(&self) -> Vec<f64> {
        (0..self.counts.len()).map(|at| self.share(at)).collect()
    }
}

/// Cells along each side that so many objects fill: 16, 8 or 4.
fn side(inside: u64) -> Option<usize> {
    let sides = [CentreGrid::SIDE, CentreGrid::SIDE / 2, CentreGrid::SIDE / 4];
    let filled = sides
        .into_iter()
        .find(|side| inside >= FILL * (side * side) as u64);
    filled.or_else(|| (inside >= FEWEST).then_some(sides[2]))
}

fn counts(
    comparison: &Comparison,
    kind: &str,
    scope: &Scope,
    (reference, target): (&ObjectGroup, &ObjectGroup),
) -> Option<Chart> {
    let (a, b) = cells((reference, target))?;
    let (shares, target_shares) = (a.shares(), b.shares());
    let most = shares
        .iter()
        .chain(&target_shares)
        .copied()
        .fold(0.0, f64::max);
    let difference = difference((&a, &b), design(reference).max(design(target)));
    let largest = difference
        .iter()
        .flatten()
        .fold(0.0, |most: f64, d| most.max(d.abs()));
    let shown = |shares: Vec<f64>| shares.into_iter().map(Some).collect();
    let panels = [
        panel("reference", a.side, shown(shares), "reference", most),
        panel("target", a.side, shown(target_shares), "target", most),
        panel("difference", a.side, difference, "target", largest),
    ];
    let title = match scope {
        Scope::All => "all".to_owned(),
        scope => clip(&scope.to_string(), NAME),
    };
    let mut chart = heat(title, &panels, WIDTH, |from, to| {
        format!(
            "{} to {} of 100 objects in each of these cells",
            number::number(100.0 * from),
            number::number(100.0 * to)
        )
    })?;
    let grids = (reference.centres()?, target.centres()?);
    let both = quarters(grids.0).into_iter().zip(quarters(grids.1));
    let both = both.map(|((name, before), (_, now))| {
        format!("{name} {} → {}", number::share(before), number::share(now))
    });
    chart.description = format!(
        "Shares of the quarters: {}.",
        both.collect::<Vec<_>>().join(", ")
    );
    let outside = (grids.0.outside(), grids.1.outside());
    let outside = (outside != (0, 0)).then(|| {
        format!(
            "{} / {} outside of the image.",
            number::count(outside.0),
            number::count(outside.1)
        )
    });
    let nothing = (largest == 0.0).then(|| "No cell differs by more than chance.".to_owned());
    let strongest = Some(format!(
        "Strongest: {} of the objects in a cell.",
        number::share(most)
    ));
    let said = [
        moved(comparison, kind, scope).or(nothing),
        strongest,
        outside,
    ];
    chart.note = said.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(chart)
}

/// Both sides in cells of one size.
fn cells((reference, target): (&ObjectGroup, &ObjectGroup)) -> Option<(Cells, Cells)> {
    let (a, b) = (reference.centres()?, target.centres()?);
    let inside = |grid: &CentreGrid| grid.total().saturating_sub(grid.outside());
    let side = side(inside(a).min(inside(b)))?;
    Some((Cells::new(a, side), Cells::new(b, side)))
}

fn panel(
    name: &'static str,
    side: usize,
    cells: Vec<Option<f64>>,
    class: &'static str,
    most: f64,
) -> Panel {
    Panel {
        name,
        side,
        cells,
        class,
        most,
    }
}

/// How many times the variance of independent objects the share of a cell may have.
fn design(group: &ObjectGroup) -> f64 {
    let of = |name: &str| {
        group
            .features()
            .get(name)
            .map_or(1.0, |f| f.sums().design_effect())
    };
    of("centre x").max(of("centre y")).max(1.0)
}

/// Differences of shares beyond their error:
///
/// ```text
/// |q - p| >= 3 sqrt(deff s (1 - s) (1 / n + 1 / m)),   s the share of both together
/// ```
fn difference((a, b): (&Cells, &Cells), design: f64) -> Vec<Option<f64>> {
    let (n, m) = (a.inside as f64, b.inside as f64);
    let of = |at: usize| {
        let together = (a.counts[at] as f64 + b.counts[at] as f64) / (n + m);
        let variance = design * together * (1.0 - together) * (1.0 / n + 1.0 / m);
        let difference = b.share(at) - a.share(at);
        (difference != 0.0 && difference.abs() >= ERRORS * variance.sqrt()).then_some(difference)
    };
    (0..a.counts.len()).map(of).collect()
}

/// How large objects are by where they lie.
fn sizes(groups: (&ObjectGroup, &ObjectGroup)) -> Option<Chart> {
    let (a, b) = cells(groups)?;
    let means = |cells: &Cells| -> Vec<Option<f64>> {
        let mean = |at: usize| {
            let count = cells.counts[at];
            (count >= SIZED).then(|| cells.areas[at] / count as f64)
        };
        (0..cells.counts.len()).map(mean).collect()
    };
    let (before, now) = (means(&a), means(&b));
    let most = before
        .iter()
        .chain(&now)
        .flatten()
        .copied()
        .fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let panels = [
        panel("reference", a.side, before, "reference", most),
        panel("target", b.side, now, "target", most),
    ];
    let says = |from: f64, to: f64| {
        format!(
            "on the average {} to {} of the image",
            number::share(from),
            number::share(to)
        )
    };
    let mut chart = heat("how large by place".to_owned(), &panels, PAIR, says)?;
    let mean = |cells: &Cells| cells.areas.iter().sum::<f64>() / cells.inside as f64;
    chart.description = format!(
        "Mean share of the image that an object takes, by where it lies; over all {} → {}.",
        number::share(mean(&a)),
        number::share(mean(&b))
    );
    chart.note = format!(
        "Mean share of the image that an object takes, strongest: {}; cells of fewer than 5 are blank.",
        number::share(most)
    );
    Some(chart)
}

/// Where the centres moved to, as the findings about them say.
fn moved(comparison: &Comparison, kind: &str, scope: &Scope) -> Option<String> {
    let shift = |axis: &str| {
        let name = format!("{kind} centre {axis}");
        let is_it = |finding: &&Finding| finding.feature == name && finding.scope == *scope;
        let mut moved = comparison.findings.iter().filter(has_moved);
        let finding = moved.find(is_it)?;
        let median = finding.quantiles.iter().find(|pair| pair.rank == 0.5)?;
        Some(median.target - median.reference)
    };
    let word = |axis, less, more| match shift(axis) {
        Some(shift) if shift < 0.0 => less,
        Some(shift) if shift > 0.0 => more,
        _ => "",
    };
    match (word("y", "upper", "lower"), word("x", "left", "right")) {
        ("", "") => None,
        ("upper", "") => Some("Centres moved up.".to_owned()),
        (_, "") => Some("Centres moved down.".to_owned()),
        ("", x) => Some(format!("Centres moved to the {x}.")),
        (y, x) => Some(format!("Centres moved to the {y} {x}.")),
    }
}

fn single(name: String, group: &ObjectGroup) -> Option<Chart> {
    let grid = group.centres()?;
    let cells = Cells::new(grid, side(grid.total().saturating_sub(grid.outside()))?);
    let shares = cells.shares();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let shown = shares.into_iter().map(Some).collect();
    let panels = [panel("", cells.side, shown, "reference", most)];
    let says = |from: f64, to: f64| {
        format!(
            "{} to {} of the objects in each of these cells",
            number::share(from),
            number::share(to)
        )
    };
    let mut chart = heat(name, &panels, SINGLE, says)?;
    chart.description = format!("{}.", placed(grid));
    chart.note = number::counted(group.objects(), "object");
    Some(chart)
}
