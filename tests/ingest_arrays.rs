//! Arrays read back equal what was written, by `ndarray-npy` or byte by byte.

mod ingest_files;

use driftsphere::ingest::{ArrayFile, Column, Dtype, Limits, MatrixReader};
use half::f16;
use ingest_files::{deflated, npy, stored, write};
use ndarray::{Array2, ShapeBuilder, array};
use ndarray_npy::{WritableElement, WriteNpyExt};
use proptest::prelude::*;
use tempfile::tempdir;

fn all_rows(mut reader: MatrixReader, block: usize) -> Array2<f32> {
    let (rows, cols) = (reader.rows(), reader.cols());
    let mut values = Vec::new();
    while let Some(part) = reader.next_block(block).unwrap() {
        assert!(part.nrows() > 0 && part.nrows() <= block);
        assert_eq!(part.ncols(), cols);
        values.extend(part);
    }
    assert_eq!(reader.position(), rows);
    assert!(reader.next_block(block).unwrap().is_none());
    Array2::from_shape_vec((rows, cols), values).unwrap()
}

/// Reads a matrix as plain file, stored member and deflated member.
fn read_thrice(bytes: &[u8], block: usize) -> [Array2<f32>; 3] {
    let folder = tempdir().unwrap();
    let plain = write(folder.path(), "a.npy", bytes);
    let whole = write(folder.path(), "b.npz", &stored(&[("m.npy", bytes)]));
    let packed = write(folder.path(), "c.npz", &deflated(&[("m.npy", bytes)]));
    [(plain, ""), (whole, "m"), (packed, "m")]
        .map(|(path, name)| all_rows(ArrayFile::open(path).unwrap().matrix(name).unwrap(), block))
}

fn rows_between(matrix: &Array2<f32>, from: usize, to: usize) -> Array2<f32> {
    matrix.select(ndarray::Axis(0), &(from..to).collect::<Vec<_>>())
}

fn oracle<T: WritableElement + Copy>(values: &Array2<T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    values.write_npy(&mut bytes).unwrap();
    bytes
}

fn in_both_orders<T: Copy>(rows: usize, cols: usize, values: &[T]) -> [Array2<T>; 2] {
    let c = Array2::from_shape_fn((rows, cols), |(i, j)| values[i * cols + j]);
    let f = Array2::from_shape_fn((rows, cols).f(), |(i, j)| values[i * cols + j]);
    [c, f]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn matrices_written_by_ndarray_npy_come_back(
        rows in 0_usize..40, cols in 1_usize..9, block in 1_usize..50,
        seed in prop::collection::vec(any::<i32>(), 360),
    ) {
        let values = &seed[..rows * cols];
        for ints in in_both_orders(rows, cols, values) {
            let floats = ints.mapv(|v| v as f32);
            for read in read_thrice(&oracle(&ints), block) {
                prop_assert_eq!(&read, &floats);
            }
            for read in read_thrice(&oracle(&floats), block) {
                prop_assert_eq!(&read, &floats);
            }
            for read in read_thrice(&oracle(&ints.mapv(f64::from)), block) {
                prop_assert_eq!(&read, &floats);
            }
            let bytes = ints.mapv(|v| v as u8);
            for read in read_thrice(&oracle(&bytes), block) {
                prop_assert_eq!(&read, &bytes.mapv(f32::from));
            }
        }
    }

    #[test]
    fn columns_written_by_ndarray_npy_come_back(
        ints in prop::collection::vec(any::<i64>(), 0..300),
        floats in prop::collection::vec(any::<f64>().prop_filter("equal to itself", |v| !v.is_nan()), 0..300),
        bools in prop::collection::vec(any::<bool>(), 0..300),
    ) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let read = || ArrayFile::open(&path).unwrap().column("").unwrap();
        ndarray_npy::write_npy(&path, &ndarray::Array1::from(ints.clone())).unwrap();
        prop_assert_eq!(read(), Column::Int(ints));
        ndarray_npy::write_npy(&path, &ndarray::Array1::from(floats.clone())).unwrap();
        prop_assert_eq!(read(), Column::Float(floats));
        ndarray_npy::write_npy(&path, &ndarray::Array1::from(bools.clone())).unwrap();
        prop_assert_eq!(read(), Column::Bool(bools));
    }

    #[test]
    fn texts_come_back_whatever_they_hold(
        texts in prop::collection::vec("[^\0]{0,12}", 1..40), big in any::<bool>(),
    ) {
        let width = texts.iter().map(|t| t.chars().count()).max().unwrap_or(0).max(1);
        let long = texts.iter().map(String::len).max().unwrap_or(0).max(1);
        let (mut points, mut bytes) = (Vec::new(), Vec::new());
        for text in &texts {
            let mut chars: Vec<u32> = text.chars().map(u32::from).collect();
            chars.resize(width, 0);
            points.extend(chars.iter().flat_map(|c| if big { c.to_be_bytes() } else { c.to_le_bytes() }));
            let mut utf8 = text.clone().into_bytes();
            utf8.resize(long, 0);
            bytes.extend(utf8);
        }
        let folder = tempdir().unwrap();
        let order = if big { '>' } else { '<' };
        let u = npy(&format!("'{order}U{width}'"), false, &[texts.len()], &points);
        let s = npy(&format!("'|S{long}'"), false, &[texts.len()], &bytes);
        let path = write(folder.path(), "a.npz", &deflated(&[("u.npy", &u), ("s.npy", &s)]));
        let file = ArrayFile::open(path).unwrap();
        let expected = Column::Text(texts);
        prop_assert_eq!(file.column("u").unwrap(), expected.clone());
        prop_assert_eq!(file.column("s").unwrap(), expected);
    }
}

