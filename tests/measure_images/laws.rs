//! What has to hold of any picture.

use driftsphere::ingest::image::{Channels, Orientation, Pixels, Samples};
use driftsphere::measure::image::{Analysis, analyse};

use crate::support::upright;

const PICTURES: [&str; 6] = [
    "made__rgba.png",
    "made__la.png",
    "skimage__moon.png",
    "torchvision__astronaut.jpg",
    "jhead__powershot_g2.jpg",
    "piexif__02.jpg",
];

fn of(pixels: &Pixels) -> Analysis {
    analyse(pixels, None).unwrap()
}

fn eight(pixels: &Pixels) -> &[u8] {
    match pixels.samples() {
        Samples::U8(values) => values,
        other => panic!("{} samples", other.len()),
    }
}

fn with(pixels: &Pixels, samples: Samples) -> Pixels {
    Pixels::new(pixels.width(), pixels.height(), pixels.channels(), samples).unwrap()
}

#[test]
fn depth_makes_no_difference() {
    for name in PICTURES {
        let pixels = upright(name);
        let bytes = eight(&pixels);
        let deep = bytes.iter().map(|&v| u16::from(v) * 257).collect();
        let shares = bytes.iter().map(|&v| f32::from(v) / 255.0).collect();
        let float = |values, low, high| Samples::F32 { values, low, high };
        let signed = bytes.iter().map(|&v| f32::from(v) * 2.0 - 255.0).collect();
        let expected = of(&pixels);
        for samples in [
            Samples::U16(deep),
            float(shares, 0.0, 1.0),
            float(signed, -255.0, 255.0),
        ] {
            let got = of(&with(&pixels, samples));
            // Luma of 16 bits is rounded 257 times finer: by up to half a level of 8
            // bits apart, on average far less; what counts levels may then differ.
            for (measure, bound) in [
                ("brightness", 0.05),
                ("contrast", 0.05),
                ("saturation", 1e-5),
                ("colourfulness", 1e-9),
                ("clipped_low", 1e-12),
                ("clipped_high", 1e-12),
                ("noise", 0.05),
                ("edge_share", 0.01),
            ] {
                let value = |a: &Analysis| a.measures.get(measure).number().unwrap();
                let (got, expected) = (value(&got), value(&expected));
                assert!(
                    (got - expected).abs() <= bound,
                    "{name} {measure}: {got} {expected}"
                );
            }
            match (got.measures.hue, expected.measures.hue) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9),
                (a, b) => assert_eq!(a, b),
            }
            assert!(got.hash.distance(expected.hash) <= 2, "{name}");
        }
    }
}

#[test]
fn turning_a_picture_changes_only_what_has_a_direction() {
    for name in PICTURES {
        let pixels = upright(name);
        let expected = of(&pixels).measures;
        for orientation in Orientation::ALL {
            let mut got = of(&pixels.clone().oriented(orientation)).measures;
            let (blocks, own) = (got.blockiness.unwrap(), expected.blockiness.unwrap());
            assert!(
                (blocks - own).abs() < 1e-9,
                "{name} {orientation:?}: {blocks} {own}"
            );
            got.blockiness = expected.blockiness;
            assert_eq!(got, expected, "{name} {orientation:?}");
        }
    }
}

