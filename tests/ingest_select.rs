//! Chosen rows equal those of a naive choice, whatever the order, repeats, gaps
//! and block sizes.

mod ingest_files;

use std::path::PathBuf;

use driftsphere::ErrorKind;
use driftsphere::ingest::{ArrayFile, Column, Selection};
use ingest_files::{deflated, f32_matrix, i64_column, npy, stored, text_column, write};
use ndarray::Array2;
use proptest::prelude::*;
use tempfile::{TempDir, tempdir};

const NONE: &[&str] = &[];

/// A window of 12 rows: row i is (i, -i).
fn window(folder: &TempDir) -> PathBuf {
    let values: Vec<f32> = (0..12).flat_map(|i| [i as f32, -(i as f32)]).collect();
    let emb = f32_matrix(12, 2, &values);
    let split = i64_column(&[0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 2]);
    let split_names = text_column(&["ref", "noise", "dark", "never"]);
    let label = text_column(&["a", "b", "", "a", "b", "c", "a", "b", "c", "", "b", "a"]);
    let score: Vec<u8> = (0..12)
        .flat_map(|i| (f64::from(i) / 2.0).to_le_bytes())
        .collect();
    let score = npy("'<f8'", false, &[12], &score);
    let short = i64_column(&[1, 2, 3]);
    let drawn = i64_column(&[11, 0, 11, 5, 11]);
    let members: &[(&str, &[u8])] = &[
        ("emb.npy", &emb),
        ("split.npy", &split),
        ("split_names.npy", &split_names),
        ("label.npy", &label),
        ("score.npy", &score),
        ("short.npy", &short),
        ("drawn.npy", &drawn),
    ];
    write(folder.path(), "window.npz", &deflated(members))
}

fn rows_where(conditions: &[&str]) -> Vec<usize> {
    let folder = tempdir().unwrap();
    let file = ArrayFile::open(window(&folder)).unwrap();
    let selection = Selection::parse(None, conditions).unwrap();
    selection.plan(&file, 12).unwrap().rows()
}

fn refused(rows: Option<&str>, conditions: &[&str]) -> driftsphere::Error {
    let folder = tempdir().unwrap();
    let file = ArrayFile::open(window(&folder)).unwrap();
    let selection = Selection::parse(rows, conditions).unwrap();
    selection.plan(&file, 12).unwrap_err()
}

#[test]
fn conditions_pick_rows_by_text_number_and_name() {
    assert_eq!(rows_where(&["split=2"]), [6, 7, 8, 11]);
    assert_eq!(rows_where(&["split=dark"]), [6, 7, 8, 11]);
    assert_eq!(rows_where(&["split=dark|0"]), [0, 1, 2, 6, 7, 8, 9, 11]);
    assert_eq!(rows_where(&["split!=dark|ref"]), [3, 4, 5, 10]);
    assert_eq!(rows_where(&["label="]), [2, 9]);
    assert_eq!(rows_where(&["label!="]).len(), 10);
    assert_eq!(rows_where(&["score=1.5"]), [3]);
    assert_eq!(rows_where(&["score=1"]), [2]);
    assert_eq!(rows_where(&["split=ref", "label=b"]), [1]);
}

#[test]
fn values_that_no_row_has_are_said_with_those_there_are() {
    let folder = tempdir().unwrap();
    let path = window(&folder);
    let file = ArrayFile::open(&path).unwrap();
    let plan = Selection::parse(None, &["split=rfe"])
        .unwrap()
        .plan(&file, 12)
        .unwrap();
    assert!(plan.is_empty());
    let expected = format!(
        "no row has split = `rfe`; there are `ref`, `noise`, `dark` (file {})",
        path.display()
    );
    assert_eq!(plan.unmatched(), [expected]);
    // A name that exists and that no row has is said as well; the other rows stay.
    let plan = Selection::parse(None, &["split=never|ref"])
        .unwrap()
        .plan(&file, 12)
        .unwrap();
    assert_eq!((plan.len(), plan.unmatched().len()), (4, 1));
    // A number is compared as text: 02 is not 2.
    let plan = Selection::parse(None, &["split=02"])
        .unwrap()
        .plan(&file, 12)
        .unwrap();
    assert!(plan.is_empty());
}

#[test]
fn a_value_with_two_meanings_is_refused() {
    let folder = tempdir().unwrap();
    let (digit, names) = (i64_column(&[0, 1, 1]), text_column(&["1", "7"]));
    let members: &[(&str, &[u8])] = &[("digit.npy", &digit), ("digit_names.npy", &names)];
    let file = ArrayFile::open(write(folder.path(), "a.npz", &stored(members))).unwrap();
    let plan = |condition| Selection::parse(None, &[condition]).unwrap().plan(&file, 3);
    let error = plan("digit=1").unwrap_err();
    assert!(error.message().contains("both a number"), "{error}");
    assert_eq!(plan("digit=7").unwrap().rows(), [1, 2]);
    assert_eq!(plan("digit=0").unwrap().rows(), [0]);
}

#[test]
fn wrong_columns_are_refused_with_their_place() {
    let error = refused(None, &["colour=red"]);
    assert_eq!(error.kind(), ErrorKind::Argument);
    let text = error.to_string();
    assert!(
        text.contains("split") && text.contains("condition colour=red"),
        "{text}"
    );
    let text = refused(None, &["short=1"]).to_string();
    assert!(text.contains("3 values for 12 rows"), "{text}");
    let text = refused(None, &["emb=1"]).to_string();
    assert!(text.contains("one dimension"), "{text}");
}

