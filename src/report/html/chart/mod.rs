//! Charts as plain shapes: where each lies is worked out here, a template writes
//! the SVG, the style sheet colours it.
//!
//! A library of plots would write colours into the picture; these follow the
//! reader's light or dark setting, and have titles for those who do not see them.

mod bars;
mod histogram;
mod intervals;
mod points;
mod quantiles;
mod scale;
mod timeline;

pub(super) use bars::{lengths, shares};
pub(super) use histogram::histogram;
pub(super) use intervals::{Measured, intervals};
pub(super) use points::{PALETTE, dots};
pub(super) use quantiles::quantiles;
pub(super) use scale::Scale;
pub(super) use timeline::{Mark, Timeline, timeline};

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
        let d = path.0;
        self.shapes.push(Shape { class, d, title });
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
        for tick in scale.ticks(5) {
            let x = scale.at(tick);
            path.go(x, y);
            path.to(x, y + 4.0);
            // Numbers at the ends stay inside.
            let class = match (x - scale.start < 14.0, scale.end - x < 14.0) {
                (true, _) => "tick start",
                (_, true) => "tick end",
                _ => "tick",
            };
            self.label(x, y + 15.0, class, super::super::number::number(tick));
        }
        self.shape("axis", path);
    }

    /// Which colour is which window, in the upper right corner.
    fn key(&mut self) {
        let right = f64::from(self.width) - 4.0;
        self.label(right - 50.0, 10.0, "end key reference", "reference");
        self.label(right, 10.0, "end key target", "target");
    }
}

/// The path of a shape, in whole units: finer than any eye, and short.
#[derive(Debug, Default)]
struct Path(String);

impl Path {
    fn add(&mut self, command: char, x: f64, y: f64) {
        let (x, y) = (x.round() as i64, y.round() as i64);
        let _ = write!(self.0, "{command}{x} {y}");
    }

    fn go(&mut self, x: f64, y: f64) {
        self.add('M', x, y);
    }

    fn to(&mut self, x: f64, y: f64) {
        self.add('L', x, y);
    }

    fn close(&mut self) {
        self.0.push('Z');
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
        self.0.push_str("h0");
    }
}
