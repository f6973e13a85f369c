//! Stored sketches come from files, and files lie: each decoder answers with a
//! valid sketch or an error, never with a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use driftsphere::sketch::{
    Categories, CoordinatedSample, Directions, QuantileSketch, Quantiles, SampleRow, Tally,
    common_buckets,
};
use half::f16;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn quantiles() -> Quantiles {
    let mut sketch = QuantileSketch::new(8).unwrap();
    for i in 0..40 {
        sketch.update(f64::from(i - 12) / 3.0);
    }
    sketch.update(f64::NAN);
    sketch.update(f64::INFINITY);
    sketch.freeze()
}

fn directions() -> Directions {
    let mut directions = Directions::new(3);
    directions.update_scaled(&[1.0, -1.0, 0.5], 1.0);
    directions.update_scaled(&[-0.25, 0.125, 0.5], 1.0);
    directions
}

fn sample() -> CoordinatedSample {
    let mut sample = CoordinatedSample::new(6);
    for i in 0..12_u64 {
        let row = SampleRow {
            id: Some(format!("id {i}")),
            class: Some("cat".to_owned()),
            distance: Some(0.5),
            vector: vec![f16::ONE; 2],
            ..SampleRow::default()
        };
        sample.update(i % 4, Arc::new(row));
    }
    sample
}

fn categories() -> Categories {
    let mut categories = Categories::new(3).unwrap();
    for value in ["a", "b", "b", "c", "c", "c", "d", "b"] {
        categories.update(value);
    }
    categories
}

fn tally() -> Tally {
    let mut tally = Tally::new();
    tally.read(5);
    tally.skip("zero norm", 2);
    tally.fail("not finite", 1);
    tally
}

/// Decodes, and if that gave something: asks and merges it, and stores it again.
fn try_all(bytes: &[u8]) {
    if let Ok(q) = postcard::from_bytes::<Quantiles>(bytes) {
        let _ = (
            q.quantile(0.3),
            q.rank(0.1),
            q.mean(),
            q.variance(),
            q.pmf(&[0.0]),
        );
        let _ = (q.relative_error(), q.count(), q.buckets().count());
        let _ = (q.merge(&q), q.merge(&quantiles()), q.collapse(63));
        let _ = common_buckets(&q, &quantiles());
        let mut sketch = q.thaw();
        (0..20).for_each(|i| sketch.update(f64::from(i)));
        again(&q);
        again(&sketch.freeze());
    }
    if let Ok(mut d) = postcard::from_bytes::<Directions>(bytes) {
        let _ = (d.mean(), d.concentration(), d.mean_direction());
        let before = d.clone();
        let _ = (
            d.merge(&before),
            d.merge(&directions()),
            d.subtract(&directions()),
        );
        d.update_scaled(&vec![1.0; d.dim()], 1.0);
        again(&d);
    }
    if let Ok(mut s) = postcard::from_bytes::<CoordinatedSample>(bytes) {
        let _ = (s.rows().count(), s.total(), s.threshold());
        s.merge(&s.clone()).unwrap();
        s.merge(&sample()).unwrap();
        again(&s);
    }
    if let Ok(mut c) = postcard::from_bytes::<Categories>(bytes) {
        let _ = (c.iter().count(), c.estimate("a"));
        let _ = (c.merge(&c.clone()), c.merge(&categories()));
        c.update("new");
        again(&c);
    }
    if let Ok(mut t) = postcard::from_bytes::<Tally>(bytes) {
        let _ = (t.total(), t.skipped_count());
        t.merge(&t.clone()).unwrap();
        t.fail("new", 1);
        again(&t);
    }
}

/// What passed the door can be stored and passes it again.
fn again<T: Serialize + DeserializeOwned + PartialEq>(value: &T) {
    let bytes = postcard::to_stdvec(value).unwrap();
    assert!(postcard::from_bytes::<T>(&bytes).unwrap() == *value);
}

fn stored() -> [Vec<u8>; 5] {
    [
        postcard::to_stdvec(&quantiles()).unwrap(),
        postcard::to_stdvec(&directions()).unwrap(),
        postcard::to_stdvec(&sample()).unwrap(),
        postcard::to_stdvec(&categories()).unwrap(),
        postcard::to_stdvec(&tally()).unwrap(),
    ]
}

#[test]
fn cut_at_every_length() {
    for bytes in stored() {
        for len in 0..bytes.len() {
            try_all(&bytes[..len]);
        }
    }
}

#[test]
fn every_byte_replaced() {
    for bytes in stored() {
        for at in 0..bytes.len() {
            for value in 0..=255 {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                try_all(&damaged);
            }
        }
    }
}

