//! Parquet: files by pyarrow (`scripts/oracles/parquet.py`) and by the crate.

use crate::support::{Folder, all, block, named, problems, read, texts, vector};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use driftsphere::ErrorKind;
use driftsphere::ingest::{Block, FieldKind, Format, InputFile, Roles, Selection};
use ndarray::array;
use parquet::arrow::ArrowWriter;
use std::sync::Arc;

fn some(values: &[&str]) -> Vec<Option<String>> {
    let value = |v: &&str| (!v.is_empty()).then(|| (*v).to_owned());
    values.iter().map(value).collect()
}

#[test]
fn every_type_is_read_from_every_codec() {
    for codec in ["snappy", "gzip", "lz4"] {
        let path = vector(&format!("kinds_{codec}.parquet"));
        let names = |block: &Block| -> Vec<String> {
            let features = block.features().iter();
            features.map(|(name, _)| name.clone()).collect()
        };
        // Times are passed over unless they are named.
        let expected = [
            "big", "byte", "count", "flag", "half", "id", "note", "ratio", "view",
        ];
        assert_eq!(names(&block(&path, &all())), expected, "{codec}");
        let roles = Roles {
            features: ["*", "day", "seen"].map(String::from).to_vec(),
            ..Roles::default()
        };
        let block = block(&path, &roles);
        assert_eq!(names(&block).len(), expected.len() + 2, "{codec}");
        let is =
            |name: &str, values: &[&str]| assert_eq!(texts(&block, name), some(values), "{name}");
        is("id", &["007", "b", "c", "ä", "e"]);
        is("note", &["x", "", "", "y", "x"]);
        is("view", &["p", "q", "", "p", "p"]);
        is("flag", &["true", "", "false", "true", "true"]);
        is("count", &["1", "", "-3", "4", "5"]);
        is("byte", &["1", "2", "3", "4", "255"]);
        is("big", &["1", "2", "3", "4", "18446744073709552000"]);
        is("half", &["0.5", "1", "2", "4", "-0.25"]);
        assert_eq!(texts(&block, "ratio")[0].as_deref(), Some("0.1"));
        is(
            "day",
            &[
                "-86400000",
                "",
                "1740960000000",
                "1740960000000",
                "1740960000000",
            ],
        );
        assert_eq!(texts(&block, "seen")[0].as_deref(), Some("1740987752999"));
        assert_eq!(texts(&block, "seen")[4].as_deref(), Some("-1"));
    }
}

#[test]
fn null_and_nan_are_two_things() {
    let block = block(&vector("kinds_snappy.parquet"), &all());
    let profile = crate::support::profile(&[block], None);
    let ratio = &profile.features()["ratio"];
    assert_eq!((ratio.nulls(), ratio.numbers().nan_count()), (1, 1));
    assert_eq!(ratio.count(), 5);
}

#[test]
fn lists_of_every_kind_are_embeddings() {
    let path = vector("kinds_snappy.parquet");
    for name in ["fixed", "large", "halves"] {
        let roles = Roles {
            embeddings: named(name),
            ids: named("id"),
            time: named("seen"),
            ..Roles::default()
        };
        let (blocks, found) = read(&path, &roles, 2).unwrap();
        let rows: Vec<Vec<f32>> = blocks
            .iter()
            .flat_map(|block| {
                let batch = block.batch("e");
                let (_, rows) = batch.spaces().next().unwrap();
                rows.outer_iter()
                    .map(|row| row.to_vec())
                    .collect::<Vec<_>>()
            })
            .collect();
        let expected = array![
            [0.5, 1.0, -2.0],
            [3.0, 4.0, 0.25],
            [8.0, 0.0, 1.0],
            [1.0, 1.0, 1.0]
        ];
        let expected: Vec<Vec<f32>> = expected.outer_iter().map(|row| row.to_vec()).collect();
        assert_eq!(rows, expected, "{name}");
        let last = blocks.last().unwrap().batch("e");
        assert_eq!((last.id(0).as_deref(), last.time(0)), (Some("e"), Some(-1)));
        assert_eq!(
            found[0].to_string(),
            "1 record left out: no embedding (first: row 2)"
        );
    }
}

#[test]
fn ragged_lists_are_counted_by_reason_and_the_rest_goes_on() {
    let roles = Roles {
        embeddings: named("ragged"),
        ..Roles::default()
    };
    let found = read(&vector("kinds_gzip.parquet"), &roles, 100).unwrap();
    assert_eq!(found.0.iter().map(|block| block.len()).sum::<usize>(), 2);
    assert_eq!(
        problems(&found),
        [
            "1 record left out: embedding of another length (first: row 1)",
            "1 record left out: embedding that is no list of numbers (first: row 2)",
            "1 record left out: no embedding (first: row 3)",
        ]
    );
}

