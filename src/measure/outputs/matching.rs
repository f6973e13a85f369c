//! Detections held against annotations.

use std::collections::HashMap;

use super::boxes::{BOX_FEATURES, intersection, intersection_over_union, is_usable, numbers};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Instance, Instances, Objects, Units};

/// Overlap from which a detection is of an annotated object.
const OVERLAP: f64 = 0.5;
/// Detections of a class in an image that are judged, those of the highest scores: COCO's `maxDets`.
const MOST_JUDGED: usize = 100;
/// Most annotated boxes: all are held.
const MAX_BOXES: usize = 1 << 23;

/// What annotations add to the numbers of a box.
const JUDGED: [&str; 3] = ["true positive", "score if true", "score if false"];

/// The boxes that people drew, held by image, to judge those of a detector.
///
/// In each image, detections of a class are taken by falling score; each is of the annotated box of its
/// class that it overlaps most, of those not taken yet, if intersection over union
/// is at least 0.5: a true positive, else a false one (Everingham et al. 2010). As in COCO's
/// evaluation, the 100 of the highest scores are judged, a crowd need not be found, and a
/// detection that lies in one by half is neither right nor wrong.
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
    /// Its box alone.
    instance: Instance,
    is_crowd: bool,
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
                    instance: Instance {
                        shape: None,
                        ..*instance
                    },
                    is_crowd: instance.shape.as_ref().is_some_and(|shape| shape.is_crowd),
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
    /// `score if true` or `score if false`, all missing where a detection is not judged; annotated
    /// ones `found` (0 or 1), missing for crowds. Their means are precision and recall.
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
                let only = |wanted: bool| match right == Some(wanted) {
                    true => instance.score,
                    false => f64::NAN,
                };
                values.extend([share(right), only(true), only(false)]);
                boxes.push(instance.class.map(|class| class as usize), &values)?;
            }
            boxes.end_record();
            for (one, taken) in own.iter().zip(taken) {
                let mut values =
                    numbers(&one.instance, f64::NAN, image.size, Units::Pixels).to_vec();
                values.push(share((!one.is_crowd).then_some(taken)));
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

/// 1 for yes, 0 for no; missing where neither.
fn share(answer: Option<bool>) -> f64 {
    answer.map_or(f64::NAN, |yes| f64::from(u8::from(yes)))
}

/// Which detections are true positives, `None` for those that are not judged; and which annotated
/// boxes were found.
fn assign(
    found: &Instances,
    detections: &[Instance],
    drawn: &[Drawn],
) -> (Vec<Option<bool>>, Vec<bool>) {
    let mut order: Vec<usize> = (0..detections.len()).collect();
    // Without a score last; stable, as the order of the file decides between equals.
    let score = |at: &usize| match detections[*at].score {
        score if score.is_nan() => f64::NEG_INFINITY,
        score => score,
    };
    order.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let (mut right, mut taken) = (vec![None; detections.len()], vec![false; drawn.len()]);
    let mut judged: HashMap<Option<u32>, usize> = HashMap::new();
    for at in order {
        let one = &detections[at];
        let count = judged.entry(one.class).or_default();
        *count += 1;
        if *count > MOST_JUDGED {
            continue;
        }
        let class = one
            .class
            .map(|class| found.classes[class as usize].as_str());
        let own = || drawn.iter().enumerate();
        let own = || own().filter(|(_, other)| other.class.as_deref() == class);
        let mut best: Option<(usize, f64)> = None;
        for (other, annotated) in own().filter(|(_, other)| !other.is_crowd) {
            if taken[other] {
                continue;
            }
            let overlap = intersection_over_union(one.bbox, annotated.instance.bbox);
            if overlap >= best.map_or(OVERLAP, |(_, overlap)| overlap) {
                best = Some((other, overlap));
            }
        }
        let area = one.bbox[2] * one.bbox[3];
        let mut crowds = own().filter(|(_, other)| other.is_crowd);
        right[at] = match best {
            Some((other, _)) => {
                taken[other] = true;
                Some(true)
            }
            None if crowds.any(|(_, crowd)| {
                intersection(one.bbox, crowd.instance.bbox) >= OVERLAP * area
            }) =>
            {
                None
            }
            None => Some(false),
        };
    }
    (right, taken)
}
