//! Against Pillow, scikit-image, OpenCV and ImageHash (`scripts/oracles/images.py`).

use driftsphere::ingest::image::{Channels, Pixels, Samples};
use driftsphere::measure::image::{PerceptualHash, PixelMeasures, Similarity, analyse};
use serde_json::Value;

use crate::support::upright;

fn vectors() -> Value {
    let text = std::fs::read_to_string("tests/vectors/images.json").unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Both sides sum at most 2^18 numbers in doubles: a relative error of 2^18 x 2^-53 each,
/// times 4 for what follows. Two measures are rounded where ours is made: saturation to
/// 2^-17, and contrast is a root.
fn tolerance(name: &str, expected: f64) -> f64 {
    let sums = 4.0 * 2_f64.powi(-35) * expected.abs().max(1.0);
    match name {
        // Half a step of 2^-16, and two roundings of f32.
        "saturation" => 2_f64.powi(-17) + 2_f64.powi(-22),
        _ => sums,
    }
}

#[test]
fn measures_equal_those_of_other_libraries() {
    let vectors = vectors();
    let mut compared = 0;
    for (name, expected) in vectors["measures"].as_object().unwrap() {
        let pixels = upright(name);
        let size = &expected["size"];
        assert_eq!(size[0], pixels.width(), "{name}");
        assert_eq!(size[1], pixels.height(), "{name}");
        let got = analyse(&pixels, None).unwrap();
        for measure in PixelMeasures::NAMES {
            let value = got.measures.get(measure).number();
            let expected = expected[measure].as_f64();
            match (value, expected) {
                (Some(value), Some(expected)) => {
                    let error = (value - expected).abs();
                    let bound = tolerance(measure, expected);
                    assert!(
                        error <= bound,
                        "{name} {measure}: {value}, expected {expected}"
                    );
                    compared += 1;
                }
                (value, expected) => assert_eq!(value, expected, "{name} {measure}"),
            }
        }
    }
    assert_eq!(compared, 11 * 11 + 7 + 2, "values compared");
}

#[test]
fn hashes_equal_those_of_imagehash() {
    for (name, expected) in vectors()["measures"].as_object().unwrap() {
        let expected = expected["hash"].as_str().unwrap();
        let expected = PerceptualHash(u64::from_str_radix(expected, 16).unwrap());
        let got = analyse(&upright(name), None).unwrap().hash;
        // Levels of the 32 x 32 picture may be rounded apart by one; coefficients next to
        // the median then change sides.
        assert!(got.distance(expected) <= 2, "{name}: {got} {expected}");
    }
}

/// The copies of the script, of luma as a grey picture.
fn changed(grey: &Pixels, kind: &str) -> Pixels {
    fn values<T: Copy>(v: &[T], width: usize, kind: &str, dark: impl Fn(T) -> T) -> Vec<T> {
        let source = |i: usize| match kind {
            "dark" => dark(v[i]),
            "blocks" => v[i / width / 4 * 4 * width + i % width / 4 * 4],
            _ => v[i - usize::from(!i.is_multiple_of(width))],
        };
        (0..v.len()).map(source).collect()
    }
    let width = grey.width() as usize;
    let samples = match grey.samples() {
        Samples::U8(v) => Samples::U8(values(v, width, kind, |v| (2 * u16::from(v) / 5) as u8)),
        Samples::U16(v) => Samples::U16(values(v, width, kind, |v| (2 * u32::from(v) / 5) as u16)),
        Samples::F32 { .. } => panic!("no picture has floats"),
    };
    Pixels::new(grey.width(), grey.height(), Channels::Grey, samples).unwrap()
}

fn grey(pixels: &Pixels) -> Pixels {
    let luma = |[r, g, b]: [u32; 3]| (19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16;
    let (count, colours) = (pixels.channels().count(), pixels.channels().colours());
    let of = |at: &dyn Fn(usize) -> u32, i: usize| match colours {
        1 => at(i * count),
        _ => luma([0, 1, 2].map(|c| at(i * count + c))),
    };
    let n = pixels.area() as usize;
    let samples = match pixels.samples() {
        Samples::U8(v) => Samples::U8((0..n).map(|i| of(&|i| v[i].into(), i) as u8).collect()),
        Samples::U16(v) => Samples::U16((0..n).map(|i| of(&|i| v[i].into(), i) as u16).collect()),
        Samples::F32 { .. } => panic!("no picture has floats"),
    };
    Pixels::new(pixels.width(), pixels.height(), Channels::Grey, samples).unwrap()
}

#[test]
fn similarity_equals_that_of_scikit_image() {
    let vectors = vectors();
    for (name, kinds) in vectors["quality"].as_object().unwrap() {
        let grey = grey(&upright(name));
        for (kind, expected) in kinds.as_object().unwrap() {
            let got = Similarity::of(&grey, &changed(&grey, kind)).unwrap();
            let expected = |key: &str| expected[key].as_f64().unwrap();
            let near = |got: f64, key: &str, bound: f64| {
                let expected = expected(key);
                assert!(
                    (got - expected).abs() <= bound,
                    "{name} {kind} {key}: {got} {expected}"
                );
            };
            // Sums in doubles, as above; SSIM subtracts squares of up to 255^2 from each
            // other and divides by at least C2 = 58.5: 255^2 / 58.5 x 22 roundings.
            near(got.mse, "mse", 1e-9 * expected("mse"));
            near(got.psnr, "psnr", 1e-8);
            near(got.ssim.unwrap(), "ssim", 1e-9);
        }
    }
}
