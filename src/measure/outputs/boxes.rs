//! Numbers of boxes.

use super::kinds::{faults_of, table};
use crate::error::Result;
use crate::ingest::{Instance, Instances, ObjectKind, Objects, Units};

/// The numbers of a box, in the order of their columns.
///
/// | name | unit, range |
/// | --- | --- |
/// | `score` | as the model gives it; mostly `[0, 1]`, but sums of stages are legal |
/// | `width`, `height` | pixels |
/// | `area` | pixels: width times height, as COCO's size classes take it |
/// | `relative area` | share of the image, `[0, 1]`; of the box as it came |
/// | `aspect` | width / height, in pixels |
/// | `centre x`, `centre y` | shares of the image's width and height, from left and top |
/// | `touches border` | 1 where an edge lies within 0.5 % of the image's side from its border, else 0 |
/// | `overlap` | the largest intersection over union with another box of its class in the image; 0 for one alone |
///
/// What cannot be known (pixels where boxes are relative and the image's size is
/// not given, shares where it is not) is missing.
pub const BOX_FEATURES: [&str; 10] = [
    "score",
    "width",
    "height",
    "area",
    "relative area",
    "aspect",
    "centre x",
    "centre y",
    "touches border",
    "overlap",
];

/// How near the border is at it, as a share of the image's side: more than the
/// rounding of any format, less than a person sees.
const AT_BORDER: f64 = 0.005;

/// Boxes of one image of which each is held against each; in an image of more,
/// overlap is missing.
const MAX_CROWD: usize = 512;

const NOT_FINITE: &str = "box with a side that is no finite number";
const NO_AREA: &str = "box without an area";

/// The boxes of all images.
pub(super) fn boxes(found: &Instances) -> Result<Objects> {
    let mut objects = table(found, &BOX_FEATURES)?;
    objects.reserve(found.instances.len());
    let mut faults = faults_of(found, ObjectKind::Box);
    let mut overlaps = Vec::new();
    for (at, image) in found.images.iter().enumerate() {
        faults(at, &mut objects);
        let instances = found.of(at);
        overlap(instances, &mut overlaps);
        for (instance, overlap) in instances.iter().zip(&overlaps) {
            if !instance.has_box() {
                continue;
            }
            match fault(instance.bbox) {
                Some(reason) => objects.fault(reason),
                None => {
                    let values = numbers(instance, *overlap, image.size, found.units);
                    objects.push(instance.class.map(|class| class as usize), &values)?;
                }
            }
        }
        objects.end_record();
    }
    Ok(objects)
}

/// Whether a box has finite sides and an area.
pub(super) fn is_usable(bbox: [f64; 4]) -> bool {
    fault(bbox).is_none()
}

/// Why a box cannot be used, if it cannot.
pub(super) fn fault([x, y, width, height]: [f64; 4]) -> Option<&'static str> {
    if ![x, y, width, height].iter().all(|v| v.is_finite()) {
        return Some(NOT_FINITE);
    }
    (width <= 0.0 || height <= 0.0).then_some(NO_AREA)
}

pub(super) fn numbers(
    instance: &Instance,
    overlap: f64,
    size: Option<(f64, f64)>,
    units: Units,
) -> [f64; BOX_FEATURES.len()] {
    let [x, y, width, height] = instance.bbox;
    let (image_width, image_height) = size.unwrap_or((f64::NAN, f64::NAN));
    // Factors to pixels and to shares; NaN where they are not known.
    let (to_pixels, to_shares) = match units {
        Units::Pixels => ((1.0, 1.0), (1.0 / image_width, 1.0 / image_height)),
        Units::Relative => ((image_width, image_height), (1.0, 1.0)),
    };
    let (pixel_width, pixel_height) = (width * to_pixels.0, height * to_pixels.1);
    let (left, top) = (x * to_shares.0, y * to_shares.1);
    let (wide, high) = (width * to_shares.0, height * to_shares.1);
    let gap = left.min(top).min(1.0 - left - wide).min(1.0 - top - high);
    let touches = match left.is_nan() {
        true => f64::NAN,
        false => f64::from(u8::from(gap <= AT_BORDER)),
    };
    [
        instance.score,
        pixel_width,
        pixel_height,
        pixel_width * pixel_height,
        wide * high,
        pixel_width / pixel_height,
        left + wide / 2.0,
        top + high / 2.0,
        touches,
        overlap,
    ]
}

/// For each object the largest overlap with another box of its class.
fn overlap(instances: &[Instance], out: &mut Vec<f64>) {
    out.clear();
    if instances.len() > MAX_CROWD {
        out.resize(instances.len(), f64::NAN);
        return;
    }
    out.resize(instances.len(), 0.0);
    for (i, a) in instances.iter().enumerate() {
        for (j, b) in instances.iter().enumerate().skip(i + 1) {
            if a.class == b.class {
                let share = intersection_over_union(a.bbox, b.bbox);
                // NaN, of a box that is none, is never larger.
                for at in [i, j] {
                    if share > out[at] {
                        out[at] = share;
                    }
                }
            }
        }
    }
}

