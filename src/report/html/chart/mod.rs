//! Charts as plain shapes: where each lies is worked out here, a template writes
//! the SVG, the style sheet colours it.
//!
//! A library of plots would write colours into the picture; these follow the
//! reader's light or dark setting, and have titles for those who do not see them.

mod bars;
mod heat;
mod histogram;
mod intervals;
mod points;
mod quantiles;
mod scale;
mod timeline;

pub(super) use bars::{lengths, shares};
pub(super) use heat::{Panel, heat};
pub(super) use histogram::histogram;
pub(super) use intervals::{Measured, intervals};
pub(super) use points::{PALETTE, dots};
pub(super) use quantiles::quantiles;
pub(super) use scale::Scale;
pub(super) use timeline::{Mark, Timeline, timeline};

use crate::report::number::number;
use std::fmt::Write as _;

/// Units of a chart's width: about so many pixels, also on a phone.
pub(super) const WIDTH: u32 = 360;

/// A chart.
#[derive(Debug, Default)]
pub(super) struct Chart {
    pub(super) title: String,
    /// The same in words.
    pub(super) description: String,
    /// What stands below it.
    pub(super) note: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) shapes: Vec<Shape>,
    pub(super) labels: Vec<Label>,
}

/// A shape in a class of the style sheet.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) class: &'static str,
    pub(super) d: String,
    /// What hovering over it says.
    pub(super) title: String,
    pub(super) link: Option<Link>,
}

/// Where a shape leads.
#[derive(Debug)]
pub(super) struct Link {
    /// A place on the same page.
    pub(super) to: String,
    /// Whether the keyboard comes by: of many that lead to one place one is enough.
    pub(super) by_keyboard: bool,
}

/// A text at a place.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Chart {
    fn shape(&mut self, class: &'static str, path: Path) {
        self.titled(class, path, String::new());
    }

    fn titled(&mut self, class: &'static str, path: Path, title: String) {
        let (d, link) = (path.d, None);
        self.shapes.push(Shape {
            class,
            d,
            title,
            link,
        });
    }

    /// Makes the last shape lead to a place on the page.
    fn link(&mut self, to: String, by_keyboard: bool) {
        if let Some(shape) = self.shapes.last_mut() {
            shape.link = Some(Link { to, by_keyboard });
        }
    }

    /// Whether any shape leads somewhere: such a chart is more than a picture.
    pub(super) fn is_linked(&self) -> bool {
        self.shapes.iter().any(|shape| shape.link.is_some())
    }

    fn label(&mut self, x: f64, y: f64, class: &'static str, text: impl Into<String>) {
        self.labels.push(Label {
            x: x.round() as i64,
            y: y.round() as i64,
            class,
            text: text.into(),
        });
    }

    /// The line of a horizontal axis with its numbers, at the height `y`.
    fn axis(&mut self, scale: &Scale, y: f64) {
        let mut path = Path::default();
        path.go(scale.start, y);
        path.to(scale.end, y);
        // As many as have room for their names.
        let mut told = (2..=MOST_TICKS).rev().map(|most| told_ticks(scale, most));
        let fitting =
            told.find(|ticks| ticks.windows(2).all(|pair| pair[0].end() < pair[1].start()));
        for Tick { x, class, name } in fitting.unwrap_or_else(|| told_ticks(scale, 1)) {
            path.go(x, y);
            path.to(x, y + 4.0);
            self.label(x, y + 15.0, class, name);
        }
        self.shape("axis", path);
    }

    /// The line of an upright axis with a few numbers left of it, at `x`, and above it their unit.
    fn axis_up(&mut self, scale: &Scale, x: f64, unit: &str) {
        // Shares are told in per cent, as `number::size` does.
        let (times, unit) = match unit {
            "share" => (100.0, "points"),
            "reference sd" => (1.0, "sd"),
            other => (1.0, other),
        };
        let mut path = Path::default();
        path.go(x, scale.start);
        path.to(x, scale.end);
        let ticks = scale.ticks(3);
        let told: Vec<f64> = ticks.iter().map(|tick| times * tick).collect();
        for (tick, name) in ticks.into_iter().zip(tick_names(&told)) {
            let y = scale.at(tick);
            path.go(x - 4.0, y);
            path.to(x, y);
            self.label(x - 6.0, y + 4.0, "tick end", name);
        }
        self.shape("axis", path);
        self.label(0.0, scale.end - 4.0, "tick start", unit);
    }

    /// Which colour is which window, in the upper right corner.
    fn key(&mut self) {
        let right = f64::from(self.width) - 4.0;
        self.label(right - 50.0, 10.0, "end key reference", "reference");
        self.label(right, 10.0, "end key target", "target");
    }
}

/// Ticks of a horizontal axis, at most but for one more where both ends have one.
const MOST_TICKS: usize = 5;
/// The width of a character below an axis, rather too wide than too narrow.
const CHARACTER: f64 = 6.5;

