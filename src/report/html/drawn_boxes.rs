//! Boxes that are drawn over pictures.

use crate::report::escape::clip;
use crate::report::number;
use std::collections::BTreeMap;

/// Characters of a class.
const NAME: usize = 60;
/// Classes named of one picture.
const NAMED: usize = 6;

/// One object on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureBox {
    /// What it is said to be; `None` for an object without a class.
    pub class: Option<String>,
    /// How sure the model is; `None` where it does not say.
    pub score: Option<f64>,
    /// Left, top, width and height as shares of the picture as it is shown
    /// (`measure::outputs::place_on_picture`).
    pub place: [f64; 4],
}

/// The objects on one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PictureBoxes {
    /// Width and height of the picture: only their ratio counts.
    pub size: (u32, u32),
    /// The objects.
    pub boxes: Vec<PictureBox>,
    /// Further ones that are not drawn.
    pub further: usize,
}

impl PictureBoxes {
    /// Most boxes that are drawn on a picture: more cover it.
    pub const MOST: usize = 50;

    /// Keeps the surest, and counts the rest as further ones. Boxes of equal score keep their order.
    pub(super) fn limit(&mut self) {
        let score = |found: &PictureBox| found.score.unwrap_or(f64::NEG_INFINITY);
        self.boxes.sort_by(|a, b| score(b).total_cmp(&score(a)));
        self.further += self.boxes.len().saturating_sub(Self::MOST);
        self.boxes.truncate(Self::MOST);
    }
}

/// Boxes as a page draws them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Overlay {
    pub(super) width: u32,
    pub(super) height: u32,
    /// What is seen, in words.
    pub(super) title: String,
    /// Path and title of each.
    pub(super) shapes: Vec<(String, String)>,
}

impl Overlay {
    pub(super) fn new(of: &PictureBoxes) -> Option<Self> {
        let (width, height) = of.size;
        if width == 0 || height == 0 || of.boxes.is_empty() {
            return None;
        }
        let shape = |found: &PictureBox| {
            let [left, top, w, h] = found.place;
            let at =
                |share: f64, side: u32| (share.clamp(0.0, 1.0) * f64::from(side)).round() as i64;
            let (x1, x2) = (at(left, width), at(left + w, width));
            let (y1, y2) = (at(top, height), at(top + h, height));
            let score = found
                .score
                .map_or_else(String::new, |score| format!(" {}", number::number(score)));
            (
                format!("M{x1} {y1}H{x2}V{y2}H{x1}Z"),
                format!("{}{score}", class(found)),
            )
        };
        Some(Self {
            width,
            height,
            title: told(of),
            shapes: of.boxes.iter().map(shape).collect(),
        })
    }
}

fn class(found: &PictureBox) -> String {
    found
        .class
        .as_deref()
        .map_or_else(|| "object".to_owned(), |class| clip(class, NAME))
}

/// `3 boxes: car (2), person`.
fn told(of: &PictureBoxes) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for found in &of.boxes {
        *counts.entry(class(found)).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = counts.len().saturating_sub(NAMED);
    let names = counts
        .into_iter()
        .take(NAMED)
        .map(|(name, count)| match count {
            1 => name,
            n => format!("{name} ({n})"),
        });
    let mut names: Vec<String> = names.collect();
    if more > 0 {
        names.push(format!("{more} more classes"));
    }
    let all = of.boxes.len() + of.further;
    let (unit, drawn) = (if all == 1 { "box" } else { "boxes" }, of.boxes.len());
    let shown = match of.further {
        0 => String::new(),
        _ => format!(", the {drawn} surest drawn"),
    };
    format!(
        "{} {unit}{shown}: {}",
        number::count(all as u64),
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(class: &str, score: f64) -> PictureBox {
        PictureBox {
            class: Some(class.into()),
            score: Some(score),
            place: [0.25, 0.5, 0.5, 0.25],
        }
    }

    #[test]
    fn the_surest_boxes_are_drawn_and_the_others_counted() {
        let boxes = (0..120).map(|i| found(["car", "dog"][i % 2], i as f64 / 120.0));
        let mut of = PictureBoxes {
            size: (400, 200),
            boxes: boxes.collect(),
            further: 3,
        };
        of.limit();
        assert_eq!((of.boxes.len(), of.further), (50, 73));
        assert_eq!(of.boxes[0].score, Some(119.0 / 120.0));
        let overlay = Overlay::new(&of).unwrap();
        assert_eq!(
            overlay.title,
            "123 boxes, the 50 surest drawn: car (25), dog (25)"
        );
        assert_eq!(overlay.shapes[0].0, "M100 100H300V150H100Z");
        assert_eq!(overlay.shapes[0].1, "dog 0.992");
        assert_eq!(Overlay::new(&PictureBoxes::default()), None);
    }
}
