//! From sums over a picture to the measures that people read.

use super::colour::WHOLE;
use super::scan::Sums;
use crate::measure::Value;

/// The measures of the pixels of one picture, in levels of 0 to 255 whatever the
/// depth of its samples. `None` where a picture has none (see each).
///
/// They are made of encoded values as the file holds them (gamma-compressed in
/// nearly all pictures), not of linear light. Luma is that of ITU-R BT.601 (1982),
/// rounded as Pillow's mode `L`:
///
/// ```text
/// Y = (19595 R + 38470 G + 7471 B + 32768) >> 16      about 0.299 R + 0.587 G + 0.114 B
/// ```
///
/// Alpha is not blended: colours under it count as they are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PixelMeasures {
    /// Mean of luma, 0 to 255.
    pub brightness: f64,
    /// Standard deviation of luma (RMS contrast; Peli 1990), 0 to 127.5.
    pub contrast: f64,
    /// Mean of the saturation of HSV (Smith 1978), 0 to 1; 0 for grey pictures:
    ///
    /// ```text
    /// S = (max(R, G, B) - min(R, G, B)) / max(R, G, B),  0 for black
    /// ```
    pub saturation: f64,
    /// Circular mean of the hue of the pixels, each weighed by its chroma, in degrees
    /// of [0, 360): red 0, green 120, blue 240. Hue and chroma are the angle and the
    /// length of (a, b), so the mean is the angle of the sum:
    ///
    /// ```text
    /// a = R - (G + B) / 2,  b = sqrt(3) / 2 (G - B),  hue = atan2(sum b, sum a)
    /// ```
    ///
    /// (Hanbury & Serra 2002; the weighted mean direction of Mardia & Jupp 2000.) The
    /// angle differs from the piecewise linear H of HSV by at most 1.2 degrees.
    /// `None` where the mean vector is shorter than half a level: a grey picture has
    /// no hue.
    pub hue: Option<f64>,
    /// Colourfulness M (Hasler & Suesstrunk 2003); below 15 slightly, above 80 highly
    /// colourful; 0 for grey pictures:
    ///
    /// ```text
    /// rg = R - G,  yb = (R + G) / 2 - B
    /// M = sqrt(sd(rg)^2 + sd(yb)^2) + 0.3 sqrt(mean(rg)^2 + mean(yb)^2)
    /// ```
    pub colourfulness: f64,
    /// Entropy of the histogram of luma in 256 levels (Shannon 1948), 0 to 8 bits.
    pub entropy: f64,
    /// Variance of the Laplacian of luma (Pech-Pacheco et al. 2000), in squared
    /// levels: small for blurred pictures. `None` under 3 x 3 pixels.
    pub laplacian_variance: Option<f64>,
    /// Share of inner pixels where the length of the gradient by Sobel's operator
    /// (kernels of sum 0, weights 1 2 1) is at least 100 levels. `None` under 3 x 3.
    pub edge_share: Option<f64>,
    /// Standard deviation of the noise, in levels (Immerkaer 1996); fine texture
    /// counts as noise. `None` under 3 x 3 pixels:
    ///
    /// ```text
    /// sigma = sqrt(pi / 2) / (6 (W - 2) (H - 2)) sum |I * N|,  N = [1 -2 1; -2 4 -2; 1 -2 1]
    /// ```
    pub noise: Option<f64>,
    /// Share of colour samples in the lowest of 256 levels.
    pub clipped_low: f64,
    /// Share of colour samples in the highest of 256 levels.
    pub clipped_high: f64,
    /// How much larger the steps of luma are across the lines of a grid of 8 x 8
    /// pixels than elsewhere, in levels: the traces of JPEG blocks (in the manner of
    /// Wang, Bovik & Evans 2000). In each direction the phase of the grid is that of
    /// the largest excess, so pictures that were cut or turned show it, too; the mean
    /// of both directions. A direction of fewer than 24 pixels does not count;
    /// `None` where neither does.
    ///
    /// ```text
    /// excess = max over phases p of  mean |step at p| - mean |step elsewhere|
    /// ```
    pub blockiness: Option<f64>,
    /// Share of pixels that are not wholly opaque. `None` without alpha.
    pub alpha_share: Option<f64>,
}

impl PixelMeasures {
    /// The names of its measures, without the group `pixels.`.
    pub const NAMES: [&'static str; 13] = [
        "brightness",
        "contrast",
        "saturation",
        "hue",
        "colourfulness",
        "entropy",
        "laplacian_variance",
        "edge_share",
        "noise",
        "clipped_low",
        "clipped_high",
        "blockiness",
        "alpha_share",
    ];

    /// The measure of a name; null where the picture has none, or there is no such name.
    #[must_use]
    pub fn get(&self, name: &str) -> Value {
        match name {
            "brightness" => self.brightness.into(),
            "contrast" => self.contrast.into(),
            "saturation" => self.saturation.into(),
            "hue" => self.hue.into(),
            "colourfulness" => self.colourfulness.into(),
            "entropy" => self.entropy.into(),
            "laplacian_variance" => self.laplacian_variance.into(),
            "edge_share" => self.edge_share.into(),
            "noise" => self.noise.into(),
            "clipped_low" => self.clipped_low.into(),
            "clipped_high" => self.clipped_high.into(),
            "blockiness" => self.blockiness.into(),
            "alpha_share" => self.alpha_share.into(),
            _ => Value::Null,
        }
    }