/// A tick of a horizontal axis, and what stands below it.
struct Tick {
    x: f64,
    class: &'static str,
    name: String,
}

impl Tick {
    fn width(&self) -> f64 {
        self.name.chars().count() as f64 * CHARACTER
    }

    /// Where its name begins.
    fn start(&self) -> f64 {
        match self.class {
            START => self.x,
            END => self.x - self.width(),
            _ => self.x - self.width() / 2.0,
        }
    }

    fn end(&self) -> f64 {
        self.start() + self.width()
    }
}

const START: &str = "tick start";
const END: &str = "tick end";

/// About so many ticks of a scale, with their names.
fn told_ticks(scale: &Scale, most: usize) -> Vec<Tick> {
    let ticks = scale.ticks(most);
    let names = tick_names(&ticks);
    let told = |(tick, name)| {
        let x = scale.at(tick);
        // Numbers at the ends stay inside.
        let class = match (x - scale.start < 14.0, scale.end - x < 14.0) {
            (true, _) => START,
            (_, true) => END,
            _ => "tick",
        };
        Tick { x, class, name }
    };
    ticks.into_iter().zip(names).map(told).collect()
}

/// What stands below the ticks: three digits, and more where these are not enough to
/// tell one from the next.
fn tick_names(ticks: &[f64]) -> Vec<String> {
    let names: Vec<String> = ticks.iter().map(|tick| number(*tick)).collect();
    let step = match ticks {
        [first, second, ..] => second - first,
        _ => return names,
    };
    if names.windows(2).all(|pair| pair[0] != pair[1]) {
        return names;
    }
    let decimals = (-libm::log10(step)).ceil().clamp(0.0, 9.0) as usize;
    ticks
        .iter()
        .map(|tick| format!("{tick:.decimals$}"))
        .collect()
}

/// The path of a shape, in whole units: finer than any eye, and short.
#[derive(Debug, Default)]
struct Path {
    d: String,
    at: (i64, i64),
}

impl Path {
    fn go(&mut self, x: f64, y: f64) {
        self.at = (x.round() as i64, y.round() as i64);
        let _ = write!(self.d, "M{} {}", self.at.0, self.at.1);
    }

    /// Most lines of a histogram run along or up: one number says where to.
    fn to(&mut self, x: f64, y: f64) {
        let to = (x.round() as i64, y.round() as i64);
        let _ = match (to.0 == self.at.0, to.1 == self.at.1) {
            (true, true) => Ok(()),
            (true, false) => write!(self.d, "V{}", to.1),
            (false, true) => write!(self.d, "H{}", to.0),
            (false, false) => write!(self.d, "L{} {}", to.0, to.1),
        };
        self.at = to;
    }

    fn close(&mut self) {
        self.d.push('Z');
    }

    fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        let mut path = Self::default();
        path.go(x1, y1);
        path.to(x2, y2);
        path
    }

    fn rectangle(x1: f64, y1: f64, x2: f64, y2: f64) -> Self {
        let mut path = Self::line(x1, y1, x2, y1);
        path.to(x2, y2);
        path.to(x1, y2);
        path.close();
        path
    }

    /// A dot where the style draws round ends.
    fn dot(&mut self, x: f64, y: f64) {
        self.go(x, y);
        self.d.push_str("h0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_told_apart() {
        assert_eq!(tick_names(&[0.0, 0.2, 0.4]), ["0", "0.2", "0.4"]);
        assert_eq!(tick_names(&[1000.0, 2000.0]), ["1,000", "2,000"]);
        assert_eq!(
            tick_names(&[300.2, 300.4, 300.6]),
            ["300.2", "300.4", "300.6"]
        );
        assert_eq!(tick_names(&[7.0]), ["7"]);
    }

    #[test]
    fn names_below_an_axis_do_not_touch() {
        for (from, to, width) in [(231.0, 1.2e7, 150.0), (1e-7, 3e9, 330.0), (2.0, 9.0, 40.0)] {
            let scale = Scale::logarithmic((from, to), (4.0, width)).unwrap();
            let mut chart = Chart::default();
            chart.axis(&scale, 10.0);
            let mut end = f64::NEG_INFINITY;
            assert!(!chart.labels.is_empty());
            for label in &chart.labels {
                let (x, class, name) = (label.x as f64, label.class, label.text.clone());
                let tick = Tick { x, class, name };
                assert!(tick.start() > end - 1.0, "{from} {to}: {}", tick.name);
                end = tick.end();
            }
        }
    }

    #[test]
    fn a_path_says_no_more_than_it_must() {
        let mut path = Path::default();
        path.go(1.2, 2.0);
        path.to(1.4, 2.0);
        path.to(5.0, 2.0);
        path.to(5.0, 7.0);
        path.to(6.0, 8.0);
        path.close();
        path.dot(3.0, 4.0);
        assert_eq!(path.d, "M1 2H5V7L6 8ZM3 4h0");
    }
}