#[test]
fn drawn_rows_come_with_their_columns_in_one_order() {
    let folder = tempdir().unwrap();
    let path = window(&folder);
    let file = ArrayFile::open(&path).unwrap();
    let selection = Selection::parse(Some(":drawn"), NONE).unwrap();
    let plan = selection.plan(&file, 12).unwrap();
    assert_eq!(plan.rows(), [0, 5, 11, 11, 11]);
    let labels = plan.take(file.column("label").unwrap()).unwrap();
    assert_eq!(labels, Column::from(vec!["a", "c", "a", "a", "a"]));
    let ids = plan.take_distinct(file.column("label").unwrap()).unwrap();
    assert_eq!(ids, Column::from(vec!["a", "c", "a", "a#2", "a#3"]));
    let mut rows = plan.read(file.matrix("emb").unwrap()).unwrap();
    assert_eq!((rows.rows(), rows.cols()), (5, 2));
    let first = rows.next_block(3).unwrap().unwrap();
    assert_eq!(first.column(0).to_vec(), [0.0, 5.0, 11.0]);
    assert_eq!(rows.next_block(3).unwrap().unwrap().nrows(), 2);
    assert!(rows.next_block(3).unwrap().is_none());
    assert!(rows.next_block(0).is_err());

    // The same indices from another file, and conditions on top.
    let from = format!("{}:drawn", path.display());
    let selection = Selection::parse(Some(&from), &["label=a"]).unwrap();
    assert_eq!(selection.plan(&file, 12).unwrap().rows(), [0, 11, 11, 11]);
}

#[test]
fn indices_that_are_none_are_refused() {
    let folder = tempdir().unwrap();
    let far = write(folder.path(), "far.npy", &i64_column(&[3, 12]));
    let negative = write(folder.path(), "negative.npy", &i64_column(&[-1]));
    let mask = write(
        folder.path(),
        "mask.npy",
        &npy("'|b1'", false, &[2], &[0, 1]),
    );
    let float = write(
        folder.path(),
        "float.npy",
        &npy("'<f4'", false, &[1], &[0; 4]),
    );
    for (path, words) in [
        (far, "index 12 (entry 1) lies beyond the 12 rows"),
        (negative, "index -1 (entry 0)"),
        (mask, "np.flatnonzero"),
        (float, "floating-point"),
    ] {
        let text = refused(path.to_str(), NONE).to_string();
        assert!(text.contains(words) && text.contains("--rows"), "{text}");
    }
    let text = refused(Some("/no/such/rows.npy"), NONE).to_string();
    assert!(
        text.contains("rows.npy") && text.contains("--rows"),
        "{text}"
    );
    let text = refused(Some(":none"), NONE).to_string();
    assert!(text.contains("drawn"), "{text}");
}

#[test]
fn a_plan_fits_only_what_it_was_made_for() {
    let folder = tempdir().unwrap();
    let file = ArrayFile::open(window(&folder)).unwrap();
    let plan = Selection::all().plan(&file, 11).unwrap();
    assert!(plan.read(file.matrix("emb").unwrap()).is_err());
    assert!(plan.take(Column::from(vec![1_i64])).is_err());
    let plan = Selection::all().plan(&file, 12).unwrap();
    let mut started = file.matrix("emb").unwrap();
    started.next_block(1).unwrap();
    assert!(plan.read(started).is_err());
    assert_eq!(plan.rows().len(), 12);
    assert_eq!(
        plan.take_distinct(file.column("label").unwrap()).unwrap(),
        file.column("label").unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_draw_equals_the_naive_one(
        n in 1_usize..3000,
        draws in prop::collection::vec(any::<prop::sample::Index>(), 0..200),
        block in 1_usize..300,
        layout in 0..4,
    ) {
        let matrix = Array2::from_shape_fn((n, 2), |(i, j)| (2 * i + j) as f32);
        let drawn: Vec<usize> = draws.iter().map(|d| d.index(n)).collect();
        let data: Vec<f32> = if layout % 2 == 0 {
            matrix.iter().copied().collect()
        } else {
            matrix.t().iter().copied().collect()
        };
        let data: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        let emb = npy("'<f4'", layout % 2 == 1, &[n, 2], &data);
        let rows = i64_column(&drawn.iter().map(|&i| i as i64).collect::<Vec<_>>());
        let members: &[(&str, &[u8])] = &[("emb.npy", &emb), ("rows.npy", &rows)];
        let folder = tempdir().unwrap();
        let bytes = if layout < 2 { stored(members) } else { deflated(members) };
        let file = ArrayFile::open(write(folder.path(), "a.npz", &bytes)).unwrap();

        let plan = Selection::parse(Some(":rows"), NONE).unwrap().plan(&file, n).unwrap();
        let mut reader = plan.read(file.matrix("emb").unwrap()).unwrap();
        let mut found = Vec::new();
        while let Some(part) = reader.next_block(block).unwrap() {
            prop_assert!(part.nrows() <= block);
            found.extend(part.rows().into_iter().map(|row| row.to_vec()));
        }
        let mut naive = drawn;
        naive.sort_unstable();
        let naive: Vec<Vec<f32>> = naive.iter().map(|&i| matrix.row(i).to_vec()).collect();
        prop_assert_eq!(found, naive);
    }
}