#[test]
fn columns_say_what_they_can_be_used_for() {
    let file = InputFile::open(vector("kinds_snappy.parquet")).unwrap();
    assert_eq!(file.format(), Format::Parquet);
    let kind = |name: &str| &file.fields().iter().find(|f| f.name == name).unwrap().kind;
    assert_eq!(*kind("id"), FieldKind::Scalar);
    assert_eq!(*kind("seen"), FieldKind::Time);
    assert_eq!(*kind("halves"), FieldKind::Vector { floats: true });
    assert!(matches!(kind("pair"), FieldKind::Other(_)));
    let error = file.sole_embeddings().unwrap_err();
    assert!(
        error.message().contains("fixed, large, halves, ragged"),
        "{error}"
    );
    assert!(error.message().contains("--as records"), "{error}");
    for (name, words) in [
        ("pair", "is not read"),
        ("cents", "Decimal"),
        ("fixed", "--embeddings"),
        (
            "colour",
            "there is no column `colour`; the file holds id, note",
        ),
    ] {
        let roles = Roles {
            features: vec![name.into()],
            ..Roles::default()
        };
        let error = file.scan(&roles, &Selection::all()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
#[cfg(not(feature = "zstd"))]
fn a_codec_that_is_not_built_in_is_named_where_it_is_needed() {
    let error = crate::support::refused(&vector("kinds_zstd.parquet"), &all());
    assert_eq!(error.kind(), ErrorKind::Input);
    for words in [
        "Zstandard",
        "--features zstd",
        "snappy",
        "kinds_zstd.parquet",
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
#[cfg(feature = "zstd")]
fn zstandard_is_read_where_it_is_built_in() {
    let read = block(&vector("kinds_zstd.parquet"), &all());
    assert_eq!(texts(&read, "byte")[4].as_deref(), Some("255"));
}

/// A table of `rows` numbers, texts and whole numbers, in groups of 1 000 rows.
fn table(folder: &Folder, rows: usize) -> std::path::PathBuf {
    let x: Float64Array = (0..rows).map(|i| Some(i as f64 / 7.0)).collect();
    let n: Int64Array = (0..rows).map(|i| (i % 3 > 0).then_some(i as i64)).collect();
    let t: StringArray = (0..rows).map(|i| Some(format!("t{}", i % 5))).collect();
    let columns: [(&str, ArrayRef); 3] =
        [("x", Arc::new(x)), ("n", Arc::new(n)), ("t", Arc::new(t))];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(n, c)| (n, c, true))).unwrap();
    let mut bytes = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(1000))
        .build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    folder.write("table.parquet", bytes)
}

#[test]
fn rows_and_conditions_choose_among_many_groups() {
    let folder = Folder::new();
    let path = table(&folder, 5000);
    let rows = folder.write("rows.npy", {
        let mut bytes = Vec::new();
        let indices = array![4999_i64, 3, 3, 2500, 0];
        ndarray_npy::WriteNpyExt::write_npy(&indices, &mut bytes).unwrap();
        bytes
    });
    let take = |rows: Option<&str>, conditions: &[&str]| -> Vec<Option<String>> {
        let selection = Selection::parse(rows, conditions).unwrap();
        let limits = driftsphere::ingest::Limits::default();
        let (blocks, _) =
            crate::support::read_with(&path, &all(), &selection, 700, &limits).unwrap();
        blocks.iter().flat_map(|block| texts(block, "t")).collect()
    };
    let expected = (0..5000).filter(|i| [1, 2].contains(&(i % 5)) && i % 3 > 0);
    assert_eq!(take(None, &["t=t1|t2", "n!="]).len(), expected.count());
    let picked = take(rows.to_str(), &[]);
    assert_eq!(picked, some(&["t0", "t3", "t3", "t0", "t4"]));
    assert_eq!(take(rows.to_str(), &["t!=t3"]).len(), 3);

    let selection = Selection::parse(None, &["t=red"]).unwrap();
    let mut scan = InputFile::open(&path)
        .unwrap()
        .scan(&all(), &selection)
        .unwrap();
    assert!(scan.next_block(100).unwrap().is_none());
    let why = scan.unmatched().join("");
    assert!(
        why.contains("no row has t = `red`; there are `t0`, `t1`"),
        "{why}"
    );
}