#[test]
fn darker_blurred_noisy_and_recompressed_pictures_are_told_by_their_measure() {
    for name in PICTURES {
        let pixels = upright(name);
        let before = of(&pixels).measures;
        let bytes = eight(&pixels);
        let dark = with(&pixels, Samples::U8(bytes.iter().map(|&v| v / 2).collect()));
        assert!(
            of(&dark).measures.brightness < 0.55 * before.brightness,
            "{name}"
        );

        let (stride, count) = (
            pixels.width() as usize * pixels.channels().count(),
            pixels.channels().count(),
        );
        let blurred = (0..bytes.len()).map(|i| {
            let right = if i % stride + count < stride {
                i + count
            } else {
                i
            };
            let below = if right + stride < bytes.len() {
                right + stride
            } else {
                right
            };
            let sum = u32::from(bytes[i]) + u32::from(bytes[right]) + 2 * u32::from(bytes[below]);
            (sum / 4) as u8
        });
        let blurred = of(&with(&pixels, Samples::U8(blurred.collect()))).measures;
        assert!(
            blurred.laplacian_variance < before.laplacian_variance.map(|v| v / 1.5),
            "{name}"
        );

        let mut state = 1_u32;
        let noisy = bytes.iter().map(|&v| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            v.saturating_add_signed((state >> 24) as i8 / 4)
        });
        let noisy = of(&with(&pixels, Samples::U8(noisy.collect()))).measures;
        assert!(noisy.noise.unwrap() > before.noise.unwrap() + 3.0, "{name}");

        if pixels.channels().has_alpha() {
            continue;
        }
        let colour = match pixels.channels() {
            Channels::Grey => image::ExtendedColorType::L8,
            _ => image::ExtendedColorType::Rgb8,
        };
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 15)
            .encode(bytes, pixels.width(), pixels.height(), colour)
            .unwrap();
        let again = image::load_from_memory(&jpeg).unwrap();
        let samples = match pixels.channels() {
            Channels::Grey => again.into_luma8().into_raw(),
            _ => again.into_rgb8().into_raw(),
        };
        let again = of(&with(&pixels, Samples::U8(samples))).measures;
        let (own, found) = (before.blockiness.unwrap(), again.blockiness.unwrap());
        assert!(found > own + 0.5, "{name}: {own} {found}");
    }
}

#[test]
fn the_perceptual_hash_survives_scaling_and_compression() {
    let hashes: Vec<_> = PICTURES
        .iter()
        .map(|name| of(&upright(name)).hash)
        .collect();
    for (name, hash) in PICTURES.iter().zip(&hashes) {
        let pixels = upright(name);
        let (width, height) = (pixels.width() * 3 / 4, pixels.height() * 3 / 4);
        let filter = driftsphere::measure::image::Filter::Bicubic;
        let small = driftsphere::measure::image::resized(&pixels, width, height, filter).unwrap();
        assert!(of(&small).hash.distance(*hash) <= 8, "{name}");
    }
    for (i, a) in hashes.iter().enumerate() {
        for b in &hashes[i + 1..] {
            assert!(a.distance(*b) > 16, "{a} {b}");
        }
    }
}

#[test]
fn tiny_pictures_have_what_they_can() {
    for (width, height) in [(1, 1), (1, 50), (50, 1), (2, 2), (3, 3), (30, 2)] {
        let samples = Samples::U8(vec![9; width as usize * height as usize * 3]);
        let pixels = Pixels::new(width, height, Channels::Rgb, samples).unwrap();
        let measures = of(&pixels).measures;
        assert_eq!((measures.brightness, measures.contrast), (9.0, 0.0));
        assert_eq!((measures.entropy, measures.saturation), (0.0, 0.0));
        let inner = width.min(height) >= 3;
        assert_eq!(measures.noise.is_some(), inner, "{width} x {height}");
        assert_eq!(measures.blockiness.is_some(), width.max(height) >= 24);
        assert_eq!((measures.hue, measures.alpha_share), (None, None));
    }
}

#[test]
fn a_sample_keeps_brightness_and_colour() {
    for name in ["torchvision__astronaut.jpg", "skimage__moon.png"] {
        let pixels = upright(name);
        let whole = of(&pixels).measures;
        let part = analyse(&pixels, Some(16_384)).unwrap().measures;
        assert!((whole.brightness - part.brightness).abs() < 0.5, "{name}");
        assert!(part.contrast <= whole.contrast && part.contrast > 0.8 * whole.contrast);
        if let (Some(a), Some(b)) = (whole.hue, part.hue) {
            assert!((a - b).abs() < 1.0, "{a} {b}");
        }
    }
}
