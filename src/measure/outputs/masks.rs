//! Numbers of masks.

use super::kinds::{faults_of, table};
use super::raster::Raster;
use crate::error::Result;
use crate::ingest::{Instances, ObjectKind, Objects};

/// The numbers of a mask, in the order of their columns.
///
/// | name | unit, range |
/// | --- | --- |
/// | `score` | as the model gives it |
/// | `area` | pixels inside |
/// | `relative area` | share of the image's pixels, `[0, 1]` |
/// | `parts` | pieces that touch by no side and no corner |
/// | `holes` | enclosed pieces of the outside, whose pixels touch by their sides |
/// | `contour length` | pixels, as scikit-image's `perimeter` |
/// | `compactness` | 4 pi area / contour length^2: 1 for a disc, less for all else (and more by its pixels for tiny ones) |
/// | `border share` | share of the mask's pixels that lie at the border of the image |
pub const MASK_FEATURES: [&str; 8] = [
    "score",
    "area",
    "relative area",
    "parts",
    "holes",
    "contour length",
    "compactness",
    "border share",
];

/// Most pixels that are laid out of the masks of one image: so many take seconds.
const MAX_PIXELS: usize = 1 << 28;
const TOO_MANY: &str = "masks of an image that cover it too often";

/// The masks of all images.
pub(super) fn masks(found: &Instances) -> Result<Objects> {
    let mut objects = table(found, &MASK_FEATURES)?;
    let mut faults = faults_of(found, ObjectKind::Mask);
    for (at, image) in found.images.iter().enumerate() {
        faults(at, &mut objects);
        let mut left = MAX_PIXELS;
        for instance in found.of(at) {
            let Some(mask) = instance
                .shape
                .as_ref()
                .and_then(|shape| shape.mask.as_ref())
            else {
                continue;
            };
            if left == 0 {
                objects.fault(TOO_MANY);
                continue;
            }
            match Raster::new(mask, image.size) {
                Err(reason) => objects.fault(reason),
                Ok(raster) => {
                    left = left.saturating_sub(raster.pixels.len());
                    let class = instance.class.map(|class| class as usize);
                    objects.push(class, &numbers(instance.score, &raster))?;
                }
            }
        }
        objects.end_record();
    }
    Ok(objects)
}

fn numbers(score: f64, raster: &Raster) -> [f64; MASK_FEATURES.len()] {
    let area = raster.area() as f64;
    let contour = raster.contour_length();
    let (width, height) = raster.image;
    // A single pixel has no contour to speak of.
    let compactness = match contour > 0.0 {
        true => 4.0 * std::f64::consts::PI * area / (contour * contour),
        false => f64::NAN,
    };
    [
        score,
        area,
        area / (width as f64 * height as f64),
        raster.parts() as f64,
        raster.holes() as f64,
        contour,
        compactness,
        raster.at_border() as f64 / area,
    ]
}