#[test]
fn half_precision_is_read_exactly_in_every_order() {
    // Every f16 there is, NaN payloads included: the oracle is `half` itself.
    let halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
    let little: Vec<u8> = halves.iter().flat_map(|v| v.to_le_bytes()).collect();
    let big: Vec<u8> = halves.iter().flat_map(|v| v.to_be_bytes()).collect();
    for (descr, data) in [("'<f2'", little), ("'>f2'", big)] {
        for read in read_thrice(&npy(descr, false, &[256, 256], &data), 100) {
            for (read, half) in read.iter().zip(&halves) {
                let expected = half.to_f32();
                assert!(read.to_bits() == expected.to_bits() || read.is_nan() && expected.is_nan());
            }
        }
        // The transposed matrix has the same bytes in Fortran order.
        for read in read_thrice(&npy(descr, true, &[256, 256], &data), 100) {
            for ((row, col), read) in read.indexed_iter() {
                let expected = halves[col * 256 + row].to_f32();
                assert!(read.to_bits() == expected.to_bits() || read.is_nan() && expected.is_nan());
            }
        }
    }
}

#[test]
fn doubles_beyond_single_precision_become_infinite() {
    let read = read_thrice(&oracle(&array![[1e300, -1e39, 0.1]]), 1);
    for read in read {
        assert_eq!(read, array![[f32::INFINITY, f32::NEG_INFINITY, 0.1]]);
    }
}

#[test]
fn long_rows_and_large_arrays_cross_the_buffers() {
    // 3 rows of 200 000 columns: each row is longer than a chunk.
    let wide: Vec<f32> = (0..600_000).map(|v| v as f32).collect();
    for matrix in in_both_orders(3, 200_000, &wide) {
        for read in read_thrice(&oracle(&matrix), 2) {
            assert_eq!(read, matrix);
        }
    }
    let numbers: Vec<i64> = (0..100_000).collect();
    let folder = tempdir().unwrap();
    let member = ingest_files::i64_column(&numbers);
    let path = write(folder.path(), "a.npz", &deflated(&[("n.npy", &member)]));
    assert_eq!(
        ArrayFile::open(path).unwrap().column("n").unwrap(),
        Column::Int(numbers)
    );
}

#[test]
fn blocks_are_bounded_by_the_limit_whatever_is_asked_for() {
    let folder = tempdir().unwrap();
    let matrix = Array2::<f32>::zeros((10, 4));
    let path = write(folder.path(), "a.npy", &oracle(&matrix));
    let limits = Limits {
        max_block_bytes: 3 * 4 * 4,
        ..Limits::default()
    };
    let mut reader = ArrayFile::open_with(path, &limits)
        .unwrap()
        .matrix("")
        .unwrap();
    let mut blocks = Vec::new();
    while let Some(block) = reader.next_block(usize::MAX).unwrap() {
        blocks.push(block.nrows());
    }
    assert_eq!(blocks, [3, 3, 3, 1]);
    assert!(reader.next_block(0).is_err());
}

#[test]
fn rows_may_be_skipped_in_every_layout() {
    let values: Vec<f32> = (0..60).map(|v| v as f32).collect();
    for matrix in in_both_orders(20, 3, &values) {
        let bytes = oracle(&matrix);
        let folder = tempdir().unwrap();
        let paths = [
            write(folder.path(), "a.npz", &stored(&[("m.npy", &bytes)])),
            write(folder.path(), "b.npz", &deflated(&[("m.npy", &bytes)])),
        ];
        for path in paths {
            let mut reader = ArrayFile::open(path).unwrap().matrix("m").unwrap();
            reader.skip_rows(7).unwrap();
            let block = reader.next_block(2).unwrap().unwrap();
            assert_eq!(block, rows_between(&matrix, 7, 9));
            reader.skip_rows(10).unwrap();
            let block = reader.next_block(9).unwrap().unwrap();
            assert_eq!(block, rows_between(&matrix, 19, 20));
            reader.skip_rows(5).unwrap();
            assert!(reader.next_block(9).unwrap().is_none());
        }
    }
}

#[test]
fn an_archive_lists_what_it_holds_and_passes_over_what_is_no_array() {
    let folder = tempdir().unwrap();
    let emb = ingest_files::f32_matrix(2, 2, &[1.0, 2.0, 3.0, 4.0]);
    let ids = ingest_files::text_column(&["a", "bc"]);
    let note = npy("'<U2'", false, &[], &[b'h', 0, 0, 0, b'i', 0, 0, 0]);
    let object = npy("'|O'", false, &[2], b"\x80\x04whatever");
    let path = write(
        folder.path(),
        "window", // no extension: content decides
        &deflated(&[
            ("emb.npy", &emb),
            ("ids.npy", &ids),
            ("read me.txt", b"hello"),
            ("note.npy", &note),
            ("object.npy", &object),
        ]),
    );
    let file = ArrayFile::open(&path).unwrap();
    let names: Vec<_> = file.arrays().iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["emb", "ids", "note", "object"]);
    assert_eq!(file.arrays()[1].dtype, Dtype::Text { width: 2 });
    assert_eq!(file.sole_matrix().unwrap().name, "emb");
    assert_eq!(file.column("ids").unwrap(), Column::from(vec!["a", "bc"]));
    assert_eq!(file.column("note").unwrap(), Column::from(vec!["hi"]));
    let error = file.column("object").unwrap_err().to_string();
    assert!(
        error.contains("never loaded") && error.contains("array object"),
        "{error}"
    );
}
