//! Numbers of sets of keypoints.

use super::kinds::{faults_of, table};
use crate::error::Result;
use crate::ingest::{Instances, ObjectKind, Objects};

/// The numbers of a set of keypoints, in the order of their columns.
///
/// | name | unit, range |
/// | --- | --- |
/// | `score` | as the model gives it |
/// | `points` | points that are labelled: visibility above 0 |
/// | `visibility` | mean visibility of the labelled points: `[1, 2]` as COCO writes it, or their mean score |
/// | `visible share` | share of the labelled points with visibility 2 (where any has it: models that give scores have none), `[0, 1]` |
/// | `spread` | root mean square distance of the labelled points from their centre, over the root of the image's area |
/// | `centre x`, `centre y` | the centre of the labelled points, as shares of the image's width and height |
/// | `outside share` | share of the labelled points beyond the frame, `[0, 1]` |
pub const KEYPOINT_FEATURES: [&str; 8] = [
    "score",
    "points",
    "visibility",
    "visible share",
    "spread",
    "centre x",
    "centre y",
    "outside share",
];

const NOT_TRIPLES: &str = "keypoints that are no triples of x, y, visibility";
const NONE_LABELLED: &str = "keypoints of which none is labelled";

/// The keypoints of all images.
pub(super) fn keypoints(found: &Instances) -> Result<Objects> {
    let mut objects = table(found, &KEYPOINT_FEATURES)?;
    let mut faults = faults_of(found, ObjectKind::Keypoints);
    for (at, image) in found.images.iter().enumerate() {
        faults(at, &mut objects);
        for instance in found.of(at) {
            let shape = instance.shape.as_ref();
            let Some(points) = shape.and_then(|shape| shape.keypoints.as_ref()) else {
                continue;
            };
            match numbers(instance.score, points, image.size) {
                Err(reason) => objects.fault(reason),
                Ok(values) => {
                    objects.push(instance.class.map(|class| class as usize), &values)?;
                }
            }
        }
        objects.end_record();
    }
    Ok(objects)
}

fn numbers(
    score: f64,
    points: &[f64],
    size: Option<(f64, f64)>,
) -> std::result::Result<[f64; KEYPOINT_FEATURES.len()], &'static str> {
    let (triples, rest) = points.as_chunks::<3>();
    if !rest.is_empty() || triples.is_empty() || points.iter().any(|v| !v.is_finite()) {
        return Err(NOT_TRIPLES);
    }
    let labelled: Vec<&[f64; 3]> = triples.iter().filter(|point| point[2] > 0.0).collect();
    if labelled.is_empty() {
        return Err(NONE_LABELLED);
    }
    let n = labelled.len() as f64;
    let mean = |axis: usize| labelled.iter().map(|point| point[axis]).sum::<f64>() / n;
    let (x, y) = (mean(0), mean(1));
    let square =
        |point: &&[f64; 3]| (point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y);
    let spread = (labelled.iter().map(square).sum::<f64>() / n).sqrt();
    let share = |is: &dyn Fn(&[f64; 3]) -> bool| {
        labelled.iter().filter(|point| is(point)).count() as f64 / n
    };
    let (width, height) = size.unwrap_or((f64::NAN, f64::NAN));
    let is_outside = |p: &[f64; 3]| p[0] < 0.0 || p[1] < 0.0 || p[0] > width || p[1] > height;
    Ok([
        score,
        n,
        mean(2),
        match triples.iter().all(|point| point[2].fract() == 0.0) {
            true => share(&|point| point[2] == 2.0),
            false => f64::NAN,
        },
        spread / (width * height).sqrt(),
        x / width,
        y / height,
        match size {
            Some(_) => share(&is_outside),
            None => f64::NAN,
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_the_labelled_points() {
        let points = [0.0, 0.0, 0.0, 10.0, 20.0, 2.0, 30.0, 20.0, 1.0];
        let values = numbers(0.7, &points, Some((100.0, 100.0))).unwrap();
        assert_eq!(values[..4], [0.7, 2.0, 1.5, 0.5]);
        assert!((values[4] - 0.1).abs() < 1e-12);
        assert_eq!(values[5..], [0.2, 0.2, 0.0]);
        let scores = numbers(0.7, &[-5.0, 0.0, 0.5], Some((10.0, 10.0))).unwrap();
        assert!(scores[3].is_nan());
        assert_eq!(scores[7], 1.0);
        assert!(numbers(0.7, &[1.0, 1.0, 1.0], None).unwrap()[7].is_nan());
    }

    #[test]
    fn what_is_no_set_of_points_is_a_fault() {
        assert_eq!(numbers(0.5, &[1.0, 2.0], None), Err(NOT_TRIPLES));
        assert_eq!(numbers(0.5, &[], None), Err(NOT_TRIPLES));
        assert_eq!(numbers(0.5, &[1.0, f64::NAN, 2.0], None), Err(NOT_TRIPLES));
        assert_eq!(numbers(0.5, &[1.0, 2.0, 0.0], None), Err(NONE_LABELLED));
    }
}
