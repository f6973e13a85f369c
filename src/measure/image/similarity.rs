//! A picture against the one it was made from.

use super::plane::{Plane, gaussian};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::Pixels;

/// How far a picture is from its reference, pixel by pixel, on luma in levels of 0 to 255.
///
/// ```text
/// MSE  = mean (x - y)^2
/// PSNR = 10 log10(255^2 / MSE)
/// SSIM = mean of (2 mx my + C1) (2 sxy + C2) / ((mx^2 + my^2 + C1) (sx^2 + sy^2 + C2))
/// ```
///
/// (Wang, Bovik, Sheikh & Simoncelli 2004.) The means, variances and the covariance at a
/// pixel are weighed by a Gaussian of sigma 1.5 over 11 x 11 pixels, C1 = (0.01 x 255)^2,
/// C2 = (0.03 x 255)^2; pixels whose window leaves the picture do not count. The same as
/// scikit-image's `structural_similarity` with `gaussian_weights` and without
/// `use_sample_covariance`.
///
/// ```
/// use driftsphere::ingest::image::{Channels, Pixels, Samples};
/// use driftsphere::measure::image::Similarity;
///
/// let grey = |level| Pixels::new(16, 16, Channels::Grey, Samples::U8(vec![level; 256]));
/// let similarity = Similarity::of(&grey(100)?, &grey(110)?)?;
/// assert_eq!(similarity.mse, 100.0);
/// assert!((similarity.psnr - 28.13).abs() < 0.01);
/// let flat = (2.0 * 100.0 * 110.0 + 6.5025) / (100.0_f64.powi(2) + 110.0_f64.powi(2) + 6.5025);
/// assert!((similarity.ssim.unwrap() - flat).abs() < 1e-12);
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Similarity {
    /// Mean squared error, in squared levels.
    pub mse: f64,
    /// Peak signal-to-noise ratio in dB; infinite where the pictures are equal.
    pub psnr: f64,
    /// Structural similarity in [-1, 1], 1 where they are equal. `None` under 11 x 11
    /// pixels.
    pub ssim: Option<f64>,
}

const PEAK: f64 = 255.0;
const RADIUS: usize = 5;

impl Similarity {
    /// Compares `picture` with its `reference`.
    ///
    /// # Errors
    ///
    /// Pictures of different size.
    pub fn of(reference: &Pixels, picture: &Pixels) -> Result<Self> {
        let size = |p: &Pixels| (p.width(), p.height());
        if size(reference) != size(picture) {
            let ((w, h), (own_w, own_h)) = (size(reference), size(picture));
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!(
                    "a picture of {own_w} x {own_h} cannot be held against its reference of {w} x {h}"
                ),
            ));
        }
        let (x, y) = (Plane::luma(reference), Plane::luma(picture));
        let differences = x
            .values
            .iter()
            .zip(&y.values)
            .map(|(x, y)| (x - y) * (x - y));
        let mse = differences.sum::<f64>() / x.values.len() as f64;
        Ok(Self {
            mse,
            psnr: 10.0 * libm::log10(PEAK * PEAK / mse),
            ssim: ssim(&x, &y),
        })
    }
}

fn ssim(x: &Plane, y: &Plane) -> Option<f64> {
    let (width, height) = (x.width, x.height);
    if width.min(height) < 2 * RADIUS + 1 {
        return None;
    }
    let (c1, c2) = ((0.01 * PEAK) * (0.01 * PEAK), (0.03 * PEAK) * (0.03 * PEAK));
    let kernel = gaussian(1.5, RADIUS as i32);
    let mean_x = x.filtered(&kernel);
    let mean_y = y.filtered(&kernel);
    let mean_xx = x.with(x, |a, b| a * b).filtered(&kernel);
    let mean_yy = y.with(y, |a, b| a * b).filtered(&kernel);
    let mean_xy = x.with(y, |a, b| a * b).filtered(&kernel);
    let mut sum = 0.0;
    for row in RADIUS..height - RADIUS {
        for i in row * width + RADIUS..(row + 1) * width - RADIUS {
            let (mx, my) = (mean_x.values[i], mean_y.values[i]);
            let xx = mean_xx.values[i] - mx * mx;
            let yy = mean_yy.values[i] - my * my;
            let xy = mean_xy.values[i] - mx * my;
            sum += (2.0 * mx * my + c1) * (2.0 * xy + c2)
                / ((mx * mx + my * my + c1) * (xx + yy + c2));
        }
    }
    Some(sum / ((width - 2 * RADIUS) * (height - 2 * RADIUS)) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::image::{Channels, Samples};

    fn grey(width: u32, values: Vec<u8>) -> Pixels {
        let height = values.len() as u32 / width;
        Pixels::new(width, height, Channels::Grey, Samples::U8(values)).unwrap()
    }

    #[test]
    fn equal_pictures_are_wholly_similar() {
        let picture = grey(20, (0..400).map(|i| (i * 37 % 251) as u8).collect());
        let same = Similarity::of(&picture, &picture).unwrap();
        assert_eq!(
            (same.mse, same.psnr, same.ssim),
            (0.0, f64::INFINITY, Some(1.0))
        );
    }

    #[test]
    fn other_sizes_are_refused_and_small_ones_have_no_ssim() {
        let (wide, tall) = (grey(4, vec![0; 8]), grey(2, vec![0; 8]));
        let error = Similarity::of(&wide, &tall).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a picture of 2 x 4 cannot be held against its reference of 4 x 2"
        );
        assert_eq!(Similarity::of(&wide, &wide).unwrap().ssim, None);
    }
}
