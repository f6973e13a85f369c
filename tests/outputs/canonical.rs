//! A table of objects is a function of the multiset of records alone.

use driftsphere::ingest::{Batch, Column, Objects};
use driftsphere::profile::{CentreGrid, Profile, ProfileBuilder, ProfileConfig};
use driftsphere::{ErrorKind, Result};

use super::support::Random;

/// The numbers of an object.
const NUMBERS: [&str; 5] = ["score", "size", "centre x", "centre y", "relative area"];

/// One record: for each object its class and its numbers.
type Found = Vec<(Option<usize>, [f64; NUMBERS.len()])>;

/// With an even seed every object whose centre lies inside has an area.
fn records(n: usize, seed: u64, classes: usize) -> Vec<Found> {
    let mut random = Random(seed);
    (0..n)
        .map(|_| {
            let objects = (random.next() * random.next() * 8.0) as usize;
            (0..objects)
                .map(|_| {
                    let class = (random.next() * random.next() * (classes + 1) as f64) as usize;
                    let second = match random.next() < 0.2 {
                        true => f64::NAN,
                        false => random.normal() * 100.0,
                    };
                    let (x, y) = (1.2 * random.next() - 0.1, random.next());
                    let lacks_area =
                        !(0.0..=1.0).contains(&x) || (seed % 2 == 1 && random.next() < 0.01);
                    let area = if lacks_area { f64::NAN } else { y * y };
                    let x = if random.next() < 0.05 { f64::NAN } else { x };
                    (class.checked_sub(1), [random.next(), second, x, y, area])
                })
                .collect()
        })
        .collect()
}

fn objects(records: &[Found], shuffled: bool) -> Objects {
    let mut out = Objects::new(&NUMBERS).unwrap();
    for (at, found) in records.iter().enumerate() {
        let mut found = found.clone();
        if shuffled {
            found.reverse();
        }
        for (class, values) in found {
            let class = class.map(|class| out.class(&format!("class {class}")));
            out.push(class, &values).unwrap();
        }
        if at % 17 == 3 {
            out.fault("box without an area");
        }
        out.end_record();
    }
    out
}

fn config(max_classes: usize) -> ProfileConfig {
    ProfileConfig::new().max_classes(max_classes)
}

fn learn(parts: &[&[Found]], max_classes: usize, shuffled: bool) -> Profile {
    let mut builder = ProfileBuilder::new(config(max_classes)).unwrap();
    for part in parts {
        let batch = Batch::new(part.len()).objects("box", objects(part, shuffled));
        builder.track_batch(&batch).unwrap();
    }
    builder.freeze()
}

/// Faults go by the place in a batch here: without them.
fn without_faults(records: &[Found]) -> Vec<&[Found]> {
    // Parts of at most three records, of which none is at a place that is faulty.
    records.chunks(3).collect()
}

#[test]
fn order_batches_and_merges_leave_no_trace() {
    for (max_classes, seed) in [(1, 5), (3, 6), (40, 7), (1000, 8)] {
        let all = records(900, seed, 60);
        let parts = without_faults(&all);
        let whole = learn(&parts, max_classes, false);
        assert!(whole.objects()["box"].faults().is_empty());
        let bytes = whole.to_bytes();

        let reversed: Vec<&[Found]> = parts.iter().rev().copied().collect();
        assert_eq!(
            learn(&reversed, max_classes, true).to_bytes(),
            bytes,
            "{max_classes}"
        );
        let ones: Vec<&[Found]> = all.chunks(1).collect();
        assert_eq!(
            learn(&ones, max_classes, false).to_bytes(),
            bytes,
            "{max_classes}"
        );

        let mut merged = learn(&parts[200..], max_classes, false);
        merged
            .merge(&learn(&parts[..70], max_classes, true))
            .unwrap();
        let mut rest = learn(&parts[70..200], max_classes, false);
        rest.merge(&merged).unwrap();
        assert_eq!(rest.to_bytes(), bytes, "{max_classes}");
        assert_eq!(Profile::from_bytes(&bytes).unwrap(), whole);
    }
}

#[test]
fn large_batches_are_divided_and_taken_rows_learn_alike() {
    let all = records(20_000, 11, 30);
    let batch = Batch::new(all.len())
        .ids(Column::Int((0..20_000).collect()))
        .objects("box", objects(&all, false));
    let mut whole = ProfileBuilder::new(config(1000)).unwrap();
    whole.track_batch(&batch).unwrap();
    let mut parts = ProfileBuilder::new(config(1000)).unwrap();
    let (odd, even): (Vec<usize>, Vec<usize>) = (0..20_000).partition(|row| row % 2 == 1);
    parts.track_batch(&batch.take(&odd).unwrap()).unwrap();
    parts.track_batch(&batch.take(&even).unwrap()).unwrap();
    let whole = whole.freeze();
    assert_eq!(whole.to_bytes(), parts.freeze().to_bytes());
    let faults = &whole.objects()["box"].faults()["box without an area"];
    assert_eq!(
        *faults,
        (0..20_000_u64).filter(|at| at % 17 == 3).count() as u64
    );
}

