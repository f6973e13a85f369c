//! Detections held against annotations.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::boxes::{
    BOX_FEATURES, fault, intersection, intersection_over_union, is_usable, numbers,
};
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
    images: HashMap<String, Image>,
    boxes: usize,
}

/// What was drawn in one image.
#[derive(Debug, Clone, Default)]
struct Image {
    /// In an order of their own, so that that of their file does not show.
    boxes: Vec<Drawn>,
    /// Why others cannot be used.
    faults: Vec<&'static str>,
}

#[derive(Debug, Clone)]
struct Drawn {
    class: Option<String>,
    /// Its box alone.
    instance: Instance,
    is_crowd: bool,
}

impl Annotations {
    /// Takes in annotations as a reader gives them.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for relative boxes in an image whose size is not known;
    /// [`ErrorKind::Input`] for an image whose name another one has; [`ErrorKind::Limit`] for over
    /// eight million boxes.
    pub fn hold(&mut self, drawn: &Instances) -> Result<()> {
        let drawn = &*in_pixels(drawn)?;
        for (at, image) in drawn.images.iter().enumerate() {
            let mut own = Image::default();
            for instance in drawn.of(at).iter().filter(|one| one.has_box()) {
                match fault(instance.bbox) {
                    Some(reason) => own.faults.push(reason),
                    None => own.boxes.push(Drawn::new(instance, &drawn.classes)),
                }
            }
            own.boxes
                .sort_by(|a, b| order(a.instance.bbox, b.instance.bbox));
            self.boxes += drawn.of(at).len();
            if self.images.insert(image.name.clone(), own).is_some() {
                let message = "two annotated images have one name, by which boxes find theirs";
                return Err(Error::new(ErrorKind::Input, message).at("image", &image.name));
            }
        }
        match self.boxes > MAX_BOXES {
            true => Err(Error::new(
                ErrorKind::Limit,
                "more than eight million annotated boxes",
            )),
            false => Ok(()),
        }
    }

    /// Whether an image was annotated, be it that nothing was found worth a box.
    #[must_use]
    pub fn has(&self, image: &str) -> bool {
        self.images.contains_key(image)
    }

    /// The boxes of `found`, each judged, and the annotated boxes of the same images,
    /// as tables of objects of the kinds `box` and `annotation`.
    ///
    /// Beside [`BOX_FEATURES`], boxes have `true positive` (0 or 1), and their score as
    /// `score if true` or `score if false`, all missing where a detection is not judged, such as in
    /// an image that was not annotated; annotated ones `found` (0 or 1), missing for crowds. Their
    /// means are precision and recall.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for relative boxes in an image whose size is not known.
    pub fn judge(&self, found: &Instances) -> Result<Vec<(&'static str, Objects)>> {
        let found = &*in_pixels(found)?;
        let names: Vec<&str> = BOX_FEATURES.into_iter().chain(JUDGED).collect();
        let mut boxes = super::kinds::table(found, &names)?;
        let names: Vec<&str> = BOX_FEATURES.into_iter().chain(["found"]).collect();
        let mut drawn = Objects::new(&names)?;
        let plain = super::boxes::boxes(found)?;
        for (at, image) in found.images.iter().enumerate() {
            let own = self.images.get(&image.name);
            let (right, taken) = match own {
                Some(own) => assign(found, found.of(at), &own.boxes),
                None => (vec![None; found.of(at).len()], Vec::new()),
            };
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
            for reason in own.iter().flat_map(|own| &own.faults) {
                drawn.fault(reason);
            }
            for (one, taken) in own.iter().flat_map(|own| &own.boxes).zip(taken) {
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

impl Drawn {
    fn new(instance: &Instance, classes: &[String]) -> Self {
        let shape = instance.shape.as_ref();
        Self {
            class: instance.class.map(|class| classes[class as usize].clone()),
            instance: Instance {
                shape: None,
                ..*instance
            },
            is_crowd: shape.is_some_and(|shape| shape.is_crowd),
        }
    }
}

/// The same with its boxes in pixels.
fn in_pixels(found: &Instances) -> Result<Cow<'_, Instances>> {
    if found.units == Units::Pixels {
        return Ok(Cow::Borrowed(found));
    }
    let mut out = found.clone();
    for (at, image) in found.images.iter().enumerate() {
        let start = at.checked_sub(1).map_or(0, |before| found.ends[before]);
        let own = &mut out.instances[start..found.ends[at]];
        let Some((width, height)) = image.size.or(own.is_empty().then_some((1.0, 1.0))) else {
            let message = "boxes that are shares of their image need its size to be held against \
                           others: give a list of images (--coco-images)";
            return Err(Error::new(ErrorKind::Argument, message).at("image", &image.name));
        };
        for instance in own {
            let [x, y, w, h] = instance.bbox;
            instance.bbox = [x * width, y * height, w * width, h * height];
        }
    }
    out.units = Units::Pixels;
    Ok(Cow::Owned(out))
}

/// An order of boxes that is theirs alone.
fn order(a: [f64; 4], b: [f64; 4]) -> Ordering {
    let sides = a.iter().zip(&b).map(|(a, b)| a.total_cmp(b));
    sides.fold(Ordering::Equal, Ordering::then)
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
    let mut places: Vec<usize> = (0..detections.len()).collect();
    // Without a score last; of equal scores their boxes decide, not their order in the file.
    let score = |one: &Instance| match one.score {
        score if score.is_nan() => f64::NEG_INFINITY,
        score => score,
    };
    places.sort_by(|a, b| {
        let (a, b) = (&detections[*a], &detections[*b]);
        let by_score = score(b).total_cmp(&score(a));
        by_score.then_with(|| order(a.bbox, b.bbox))
    });
    let (mut right, mut taken) = (vec![None; detections.len()], vec![false; drawn.len()]);
    let mut judged: HashMap<Option<u32>, usize> = HashMap::new();
    for at in places {
        let one = &detections[at];
        let count = judged.entry(one.class).or_default();
        *count += 1;
        if *count > MOST_JUDGED {
            continue;
        }
        let class = one
            .class
            .map(|class| found.classes[class as usize].as_str());
        let is_own = |(_, other): &(usize, &Drawn)| other.class.as_deref() == class;
        let own = || drawn.iter().enumerate().filter(is_own);
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