/// ```text
/// IoU = |A and B| / |A or B|
/// ```
pub(super) fn intersection_over_union(a: [f64; 4], b: [f64; 4]) -> f64 {
    let both = intersection(a, b);
    if both <= 0.0 {
        return 0.0;
    }
    both / (a[2] * a[3] + b[2] * b[3] - both)
}

/// The area of what two boxes have in common.
pub(super) fn intersection(a: [f64; 4], b: [f64; 4]) -> f64 {
    let side = |i: usize| (a[i] + a[i + 2]).min(b[i] + b[i + 2]) - a[i].max(b[i]);
    side(0).max(0.0) * side(1).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{ImageInfo, Kinds};

    fn found(bboxes: &[[f64; 4]], size: Option<(f64, f64)>, units: Units) -> Instances {
        let instance = |bbox: &[f64; 4]| Instance {
            class: Some(0),
            score: 0.5,
            bbox: *bbox,
            shape: None,
        };
        Instances {
            images: vec![ImageInfo {
                name: "a".into(),
                size,
            }],
            ends: vec![bboxes.len()],
            instances: bboxes.iter().map(instance).collect(),
            classes: vec!["cat".into()],
            units,
            kinds: Kinds {
                boxes: true,
                ..Kinds::default()
            },
            ..Instances::default()
        }
    }

    fn column(objects: &Objects, name: &str) -> Vec<f64> {
        objects
            .features()
            .find(|(n, _)| *n == name)
            .unwrap()
            .1
            .to_vec()
    }

    #[test]
    fn pixels_and_shares_of_one_box_are_the_same_numbers() {
        let size = Some((400.0, 200.0));
        let pixels = boxes(&found(&[[100.0, 50.0, 40.0, 20.0]], size, Units::Pixels)).unwrap();
        let shares = [[0.25, 0.25, 0.1, 0.1]];
        let relative = boxes(&found(&shares, size, Units::Relative)).unwrap();
        for name in BOX_FEATURES {
            let (a, b) = (column(&pixels, name)[0], column(&relative, name)[0]);
            assert!((a - b).abs() < 1e-9, "{name}: {a} {b}");
        }
        assert_eq!(column(&pixels, "area"), [800.0]);
        assert!((column(&pixels, "relative area")[0] - 0.01).abs() < 1e-12);
        assert_eq!(column(&pixels, "aspect"), [2.0]);

        let unknown = boxes(&found(&shares, None, Units::Relative)).unwrap();
        assert!(column(&unknown, "area")[0].is_nan());
        assert!((column(&unknown, "centre x")[0] - 0.3).abs() < 1e-12);
        let unknown = boxes(&found(&[[1.0, 1.0, 5.0, 5.0]], None, Units::Pixels)).unwrap();
        assert!(column(&unknown, "touches border")[0].is_nan());
        assert_eq!(column(&unknown, "area"), [25.0]);
    }

    #[test]
    fn borders_are_touched_within_half_a_percent() {
        let size = Some((1000.0, 1000.0));
        let bboxes = [
            [4.0, 100.0, 10.0, 10.0],
            [6.0, 100.0, 10.0, 10.0],
            [500.0, 500.0, 500.0, 10.0],
            [-20.0, 500.0, 50.0, 10.0],
        ];
        let objects = boxes(&found(&bboxes, size, Units::Pixels)).unwrap();
        assert_eq!(column(&objects, "touches border"), [1.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn overlap_is_that_with_the_nearest_of_its_class() {
        let bboxes = [
            [0.0, 0.0, 10.0, 10.0],
            [0.0, 5.0, 10.0, 10.0],
            [50.0, 50.0, 1.0, 1.0],
        ];
        let mut found = found(&bboxes, None, Units::Pixels);
        let third = 50.0 / 150.0;
        assert_eq!(
            column(&boxes(&found).unwrap(), "overlap"),
            [third, third, 0.0]
        );
        found.instances[1].class = None;
        assert_eq!(column(&boxes(&found).unwrap(), "overlap"), [0.0; 3]);
    }

    #[test]
    fn boxes_that_are_none_are_faults() {
        let bboxes = [
            [0.0, 0.0, 10.0, 0.0],
            [0.0, 0.0, -1.0, 5.0],
            [0.0, f64::INFINITY, 1.0, 5.0],
            [0.0, 0.0, 1.0, 1.0],
        ];
        let objects = boxes(&found(&bboxes, None, Units::Pixels)).unwrap();
        assert_eq!(objects.len(), 1);
        let faults: Vec<&str> = objects.faults().iter().map(|fault| fault.1).collect();
        assert_eq!(faults, [NO_AREA, NO_AREA, NOT_FINITE]);
    }
}
