//! Detections held against annotations.

use std::collections::HashMap;

use super::boxes::{BOX_FEATURES, intersection_over_union, is_usable, numbers};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Instance, Instances, Objects, Units};

/// Overlap from which a detection is of an annotated object.
const OVERLAP: f64 = 0.5;
/// Most annotated boxes: all are held.
const MAX_BOXES: usize = 1 << 23;

/// What annotations add to the numbers of a box.
const JUDGED: [&str; 3] = ["true positive", "score if true", "score if false"];

/// The boxes that people drew, held by image, to judge those of a detector.
///
/// In each image, detections of a class are taken by falling score; each is of the annotated box of its
/// class that it overlaps most, of those not taken yet, if intersection over union
/// is at least 0.5: a true positive, else a false one (Everingham et al. 2010; as
/// in COCO's evaluation, but crowds are objects like others).
///
/// ```
/// use driftsphere::ingest::{ImageList, OutputsScan};
/// use driftsphere::measure::outputs::Annotations;
///
/// let read = |text: &'static str| -> driftsphere::Result<_> {
///     let mut scan = OutputsScan::coco(text.as_bytes(), &ImageList::default())?;
///     Ok(scan.next_block(10)?.expect("there are images"))
/// };
/// let mut drawn = Annotations::default();
/// drawn.hold(&read(r#"[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 10]}]"#)?)?;
/// let found = read(r#"[
///     {"image_id": 1, "category_id": 1, "bbox": [1, 0, 10, 10], "score": 0.9},
///     {"image_id": 1, "category_id": 1, "bbox": [0, 0, 10, 9], "score": 0.8}
/// ]"#)?;
/// let tables = drawn.judge(&found)?;
/// let (kind, boxes) = &tables[0];
/// let right = boxes.features().find(|(name, _)| *name == "true positive").unwrap().1;
/// assert_eq!((*kind, right), ("box", &[1.0, 0.0][..])); // the second finds it taken
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Annotations {
    /// By the name of the image; looked up only, never walked.
    images: HashMap<String, Vec<Drawn>>,
    boxes: usize,
}

#[derive(Debug, Clone)]
struct Drawn {
    class: Option<String>,
    instance: Instance,
}

impl Annotations {
    /// Takes in annotations as a reader gives them; boxes in pixels.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for relative boxes; [`ErrorKind::Limit`] for over eight
    /// million boxes.
    pub fn hold(&mut self, drawn: &Instances) -> Result<()> {
        if drawn.units != Units::Pixels {
            let message = "annotations need boxes in pixels";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        for (at, image) in drawn.images.iter().enumerate() {
            let boxes = self.images.entry(image.name.clone()).or_default();
            let own = drawn
                .of(at)
                .iter()
                .filter(|one| one.has_box() && is_usable(one.bbox));
            boxes.extend(own.map(|instance| {
                Drawn {
                    class: instance
                        .class
                        .map(|class| drawn.classes[class as usize].clone()),
                    instance: instance.clone(),
                }
            }));
            self.boxes += drawn.of(at).len();
        }
        match self.boxes > MAX_BOXES {
            true => Err(Error::new(
                ErrorKind::Limit,
                "more than eight million annotated boxes",
            )),
            false => Ok(()),
        }
    }

    /// The boxes of `found`, each judged, and the annotated boxes of the same images,
    /// as tables of objects of the kinds `box` and `annotation`.
    ///
    /// Beside [`BOX_FEATURES`], boxes have `true positive` (0 or 1), and their score as
    /// `score if true` or `score if false`; annotated ones `found` (0 or 1). Their means are
    /// precision and recall.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for relative boxes.
    pub fn judge(&self, found: &Instances) -> Result<Vec<(&'static str, Objects)>> {
        if found.units != Units::Pixels {
            let message = "detections need boxes in pixels to be held against annotations";
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let names: Vec<&str> = BOX_FEATURES.into_iter().chain(JUDGED).collect();
        let mut boxes = super::kinds::table(found, &names)?;
        let names: Vec<&str> = BOX_FEATURES.into_iter().chain(["found"]).collect();
        let mut drawn = Objects::new(&names)?;
        let plain = super::boxes::boxes(found)?;
        for (at, image) in found.images.iter().enumerate() {
            let own = self.images.get(&image.name).map_or(&[][..], Vec::as_slice);
            let (right, taken) = assign(found, found.of(at), own);
            let usable = found.of(at).iter().zip(right);
            let usable = usable.filter(|(one, _)| one.has_box() && is_usable(one.bbox));
            for (row, (instance, right)) in plain.range(at).zip(usable) {
                let mut values: Vec<f64> =
                    plain.features().map(|(_, column)| column[row]).collect();
                let only = |wanted: bool| {
                    if right == wanted {
                        instance.score
                    } else {
                        f64::NAN
                    }
                };
                values.extend([f64::from(u8::from(right)), only(true), only(false)]);
                boxes.push(instance.class.map(|class| class as usize), &values)?;
            }
            boxes.end_record();
            for (one, taken) in own.iter().zip(taken) {
                let mut values =
                    numbers(&one.instance, f64::NAN, image.size, Units::Pixels).to_vec();
                values.push(f64::from(u8::from(taken)));
                let class = one.class.as_ref().map(|name| drawn.class(name));
                drawn.push(class, &values)?;
            }
            drawn.end_record();
        }
        let faults = plain.faults().iter();
        let boxes = boxes.with_faults(faults.copied());
        Ok(vec![("box", boxes), ("annotation", drawn)])
    }
}

/// Which detections are true positives, and which annotated boxes were found.
fn assign(found: &Instances, detections: &[Instance], drawn: &[Drawn]) -> (Vec<bool>, Vec<bool>) {
    let mut order: Vec<usize> = (0..detections.len()).collect();
    // Without a score last; stable, as the order of the file decides between equals.
    let score = |at: &usize| match detections[*at].score {
        score if score.is_nan() => f64::NEG_INFINITY,
        score => score,
    };
    order.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let (mut right, mut taken) = (vec![false; detections.len()], vec![false; drawn.len()]);
    for at in order {
        let one = &detections[at];
        let class = one
            .class
            .map(|class| found.classes[class as usize].as_str());
        let mut best: Option<(usize, f64)> = None;
        for (other, annotated) in drawn.iter().enumerate() {
            if taken[other] || annotated.class.as_deref() != class {
                continue;
            }
            let overlap = intersection_over_union(one.bbox, annotated.instance.bbox);
            if overlap >= best.map_or(OVERLAP, |(_, overlap)| overlap) {
                best = Some((other, overlap));
            }
        }
        if let Some((other, _)) = best {
            (right[at], taken[other]) = (true, true);
        }
    }
    (right, taken)
}
