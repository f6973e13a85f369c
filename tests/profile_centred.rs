//! A space whose rows are freed of a mean: the same, byte for byte, as rows that were
//! freed of it by hand, in any order; and no match for one with another mean.
#![cfg(feature = "fit")]

use driftsphere::compare::{CompareOptions, Verdict, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    Codebooks, FitOptions, Profile, ProfileBuilder, ProfileConfig, Role, Scorer, SpaceConfig, fit,
};
use driftsphere::sphere::{MeanRow, MeanSketch};
use driftsphere::{Error, ErrorKind};
use ndarray::{Array2, ArrayView2, Axis};
use proptest::prelude::*;
use std::sync::Arc;

const DIM: usize = 5;

fn mean_of(rows: &Array2<f32>) -> Arc<MeanRow> {
    let mut sketch = MeanSketch::new(rows.ncols());
    sketch.update(&rows.view());
    Arc::new(sketch.freeze().unwrap())
}

fn by_hand(rows: &Array2<f32>, mean: &MeanRow) -> Array2<f32> {
    Array2::from_shape_fn(rows.dim(), |(i, j)| rows[[i, j]] - mean.values()[j])
}

fn config(mean: Option<&Arc<MeanRow>>) -> ProfileConfig {
    let mut space = SpaceConfig::new(DIM).sample_rows(40);
    space.mean = mean.cloned();
    ProfileConfig::new().space("e", space)
}

/// Every other record has an id; labels repeat.
fn track(builder: &mut ProfileBuilder, rows: &ArrayView2<'_, f32>, ids: &[usize]) {
    let id = |i: &usize| match i % 2 {
        0 => format!("id {i}"),
        _ => String::new(),
    };
    let batch = Batch::new(rows.nrows())
        .ids(Column::Text(ids.iter().map(id).collect()))
        .labels(Column::Int(ids.iter().map(|i| (i % 3) as i64).collect()));
    builder.track_batch(&batch.space("e", rows.view())).unwrap();
}

fn learn(config: ProfileConfig, rows: &Array2<f32>) -> Profile {
    let mut builder = ProfileBuilder::new(config).unwrap();
    let ids: Vec<usize> = (0..rows.nrows()).collect();
    track(&mut builder, &rows.view(), &ids);
    builder.freeze()
}

/// Rows in one corner, as features behind a ReLU are.
fn corner(rows: usize, shift: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, DIM), |(i, j)| {
        4.0 + ((i * (2 * j + 3) + shift + i / 7) % 11) as f32 / 5.0
    })
}

fn element() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -3.0..3.0_f32,
        1 => prop::sample::select(vec![1.0, f32::NAN, 3e38, 1e-40, f32::NEG_INFINITY]),
    ]
}