#[test]
fn what_breaks_an_invariant_is_refused() {
    // Each is written in the layout of the stored form, with one thing wrong.
    type Outside = (u64, u64, u64);
    type RawQuantiles = (u32, u8, Outside, Option<(f64, f64)>, i64, Vec<(u64, u64)>);
    let one = 1.0_f64.to_bits().cast_signed();
    let valid: RawQuantiles = (4, 0, (0, 0, 0), Some((1.0, 1.0)), one, vec![(0, 3)]);
    let accepts = |raw: &RawQuantiles| {
        postcard::from_bytes::<Quantiles>(&postcard::to_stdvec(raw).unwrap()).is_ok()
    };
    assert!(accepts(&valid));
    type Change = fn(&mut RawQuantiles);
    let wrong: [(&str, Change); 12] = [
        ("cap too small", |raw| raw.0 = 1),
        ("cap too large", |raw| raw.0 = u32::MAX),
        ("shift", |raw| raw.1 = 64),
        ("joined buckets without an end", |raw| {
            (raw.3, raw.5[0].1) = (None, 0)
        }),
        ("minimum in another bucket", |raw| raw.3 = Some((0.5, 1.0))),
        ("maximum below minimum", |raw| raw.3 = Some((1.0, 0.5))),
        ("NaN", |raw| raw.3 = Some((f64::NAN, 1.0))),
        ("gap before the first", |raw| raw.5[0].0 = 1),
        ("empty bucket", |raw| raw.5[0].1 = 0),
        ("key beyond infinity", |raw| raw.5.push((u64::MAX, 1))),
        ("more buckets than cap", |raw| raw.5.extend([(0, 1); 4])),
        ("extremes without values", |raw| raw.5.clear()),
    ];
    for (what, change) in wrong {
        let mut raw = valid.clone();
        change(&mut raw);
        assert!(!accepts(&raw), "{what}");
    }

    let directions = |count: u64, sum: i128| {
        let bytes = postcard::to_stdvec(&(count, vec![sum, 0])).unwrap();
        postcard::from_bytes::<Directions>(&bytes).is_ok()
    };
    assert!(directions(2, 2 << 40) && directions(0, 0));
    assert!(!directions(2, (2 << 40) + 1) && !directions(0, 1));
    assert!(!directions(1, i128::MIN) && !directions(u64::MAX, 0));

    type Part = (u64, u64, Vec<(SampleRow, u64)>);
    let sample = |k: u64, parts: &[Part]| {
        let bytes = postcard::to_stdvec(&(k, parts)).unwrap();
        postcard::from_bytes::<CoordinatedSample>(&bytes).is_ok()
    };
    let row = |class: &str| SampleRow {
        class: Some(class.to_owned()),
        ..SampleRow::default()
    };
    let rows = |counts: &[u64]| -> Vec<(SampleRow, u64)> {
        let names = ["a", "b", "c", "d", "e"];
        names
            .iter()
            .zip(counts)
            .map(|(name, count)| (row(name), *count))
            .collect()
    };
    assert!(sample(
        2,
        &[(5, 3, rows(&[1, 2])), (7, 9, rows(&[1, 1, 1, 1]))]
    ));
    assert!(
        !sample(1, &[(5, 1, rows(&[1])), (7, 1, rows(&[1]))]),
        "more than k"
    );
    assert!(
        !sample(9, &[(7, 1, rows(&[1])), (7, 1, rows(&[1]))]),
        "hash twice"
    );
    assert!(!sample(9, &[(7, 2, rows(&[1]))]), "rows are missing");
    assert!(
        !sample(9, &[(7, 3, rows(&[1, 1, 1, 1]))]),
        "total too small"
    );
    assert!(!sample(9, &[(7, 5, rows(&[1, 1, 1, 1, 1]))]), "five rows");
    assert!(!sample(9, &[(7, 0, rows(&[]))]), "no row");
    assert!(
        !sample(9, &[(7, 1, rows(&[1, 0]))]),
        "a row that never came"
    );
    let twice = vec![(row("a"), 1), (row("a"), 1)];
    assert!(!sample(9, &[(7, 2, twice)]), "one row twice");

    let categories = |cap: u32, total: u64, error: u64, counts: &[(&str, u64)]| {
        let bytes = postcard::to_stdvec(&(cap, total, error, counts)).unwrap();
        postcard::from_bytes::<Categories>(&bytes).is_ok()
    };
    assert!(categories(2, 3, 0, &[("a", 1), ("b", 2)]));
    assert!(categories(2, 6, 1, &[("a", 1), ("b", 2)]));
    assert!(!categories(2, 4, 0, &[("a", 1), ("b", 2)]), "total");
    assert!(
        !categories(2, 5, 1, &[("a", 1), ("b", 2)]),
        "error beyond its bound"
    );
    assert!(!categories(1, 3, 0, &[("a", 1), ("b", 2)]), "cap");
    assert!(!categories(0, 0, 0, &[]), "no cap");
    assert!(!categories(2, 3, 0, &[("b", 1), ("a", 2)]), "order");
    assert!(!categories(2, 1, 0, &[("a", 1), ("b", 0)]), "count");
    assert!(
        !categories(2, 1, 0, &[("x".repeat(257).as_str(), 1)]),
        "length"
    );
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(catch_unwind(AssertUnwindSafe(|| try_all(&bytes))).is_ok());
    }
}