#[test]
fn counts_are_those_of_a_naive_loop() {
    let all = records(500, 21, 6);
    let profile = learn(&without_faults(&all), 1000, false);
    let table = &profile.objects()["box"];
    assert_eq!(table.records(), 500);
    let of = |record: &Found, class: usize| {
        record.iter().filter(|(c, _)| *c == Some(class)).count() as u64
    };
    for class in 0..6 {
        let group = &table.classes()[&format!("class {class}")];
        let counts: Vec<u64> = all.iter().map(|record| of(record, class)).collect();
        assert_eq!(group.objects(), counts.iter().sum::<u64>());
        assert_eq!(
            group.records(),
            counts.iter().filter(|c| **c > 0).count() as u64
        );
        assert_eq!(
            group.squared_counts(),
            counts.iter().map(|c| u128::from(c * c)).sum()
        );
        let products = all
            .iter()
            .map(|r| u128::from(of(r, class) * r.len() as u64))
            .sum();
        assert_eq!(group.count_products(), products);
        let zeros = group.counts_of(500).unwrap();
        assert_eq!(zeros.count(), 500);
        for other in class + 1..6 {
            let both = all
                .iter()
                .filter(|r| of(r, class) > 0 && of(r, other) > 0)
                .count() as u64;
            let pair = (format!("class {class}"), format!("class {other}"));
            assert_eq!(table.pairs().get(&pair).copied().unwrap_or(0), both);
        }
        let missing = all
            .iter()
            .flatten()
            .filter(|(c, v)| *c == Some(class) && v[1].is_nan());
        assert_eq!(group.missing("size"), missing.count() as u64);
    }
    let none = all
        .iter()
        .flatten()
        .filter(|(class, _)| class.is_none())
        .count() as u64;
    assert_eq!(table.unclassified().objects(), none);
}

#[test]
fn places_are_those_of_a_naive_loop() {
    for seed in [21, 22] {
        let all = records(500, seed, 6);
        let profile = learn(&without_faults(&all), 1000, false);
        let table = &profile.objects()["box"];
        let mut counts = [[0; CentreGrid::SIDE]; CentreGrid::SIDE];
        let mut areas = [[0.0; CentreGrid::SIDE]; CentreGrid::SIDE];
        let (mut outside, mut of_second) = (0, 0);
        for (class, [_, _, x, y, area]) in all.iter().flatten() {
            if x.is_nan() {
                continue;
            }
            of_second += u64::from(*class == Some(2));
            if (0.0..=1.0).contains(x) {
                let (row, column) = ((y * 16.0) as usize, (x * 16.0) as usize);
                counts[row][column] += 1;
                areas[row][column] += area;
            } else {
                outside += 1;
            }
        }
        let grid = table.all().centres().unwrap();
        assert!(outside > 20 && of_second > 20);
        assert_eq!(grid.outside(), outside);
        assert_eq!(
            table.classes()["class 2"].centres().unwrap().total(),
            of_second
        );
        let mut with_area = 0;
        for (row, counts) in counts.iter().enumerate() {
            for (column, count) in counts.iter().enumerate() {
                assert_eq!(grid.count(row, column), *count);
                assert_eq!(
                    table.classes()["class 2"]
                        .centres()
                        .unwrap()
                        .mean_area(row, column),
                    None
                );
                if let Some(mean) = grid.mean_area(row, column) {
                    let exact = areas[row][column] / *count as f64;
                    // Each area is rounded to 2^-20.
                    assert!(
                        (mean - exact).abs() <= 0.5_f64.powi(21) + 1e-12,
                        "{mean} {exact}"
                    );
                    with_area += 1;
                }
            }
        }
        // Where one has no area a mean would be of others than are counted.
        assert_eq!(with_area > 100, seed % 2 == 0);
    }
}

#[test]
fn profiles_without_objects_have_no_section_of_them() {
    let mut builder = ProfileBuilder::new(ProfileConfig::new()).unwrap();
    builder.track_batch(&Batch::new(2)).unwrap();
    let bytes = builder.freeze().to_bytes();
    assert!(!bytes.windows(4).any(|tag| tag == b"OBJS"));
    let with = learn(&without_faults(&records(30, 1, 3)), 10, false).to_bytes();
    assert!(with.windows(4).any(|tag| tag == b"OBJS"));
}

#[test]
fn a_sealed_table_tells_of_no_few_records() -> Result<()> {
    let all = records(600, 33, 50);
    let profile = learn(&without_faults(&all), 1000, false);
    let sealed = profile.seal()?;
    let table = &sealed.objects()["box"];
    assert_eq!(
        table.all().objects(),
        profile.objects()["box"].all().objects()
    );
    assert!(table.classes().values().all(|group| group.records() >= 20));
    assert!(table.all().features()["score"].numbers().min().is_none());
    // A cell may hold a single object.
    assert!(table.all().centres().is_none() && profile.objects()["box"].all().centres().is_some());
    let bytes = sealed.to_bytes();
    assert_eq!(Profile::from_bytes(&bytes)?, sealed);
    // Sealed and plain compare.
    let options = driftsphere::compare::CompareOptions::default();
    let answer = driftsphere::compare::compare(&sealed, &profile, &options)?;
    assert!(
        answer
            .findings
            .iter()
            .any(|f| f.feature == "box score" && f.p_value.is_some())
    );
    Ok(())
}

#[test]
fn damaged_tables_are_refused() {
    let profile = learn(&without_faults(&records(60, 3, 3)), 10, false);
    let bytes = profile.to_bytes();
    for cut in (bytes.len() - 400..bytes.len()).step_by(7) {
        let error = Profile::from_bytes(&bytes[..cut]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
    }
}
