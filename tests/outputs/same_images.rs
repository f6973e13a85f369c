//! The same images in both windows: what they say is held against itself, image by image.

use driftsphere::compare::{CompareOptions, Comparison, Finding, Verdict, compare};
use driftsphere::ingest::{Batch, Column, Objects};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

use super::support::Random;

/// How a detector sees images.
#[derive(Clone, Copy)]
struct Look {
    /// Makes what chance does to this look.
    seed: u64,
    images: usize,
    /// Of an object that is there, how often it is found.
    found: f64,
    /// What is added to each score.
    score: f64,
}

const CLEAR: Look = Look {
    seed: 1,
    images: 300,
    found: 0.8,
    score: 0.0,
};

/// Images that hold from no object to many, the same in each look, and in each of them other ones
/// are found.
fn batch(look: Look) -> (usize, Objects) {
    let mut boxes = Objects::new(&["score", "relative area"]).unwrap();
    let class = boxes.class("cat");
    for image in 0..look.images {
        let mut there = Random(image as u64 * 7919);
        let mut chance = Random(look.seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ image as u64);
        let crowd = there.next().powi(3) * 12.0;
        let size = there.normal();
        for _ in 0..crowd as usize {
            if chance.next() < look.found {
                let score = 0.6 + 0.1 * size + 0.05 * chance.normal() + look.score;
                boxes.push(Some(class), &[score, size.exp()]).unwrap();
            }
        }
        boxes.end_record();
    }
    (look.images, boxes)
}

fn profile(look: Look, ids: Option<&str>) -> Profile {
    let (images, boxes) = batch(look);
    let mut batch = Batch::new(images).objects("box", boxes);
    if let Some(prefix) = ids {
        let names = (0..images).map(|i| format!("{prefix}{i}.jpg"));
        batch = batch.ids(Column::Text(names.collect()));
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn compared(reference: &Profile, target: &Profile) -> Comparison {
    compare(reference, target, &CompareOptions::default()).unwrap()
}

fn finding<'a>(answer: &'a Comparison, feature: &str) -> &'a Finding {
    answer
        .findings
        .iter()
        .find(|f| f.feature == feature)
        .unwrap()
}

#[test]
fn a_tenth_fewer_boxes_show_only_image_by_image() {
    let worse = Look {
        seed: 2,
        found: 0.65,
        ..CLEAR
    };
    let reference = profile(CLEAR, Some("a"));
    let answer = compared(&reference, &profile(worse, Some("a")));
    let count = &answer.findings[0];
    assert_eq!(
        (&*count.feature, count.verdict),
        ("box count", Verdict::Drift)
    );
    assert_eq!(count.statistic, "ks");
    let held = count.same_ids.unwrap();
    assert!(held.decides && held.value < -0.3, "{held:?}");
    assert_eq!(count.p_value, Some(held.p_value / 0.2));
    assert!(count.sentence.starts_with("fewer boxes in a record: mean"));
    assert!(
        count
            .sentence
            .ends_with("of 300 ids that both windows have")
    );
    let change = &count.other_effects[0];
    assert!((0.1..0.3).contains(&change.value), "{}", change.value);
    assert_eq!(count.records.len(), 3);
    for record in &count.records {
        assert!(record.id.starts_with('a') && record.id.ends_with(".jpg"));
        assert!(record.role.starts_with("box count ") && record.role.contains(" -> "));
    }
    // Images of other names, and of none, are other images.
    for ids in [Some("b"), None] {
        let answer = compared(&reference, &profile(worse, ids));
        let count = finding(&answer, "box count");
        assert_eq!(count.same_ids, None);
        assert!(count.verdict < Verdict::PossibleDrift, "{ids:?}");
    }
}

#[test]
fn changes_of_no_importance_do_not_alarm_however_sure() {
    let nudged = Look {
        score: 0.002,
        ..CLEAR
    };
    let answer = compared(&profile(CLEAR, Some("a")), &profile(nudged, Some("a")));
    assert!(answer.verdict < Verdict::PossibleDrift);
    let score = finding(&answer, "box score");
    let held = score.same_ids.unwrap();
    assert_eq!(
        (held.rose, held.decides),
        (0, false),
        "a tenth of what matters is none"
    );
    assert!(score.records.is_empty());
    // And one look held against itself is the same.
    let same = profile(CLEAR, Some("a"));
    assert!(
        compared(&same, &same)
            .findings
            .iter()
            .all(|f| f.p_value.is_none_or(|p| p == 1.0))
    );
}

#[test]
fn two_looks_at_the_same_images_keep_the_level() {
    const TRIALS: u64 = 300;
    let mut alarms = 0;
    let mut small = 0;
    for trial in 0..TRIALS {
        let look = |seed| Look {
            seed,
            images: 150,
            ..CLEAR
        };
        let sides = [10 + 2 * trial, 11 + 2 * trial].map(|seed| profile(look(seed), Some("a")));
        let answer = compared(&sides[0], &sides[1]);
        alarms += u32::from(answer.verdict >= Verdict::PossibleDrift);
        small += u32::from(finding(&answer, "box count").p_value.unwrap() <= 0.05);
    }
    println!("{alarms} of {TRIALS} alarm, {small} p-values of counts up to 5 %");
    // Binomial(300, 5 %): more than 26 in 1 of 300 runs.
    assert!(alarms <= 26 && small <= 26, "{alarms} {small}");
}

/// Ids that name other images in each window cost nothing but power, if it is chance which is which.
#[test]
fn ids_that_say_nothing_keep_the_level() {
    const TRIALS: u64 = 100;
    let mut alarms = 0;
    for trial in 0..TRIALS {
        let side = |seed: u64| {
            let mut random = Random(seed);
            let mut boxes = Objects::new(&["score"]).unwrap();
            for _ in 0..150 {
                for _ in 0..(random.next().powi(3) * 9.0) as usize {
                    boxes.push(None, &[random.next()]).unwrap();
                }
                boxes.end_record();
            }
            let ids = Column::Text((0..150).map(|i| format!("{i}.jpg")).collect());
            let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
            let batch = Batch::new(150).objects("box", boxes).ids(ids);
            builder.track_batch(&batch).unwrap();
            builder.freeze()
        };
        let answer = compared(&side(5000 + 2 * trial), &side(5001 + 2 * trial));
        alarms += u32::from(answer.verdict >= Verdict::PossibleDrift);
        let count = finding(&answer, "box count");
        assert_eq!(count.same_ids.unwrap().ids, 150);
    }
    println!("{alarms} of {TRIALS} alarm");
    assert!(alarms <= 11, "{alarms}");
}

#[test]
fn boxes_that_a_finding_names_lie_on_its_side() {
    let reference = profile(CLEAR, Some("a"));
    let worse = Look {
        seed: 2,
        found: 0.3,
        ..CLEAR
    };
    let answer = compared(&reference, &profile(worse, Some("b")));
    let count = finding(&answer, "box count");
    assert!(count.verdict == Verdict::Drift && count.same_ids.is_none());
    assert!(count.sentence.starts_with("fewer boxes"));
    assert_eq!(count.records.len(), 3);
    assert!(
        count
            .records
            .iter()
            .all(|record| record.role == "box count 0")
    );
}
