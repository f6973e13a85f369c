//! What measuring a picture costs beside decoding it.
//!
//! All measures of the pixels of a JPEG of 1920 x 1080 (4:2:0, quality 85) are to cost
//! at most 60 % of its decoding by the crate `image`.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use driftsphere::ingest::image::{Channels, Pixels, Samples};
use driftsphere::measure::image::analyse;

const JPEG: &[u8] = include_bytes!("data/mosaic_1920x1080.jpg");

fn decode() -> Pixels {
    let picture = image::load_from_memory(JPEG).expect("the picture is whole");
    let rgb = picture.into_rgb8();
    let (width, height) = rgb.dimensions();
    Pixels::new(width, height, Channels::Rgb, Samples::U8(rgb.into_raw())).expect("sizes fit")
}

fn grey(pixels: &Pixels) -> Pixels {
    let Samples::U8(samples) = pixels.samples() else {
        unreachable!("a JPEG has 8 bits")
    };
    let grey = samples.as_chunks::<3>().0.iter().map(|p| p[1]).collect();
    let (width, height) = (pixels.width(), pixels.height());
    Pixels::new(width, height, Channels::Grey, Samples::U8(grey)).expect("sizes fit")
}

/// The share is taken of both in turn, so that a change of the machine's speed meets
/// both alike.
fn ratio(pixels: &Pixels) {
    let mut shares: Vec<f64> = (0..41)
        .map(|_| {
            let start = Instant::now();
            black_box(decode());
            let decoded = start.elapsed();
            let start = Instant::now();
            black_box(analyse(black_box(pixels), None).expect("it is a picture"));
            start.elapsed().as_secs_f64() / decoded.as_secs_f64()
        })
        .collect();
    shares.sort_unstable_by(f64::total_cmp);
    println!(
        "measures / decoding: median {:.3}, quartiles {:.3} and {:.3}",
        shares[20], shares[10], shares[30]
    );
}

fn images(c: &mut Criterion) {
    let pixels = decode();
    ratio(&pixels);
    let mut group = c.benchmark_group("images");
    group.sample_size(30);
    group.bench_function("decode", |b| b.iter(decode));
    group.bench_function("measures", |b| b.iter(|| analyse(black_box(&pixels), None)));
    let grey = grey(&pixels);
    group.bench_function("measures_grey", |b| {
        b.iter(|| analyse(black_box(&grey), None))
    });
    group.bench_function("measures_sampled", |b| {
        b.iter(|| analyse(black_box(&pixels), Some(65_536)));
    });
    group.finish();
}

criterion_group!(benches, images);
criterion_main!(benches);
