//! Windows with the same ids: each number is held against itself, and only changes that matter are told.

use driftsphere::compare::{
    CompareOptions, Comparison, Finding, Verdict, compare, compare_with_history,
};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

/// Nearly normal numbers, the same in every run.
fn normal(seed: u64, i: usize) -> f64 {
    let uniform = |stream: u64| {
        let bytes = (i as u64).to_le_bytes();
        let hash = driftsphere::sketch::hash_bytes(seed.wrapping_mul(100) + stream, &bytes);
        (hash >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..12).map(uniform).sum::<f64>() - 6.0
}

fn learn(ids: Vec<String>, numbers: Vec<f64>, times: Option<i64>) -> Profile {
    let n = ids.len();
    let mut batch = Batch::new(n)
        .ids(Column::Text(ids))
        .feature("q", Column::Float(numbers));
    if let Some(start) = times {
        batch = batch.times((0..n as i64).map(|i| start + i).collect::<Vec<i64>>());
    }
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn names(prefix: &str, n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{prefix}{i}")).collect()
}

/// `n` records whose numbers are all moved by so much.
fn side(n: usize, prefix: &str, shift: f64) -> Profile {
    let numbers = (0..n).map(|i| normal(7, i) + shift);
    learn(names(prefix, n), numbers.collect(), None)
}

fn compared(reference: &Profile, target: &Profile) -> Comparison {
    compare(reference, target, &CompareOptions::default()).unwrap()
}

fn q(answer: &Comparison) -> &Finding {
    answer.findings.iter().find(|f| f.feature == "q").unwrap()
}

fn has_note(answer: &Comparison, text: &str) -> bool {
    answer
        .notes
        .iter()
        .any(|note| note.code == "same-ids" && note.text.contains(text))
}

#[test]
fn a_shift_of_each_record_is_found_among_few() {
    let reference = side(60, "a", 0.0);
    let answer = compared(&reference, &side(60, "a", -0.4));
    assert_eq!(q(&answer).verdict, Verdict::Drift);
    assert!(
        q(&answer)
            .sentence
            .ends_with("; lower for 60 and higher for 0 of 60 ids that both windows have")
    );
    assert!(has_note(&answer, "60 sampled ids are in both windows"));
    assert!(
        q(&answer)
            .records
            .iter()
            .all(|record| record.role.contains(" -> "))
    );
    let others = compared(&reference, &side(60, "b", -0.4));
    assert!(others.verdict < Verdict::PossibleDrift);
    assert!(others.notes.iter().all(|note| note.code != "same-ids"));
    let options = CompareOptions {
        paired: Some(false),
        ..CompareOptions::default()
    };
    let unpaired = compare(&reference, &side(60, "a", -0.4), &options).unwrap();
    assert!(unpaired.verdict < Verdict::PossibleDrift && q(&unpaired).same_ids.is_none());
}

/// The windows' change of a third of an sd is chance of the ids that one window has alone; those in both
/// changed by next to nothing.
#[test]
fn sure_changes_of_no_size_do_not_borrow_that_of_the_windows() {
    let mut alarms = 0;
    for seed in 0..60 {
        let window = |own: &str, at: u64, nudge: f64| {
            let common = (0..25).map(|i| normal(1000 + seed, i) + nudge);
            let alone = (0..20).map(|i| normal(2000 + 2 * seed + at, i));
            let ids = [names("common", 25), names(own, 20)].concat();
            learn(ids, common.chain(alone).collect(), None)
        };
        let answer = compared(&window("a", 0, 0.0), &window("b", 1, 0.03));
        assert_eq!(q(&answer).same_ids.unwrap().ids, 25);
        alarms += u32::from(answer.verdict >= Verdict::PossibleDrift);
    }
    // Binomial(60, 5 %): more than 8 in 1 of 250 runs.
    assert!(alarms <= 8, "{alarms} of 60");
}

/// Most of what a new decoder changes is nothing, and a few go wild in no direction.
#[test]
fn a_few_wild_records_do_not_lend_their_size_to_the_others() {
    let mut alarms = 0;
    for seed in 0..60 {
        let reference: Vec<f64> = (0..100).map(|i| normal(3000 + seed, i)).collect();
        let wild = |i: usize| match i < 10 {
            true => 6.0 * normal(4000 + seed, i),
            false => 0.001,
        };
        let target = (0..100).map(|i| reference[i] + wild(i)).collect();
        let sides =
            [reference.clone(), target].map(|numbers| learn(names("a", 100), numbers, None));
        let answer = compared(&sides[0], &sides[1]);
        let held = q(&answer).same_ids.unwrap();
        assert_eq!((held.ids, held.rose + held.fell), (100, 10));
        alarms += u32::from(answer.verdict >= Verdict::PossibleDrift);
    }
    assert!(alarms <= 8, "{alarms} of 60");
}

#[test]
fn what_was_said_to_be_paired_is() {
    let window = |start: i64, shift: f64| {
        let numbers = (0..60).map(|i| normal(7, i) + shift).collect();
        learn(names("a", 60), numbers, Some(start))
    };
    let (reference, target) = (window(0, 0.0), window(604_800_000, -0.4));
    // Records of one id at different times are different ones, unless somebody knows better.
    assert_eq!(q(&compared(&reference, &target)).same_ids, None);
    let options = CompareOptions {
        paired: Some(true),
        ..CompareOptions::default()
    };
    let answer = compare(&reference, &target, &options).unwrap();
    assert_eq!(q(&answer).same_ids.unwrap().fell, 60);
    assert_eq!(answer.verdict, Verdict::Drift);
    // And where nothing can be paired, it is said.
    let answer = compare(&reference, &side(60, "b", 0.0), &options).unwrap();
    assert!(has_note(&answer, "no number could be held against itself"));
}

#[test]
fn places_in_a_sorted_table_are_no_names() {
    let sorted = |seed: u64| {
        let mut numbers: Vec<f64> = (0..100).map(|i| normal(seed, i)).collect();
        numbers.sort_by(f64::total_cmp);
        learn(names("", 100), numbers, None)
    };
    let answer = compared(&sorted(1), &sorted(2));
    assert_eq!(q(&answer).same_ids, None);
    let options = CompareOptions {
        paired: Some(true),
        ..CompareOptions::default()
    };
    let answer = compare(&sorted(1), &sorted(2), &options).unwrap();
    assert_eq!(q(&answer).same_ids.unwrap().ids, 100);
}

#[test]
fn ids_of_several_records_are_not_held_against_one() {
    let twice = |shift: f64| {
        let ids = [names("a", 40), names("a", 40), names("b", 30)].concat();
        let numbers = (0..110).map(|i| normal(7, i % 40 + 40 * (i / 80)) + shift);
        learn(ids, numbers.collect(), None)
    };
    let held = q(&compared(&twice(0.0), &twice(0.0))).same_ids.unwrap();
    assert_eq!(
        held.ids, 30,
        "two records of one id are not one, even where they are alike"
    );
}

/// That one window has the reference's ids and the accepted ones have others must not take the finding out of
/// the history.
#[test]
fn what_accepted_windows_show_holds_for_the_same_ids() {
    let reference = side(150, "a", 0.0);
    let accepted = [side(150, "b", 0.5), side(150, "c", -0.6)];
    let target = side(150, "a", 0.35);
    assert_eq!(compared(&reference, &target).verdict, Verdict::Drift);
    let options = CompareOptions::default();
    let answer = compare_with_history(&reference, &target, &accepted, &options).unwrap();
    assert!(q(&answer).same_ids.unwrap().decides);
    assert!(q(&answer).natural.unwrap().within);
    assert_eq!(answer.verdict, Verdict::NoDrift);
}

#[test]
fn words_do_not_contradict_themselves() {
    // Many rise a little, and few fall by much.
    let reference: Vec<f64> = (0..150).map(|i| normal(7, i)).collect();
    let fall = |i: usize| if i % 20 < 9 { -0.6 } else { 0.05 };
    let target = (0..150).map(|i| reference[i] + fall(i)).collect();
    let sides = [reference.clone(), target].map(|numbers| learn(names("a", 150), numbers, None));
    let answer = compared(&sides[0], &sides[1]);
    let held = q(&answer).same_ids.unwrap();
    assert!(
        held.decides && held.value < 0.0 && held.rose > held.fell,
        "{held:?}"
    );
    let told = "; of 150 ids that both windows have, those that went this way changed more";
    assert!(
        q(&answer).sentence.ends_with(told),
        "{}",
        q(&answer).sentence
    );
    // A distribution that only spread has no direction.
    let side = |wide: f64, own: &str| {
        let numbers = (0..400).flat_map(|i| [normal(7, i) * wide, -normal(7, i) * wide, 0.0]);
        learn(names(own, 1200), numbers.collect(), None)
    };
    let answer = compared(&side(1.0, "a"), &side(2.0, "b"));
    assert!(
        q(&answer).sentence.starts_with("median q 0 -> 0 (0."),
        "{}",
        q(&answer).sentence
    );
    assert!(q(&answer).records.is_empty());
}