fn rows() -> impl Strategy<Value = Array2<f32>> {
    // No row of zeros: by hand it would become one that points away from the mean.
    let row =
        prop::array::uniform5(element()).prop_filter("zeros", |r| r.iter().any(|v| *v != 0.0));
    prop::collection::vec(row, 1..50)
        .prop_map(|rows| Array2::from_shape_fn((rows.len(), DIM), |(i, j)| rows[i][j]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn centring_is_what_it_is_by_hand(rows in rows(), mean in prop::array::uniform5(-2.0..2.0_f32)) {
        let mean = Arc::new(MeanRow::given(mean.to_vec()).unwrap());
        let centred = learn(config(Some(&mean)), &rows);
        let plain = learn(config(None), &by_hand(&rows, &mean));
        prop_assert_eq!(&centred.spaces()["e"], &plain.spaces()["e"]);
    }

    #[test]
    fn order_batches_threads_and_merges_leave_no_trace(
        rows in rows(),
        cut in any::<prop::sample::Index>(),
        threads in 1..4_usize,
    ) {
        let Ok(mean) = ({
            let mut sketch = MeanSketch::new(DIM);
            sketch.update(&rows.view());
            sketch.freeze()
        }) else {
            return Ok(());
        };
        let mut backwards = rows.clone();
        backwards.invert_axis(Axis(0));
        let mean = Arc::new(mean);
        prop_assert_eq!(&mean, &mean_of(&backwards));

        let whole = learn(config(Some(&mean)), &rows);
        let n = rows.nrows();
        let cut = cut.index(n + 1);
        let ids: Vec<usize> = (0..n).rev().collect();
        let mut first = ProfileBuilder::new(config(Some(&mean))).unwrap();
        first.set_threads(threads).unwrap();
        track(&mut first, &backwards.slice_axis(Axis(0), (..cut).into()), &ids[..cut]);
        let mut second = ProfileBuilder::new(config(Some(&mean))).unwrap();
        track(&mut second, &backwards.slice_axis(Axis(0), (cut..).into()), &ids[cut..]);
        second.merge(&first.freeze()).unwrap();
        let bytes = whole.to_bytes();
        prop_assert_eq!(&second.freeze().to_bytes(), &bytes);
        prop_assert_eq!(&Profile::from_bytes(&bytes).unwrap(), &whole);
    }
}

#[test]
fn a_row_of_zeros_is_counted_and_not_the_opposite_of_the_mean() {
    let mut rows = corner(30, 0);
    rows.row_mut(4).fill(0.0);
    let mean = mean_of(&rows);
    assert_eq!(mean.rows(), 29);
    let profile = learn(config(Some(&mean)), &rows);
    let skipped: Vec<_> = profile.spaces()["e"].tally().skipped().collect();
    assert_eq!(skipped, [("zero vector", 1)]);
}

#[test]
fn the_corner_is_spread_over_the_sphere() {
    let rows = corner(200, 0);
    let length = |profile: &Profile| {
        let directions = profile.spaces()["e"].directions();
        directions.resultant_length().unwrap()
    };
    assert!(length(&learn(config(None), &rows)) > 0.95);
    assert!(length(&learn(config(Some(&mean_of(&rows))), &rows)) < 0.2);
}

fn merged(a: &Profile, b: &Profile) -> Error {
    let mut builder = ProfileBuilder::new(a.config().clone()).unwrap();
    builder.merge(b).unwrap_err()
}

#[test]
fn another_mean_or_none_is_a_mismatch_that_is_named() {
    let (one, two) = (corner(60, 0), corner(60, 3));
    let with = learn(config(Some(&mean_of(&one))), &one);
    let other = learn(config(Some(&mean_of(&two))), &two);
    let without = learn(config(None), &two);
    for (a, b, words) in [
        (&with, &without, "and none"),
        (&without, &with, "none and"),
        (&with, &other, "unlike mean that is subtracted"),
    ] {
        let error = merged(a, b);
        assert_eq!(error.kind(), ErrorKind::Incompatible);
        assert!(error.to_string().contains(words), "{error}");
        assert_ne!(a.config().compare_hash(), b.config().compare_hash());
    }
    for (target, words) in [
        (&without, "one side is centred on a mean"),
        (&other, "centred on different means"),
    ] {
        let comparison = compare(&with, target, &CompareOptions::default()).unwrap();
        let spaces = comparison.findings.iter();
        let mut spaces = spaces.filter(|finding| finding.group == "space e");
        let only = spaces.next().unwrap();
        let Verdict::NotTested = only.verdict else {
            panic!("{only:?}")
        };
        assert!(only.reason.as_deref().unwrap().contains(words), "{only:?}");
        assert!(spaces.next().is_none());
    }
}

#[test]
fn a_codebook_brings_the_mean_of_its_rows() {
    let rows = corner(120, 0);
    let mean = mean_of(&rows);
    let options = FitOptions {
        clusters: 3,
        ..FitOptions::default()
    };
    let books = fit(&learn(config(Some(&mean)), &rows), options).unwrap();
    let read = Codebooks::from_bytes(&books.to_bytes()).unwrap();
    assert_eq!(read, books);
    assert_eq!(read.means["e"], mean);

    let fresh = config(None).with_codebooks(&read, Role::Reference).unwrap();
    assert_eq!(fresh.spaces["e"].mean.as_ref(), Some(&mean));
    let reference = learn(fresh, &rows);
    assert_eq!(
        reference.config().clone().like().spaces["e"].mean,
        Some(mean.clone())
    );
    let other = config(Some(&mean_of(&corner(50, 2))));
    let error = other.with_codebooks(&read, Role::Plain).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incompatible);

    // Scored alike, as they are and freed of the mean by hand.
    let scorer = Scorer::new(&reference, "e").unwrap();
    let target = corner(40, 5);
    let scores = scorer.score(&Batch::new(40).space("e", target.view()), 2);
    let plain = fit(&learn(config(None), &by_hand(&rows, &mean)), options).unwrap();
    let plain = config(None)
        .with_codebooks(&plain, Role::Reference)
        .unwrap();
    let plain = Scorer::new(&learn(plain, &by_hand(&rows, &mean)), "e").unwrap();
    let target = by_hand(&target, &mean);
    let by_hand = plain.score(&Batch::new(40).space("e", target.view()), 1);
    assert_eq!(scores.unwrap(), by_hand.unwrap());
}

#[test]
fn a_mean_of_few_rows_does_not_leave_with_a_sealed_profile() {
    let rows = corner(60, 0);
    let few = mean_of(&rows.slice_axis(Axis(0), (..19).into()).to_owned());
    let error = learn(config(Some(&few)), &rows).seal().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert!(error.to_string().contains("fewer than 20"), "{error}");
    let many = mean_of(&rows);
    let sealed = learn(config(Some(&many)), &rows).seal().unwrap();
    let read = Profile::from_bytes(&sealed.to_bytes()).unwrap();
    assert_eq!(read.config().spaces["e"].mean, Some(many));
}

#[test]
fn a_mean_that_does_not_fit_is_refused_in_code_and_in_files() {
    let short = Arc::new(MeanRow::given(vec![1.0; DIM - 1]).unwrap());
    let error = ProfileBuilder::new(config(Some(&short))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    let rows = corner(30, 0);
    let mut books = fit(&learn(config(None), &rows), FitOptions::default()).unwrap();
    books.means.insert("e".into(), short);
    let error = Codebooks::from_bytes(&books.to_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format);
    let unknown = Arc::new(MeanRow::given(vec![1.0; DIM]).unwrap());
    books.means = [("f".to_owned(), unknown)].into();
    let error = Codebooks::from_bytes(&books.to_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format);
}
