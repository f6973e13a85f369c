//! Objects of one image depend on each other: the level, and the power, by simulation.

use driftsphere::compare::{CompareOptions, Verdict, compare};
use driftsphere::ingest::{Batch, Objects};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

use super::support::Random;

/// What a detector says of `images` images: each image has a mean of its own, in
/// size and score, that its boxes share.
fn window(seed: u64, images: usize, keep: impl Fn(f64) -> bool) -> Profile {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) + 1);
    let mut boxes = Objects::new(&["score", "relative area"]).unwrap();
    let class = [boxes.class("cat"), boxes.class("dog")];
    for _ in 0..images {
        let (size, sure) = (random.normal(), random.normal());
        for _ in 0..(random.next() * 9.0) as usize {
            let area = (-4.0 + 0.8 * size + 0.4 * random.normal()).exp();
            let score = 1.0 / (1.0 + (-1.0 - sure - 0.5 * random.normal()).exp());
            if keep(area) {
                let class = class[usize::from(random.next() < 0.4)];
                boxes.push(Some(class), &[score, area]).unwrap();
            }
        }
        boxes.end_record();
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder
        .track_batch(&Batch::new(images).objects("box", boxes))
        .unwrap();
    builder.freeze()
}

#[test]
fn dependent_boxes_keep_the_level() {
    const TRIALS: u64 = 100;
    let mut alarms = 0;
    for trial in 0..TRIALS {
        let a = window(2 * trial, 250, |_| true);
        let b = window(2 * trial + 1, 250, |_| true);
        let answer = compare(&a, &b, &CompareOptions::default()).unwrap();
        alarms += u32::from(answer.verdict >= Verdict::PossibleDrift);
    }
    println!("{alarms} of {TRIALS} windows without drift alarm");
    // Binomial(100, 5 %): more than 11 in 1 of 200 runs; taken as independent, a third alarms.
    assert!(alarms <= 11, "{alarms} of {TRIALS}");
}

#[test]
fn boxes_of_one_image_are_worth_less() {
    let profile = window(3, 2000, |_| true);
    let area = &profile.objects()["box"].all().features()["relative area"];
    let effect = area.sums().design_effect();
    // Correlation 0.8 in groups of a mean size of 5.7 by boxes: 1 + 0.8 x 4.7.
    assert!((3.5..6.0).contains(&effect), "{effect}");
}

#[test]
fn losing_the_largest_boxes_is_found_though_the_median_stays() {
    let reference = window(1, 500, |_| true);
    let area =
        |profile: &Profile| profile.objects()["box"].all().features()["relative area"].clone();
    let n = area(&reference).numbers().count();
    assert!((1_800..2_300).contains(&n), "{n}");
    let edge = area(&reference)
        .numbers()
        .quantile(0.95)
        .unwrap()
        .unwrap()
        .estimate;
    let mut found = 0;
    for seed in 10..20 {
        let target = window(seed, 500, |area| area <= edge);
        let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
        let tail = answer.findings.iter().find(|f| {
            f.feature.starts_with("box relative area upper") && f.verdict >= Verdict::PossibleDrift
        });
        found += u32::from(tail.is_some());
        let whole = answer
            .findings
            .iter()
            .find(|f| f.feature == "box relative area")
            .unwrap();
        let median = whole.quantiles.iter().find(|q| q.rank == 0.5).unwrap();
        assert!((median.target / median.reference).ln().abs() < 0.25);
    }
    assert_eq!(found, 10);
}