    pub(super) fn of(sums: &Sums) -> Self {
        let pixels = (sums.width * sums.height) as f64;
        let scale = f64::from(sums.scale);
        let brightness = sums.luma as f64 / pixels / scale;
        let colour = &sums.colour;
        let samples = pixels * sums.colours as f64;
        let (low, high) = if sums.colours == 1 {
            (sums.histogram[0], sums.histogram[255])
        } else {
            (colour.low, colour.high)
        };
        let texture = sums.texture();
        Self {
            brightness,
            contrast: sums.contrast(),
            saturation: colour.saturation as f64 / f64::from(WHOLE) / pixels,
            hue: sums.hue(),
            colourfulness: sums.colourfulness(),
            entropy: sums.entropy(),
            laplacian_variance: texture.map(|t| t.laplacian_variance),
            edge_share: texture.map(|t| t.edge_share),
            noise: texture.map(|t| t.noise),
            clipped_low: low as f64 / samples,
            clipped_high: high as f64 / samples,
            blockiness: sums.blockiness(),
            alpha_share: sums.not_opaque.map(|count| count as f64 / pixels),
        }
    }
}

#[derive(Clone, Copy)]
struct Texture {
    laplacian_variance: f64,
    edge_share: f64,
    noise: f64,
}

/// Variance of `n` whole numbers: exact until the last division.
fn variance(n: u64, sum: i128, squares: u128) -> f64 {
    // n squares - sum^2 is never negative (Cauchy-Schwarz); 2^32 pixels of 2^36
    // keep it under 2^127.
    let spread = (u128::from(n) * squares).saturating_sub(sum.unsigned_abs().pow(2));
    spread as f64 / (n as f64 * n as f64)
}

impl Sums {
    fn pixels(&self) -> u64 {
        self.width * self.height
    }

    fn contrast(&self) -> f64 {
        let variance = variance(self.pixels(), self.luma.into(), self.luma_squares);
        variance.sqrt() / f64::from(self.scale)
    }

    fn hue(&self) -> Option<f64> {
        let (red_green, yellow_blue) = (self.colour.red_green, self.colour.yellow_blue);
        // R - (G + B) / 2 = (3 (R - G) + (R + G - 2 B)) / 4, G - B = (... - (R - G)) / 2.
        let a = (3 * red_green + yellow_blue) as f64 / 4.0;
        let b = 3_f64.sqrt() / 4.0 * (yellow_blue - red_green) as f64;
        let length = libm::sqrt(a * a + b * b) / self.pixels() as f64;
        if length < 0.5 * f64::from(self.scale) {
            return None;
        }
        let degrees = libm::atan2(b, a).to_degrees();
        let turned = if degrees < 0.0 {
            degrees + 360.0
        } else {
            degrees
        };
        Some(if turned < 360.0 { turned } else { 0.0 })
    }

    fn colourfulness(&self) -> f64 {
        let (n, colour) = (self.pixels(), &self.colour);
        let red_green = variance(n, colour.red_green.into(), colour.red_green_squares.into());
        let yellow_blue = variance(
            n,
            colour.yellow_blue.into(),
            colour.yellow_blue_squares.into(),
        ) / 4.0;
        let mean_rg = colour.red_green as f64 / n as f64;
        let mean_yb = colour.yellow_blue as f64 / n as f64 / 2.0;
        let spread = (red_green + yellow_blue).sqrt();
        let offset = (mean_rg * mean_rg + mean_yb * mean_yb).sqrt();
        (spread + 0.3 * offset) / f64::from(self.scale)
    }

    fn entropy(&self) -> f64 {
        let pixels = self.pixels() as f64;
        let bits = |&count: &u64| {
            let share = count as f64 / pixels;
            if count == 0 {
                0.0
            } else {
                -share * libm::log2(share)
            }
        };
        // The sum of one value is -0.
        self.histogram.iter().map(bits).sum::<f64>().max(0.0)
    }

    fn texture(&self) -> Option<Texture> {
        let inner = self.width.checked_sub(2)? * self.height.checked_sub(2)?;
        if inner == 0 {
            return None;
        }
        let (n, scale, sums) = (inner as f64, f64::from(self.scale), &self.texture);
        let spread = variance(inner, sums.laplacian.into(), sums.laplacian_squares.into());
        Some(Texture {
            laplacian_variance: spread / (scale * scale),
            edge_share: sums.edges as f64 / n,
            noise: std::f64::consts::FRAC_PI_2.sqrt() * sums.roughness as f64 / (6.0 * n) / scale,
        })
    }

    fn blockiness(&self) -> Option<f64> {
        let right = excess(&self.steps_right, self.width, self.height);
        let down = excess(&self.steps_down, self.height, self.width);
        let mean = match (right, down) {
            (Some(right), Some(down)) => f64::midpoint(right, down),
            (one, other) => one.or(other)?,
        };
        Some(mean / f64::from(self.scale))
    }
}

/// The largest excess over phases, of steps along a side of `length` pixels in
/// `lines` lines.
fn excess(steps: &[u64; 8], length: u64, lines: u64) -> Option<f64> {
    if length < 24 {
        return None;
    }
    let count = |phase: u64| (length - 1).saturating_sub(phase).div_ceil(8) * lines;
    let all_steps: u64 = steps.iter().sum();
    let all = (length - 1) * lines;
    (0..8)
        .map(|phase| {
            let (sum, n) = (steps[phase as usize], count(phase));
            sum as f64 / n as f64 - (all_steps - sum) as f64 / (all - n) as f64
        })
        .reduce(f64::max)
}
