//! Files that lie: each is refused with a typed error that says what, where and
//! what to do; none makes the reader panic, hang, or allocate what it claims.

mod ingest_files;

use std::io::Write;
use std::path::Path;

use driftsphere::ingest::{ArrayFile, Column, Limits};
use driftsphere::{ErrorKind, Result};
use ingest_files::{
    deflated, f32_matrix, i64_column, npy, npy_with, read_all, refused, stored, text_column, write,
};
use tempfile::tempdir;

fn samples() -> Vec<Vec<u8>> {
    let emb = f32_matrix(7, 2, &[0.5; 14]);
    let fortran = npy("'>f2'", true, &[7, 2], &[60; 28]);
    let ids = text_column(&["a", "bb", "", "dä", "e", "f", "g"]);
    let labels = i64_column(&[1, 2, 3, -4, 5, 6, 7]);
    let members: [(&str, &[u8]); 4] = [
        ("emb.npy", &emb),
        ("fortran.npy", &fortran),
        ("ids.npy", &ids),
        ("labels.npy", &labels),
    ];
    vec![stored(&members), deflated(&members), emb, fortran, ids]
}

#[test]
fn a_file_cut_at_any_length_is_an_error() {
    let folder = tempdir().unwrap();
    for (which, whole) in samples().into_iter().enumerate() {
        for cut in 0..whole.len() {
            let path = write(folder.path(), "cut", &whole[..cut]);
            let result = read_all(&path, &Limits::default());
            let error = result.expect_err(&format!("sample {which} cut at {cut}"));
            assert_eq!(
                error.kind(),
                ErrorKind::Input,
                "sample {which} cut at {cut}: {error}"
            );
        }
        let path = write(folder.path(), "whole", &whole);
        assert!(read_all(&path, &Limits::default()).unwrap() > 0);
    }
}

#[test]
fn a_flipped_byte_is_an_error_or_changes_no_archive_silently() {
    let folder = tempdir().unwrap();
    // A flip may ask for much: tight limits keep the test small, as they would a service.
    let limits = Limits {
        max_member_bytes: 1 << 20,
        max_column_bytes: 1 << 20,
        ..Limits::default()
    };
    for (which, whole) in samples().into_iter().enumerate() {
        let expected = contents(&write(folder.path(), "whole", &whole), &limits).unwrap();
        for at in 0..whole.len() {
            for flip in [0x01, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] ^= flip;
                let path = write(folder.path(), "flipped", &bytes);
                // No panic, and under a checksum no wrong value either. Plain files have none;
                // neither have columns that are visited at their places in the file. A member
                // whose name is hit is another member, or none.
                let Ok(found) = contents(&path, &limits) else {
                    continue;
                };
                for (name, column) in found {
                    if which > 1 || which == 0 && name == "fortran" {
                        continue;
                    }
                    if let Some((_, whole)) = expected.iter().find(|(n, _)| *n == name) {
                        assert_eq!(&column, whole, "sample {which}, byte {at}, {name}");
                    }
                }
            }
        }
    }
}

fn contents(path: &Path, limits: &Limits) -> Result<Vec<(String, Column)>> {
    let file = ArrayFile::open_with(path, limits)?;
    let mut out = Vec::new();
    for array in file.arrays() {
        let column = if array.shape.len() == 2 {
            let mut values = Vec::new();
            let mut reader = file.matrix(&array.name)?;
            while let Some(block) = reader.next_block(3)? {
                values.extend(block.iter().map(|&v| i64::from(v.to_bits())));
            }
            Column::Int(values)
        } else {
            file.column(&array.name)?
        };
        out.push((array.name.clone(), column));
    }
    Ok(out)
}

#[test]
fn files_that_are_no_arrays_are_told_what_they_are() {
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"\x80\x04\x95\x00\x00", "pickle"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"id,label\n1,2\n", "neither"),
        (b"PK\x03\x04", "damaged or cut"),
        (b"\x93NUMPY\x09\x00", "9.0"),
    ] {
        let error = refused(bytes);
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn folders_and_missing_files_are_said() {
    let folder = tempdir().unwrap();
    let error = ArrayFile::open(folder.path()).unwrap_err();
    assert!(error.message().contains("not a regular file"), "{error}");
    let error = ArrayFile::open(folder.path().join("none.npy")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("none.npy"), "{error}");
}

#[test]
fn unreadable_types_come_with_advice() {
    for (descr, words) in [
        ("'|O'", "never loaded"),
        ("[('x', '<f4'), ('y', '<f4')]", "each field"),
        ("'<c8'", "real"),
        ("'<M8[ns]'", "datetime64[ms]"),
        ("'<f16'", "float32"),
        ("'<U0'", "at least one character"),
    ] {
        let error = refused(&npy(descr, false, &[3], &[0; 64]));
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.message().contains(words), "{descr}: {error}");
    }
}

#[test]
fn absurd_shapes_and_widths_allocate_nothing() {
    let huge = [
        ("'<f4'", "(9223372036854775807, 2)", ErrorKind::Limit),
        ("'<f4'", "(4611686018427387904, 4)", ErrorKind::Limit),
        ("'<f4'", "(1000000000000, 2)", ErrorKind::Input),
        ("'<f4'", "(2, 1000000000000)", ErrorKind::Input),
        ("'<U4611686018427387904'", "(3,)", ErrorKind::Limit),
        ("'<U1000000000'", "(3,)", ErrorKind::Input),
    ];
    for (descr, shape, kind) in huge {
        let dict = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}");
        let plain = npy_with(&dict, &[0; 16]);
        assert_eq!(refused(&plain).kind(), kind, "{dict}");
        let packed = deflated(&[("a.npy", &plain)]);
        assert_eq!(refused(&packed).kind(), kind, "{dict}");
    }
    let none = refused(&npy("'<f4'", false, &[3, 0], &[]));
    assert!(none.message().contains("without values"), "{none}");
}

#[test]
fn shapes_that_are_no_matrix_or_column_are_said() {
    let folder = tempdir().unwrap();
    let cube = npy("'<f4'", false, &[2, 2, 2], &[0; 32]);
    let text = text_column(&["a"]);
    let path = write(
        folder.path(),
        "a.npz",
        &stored(&[("cube.npy", &cube), ("text.npy", &text)]),
    );
    let file = ArrayFile::open(path).unwrap();
    let error = file.matrix("cube").unwrap_err().to_string();
    assert!(
        error.contains("(2, 2, 2)") && error.contains("reshape"),
        "{error}"
    );
    let error = file.column("cube").unwrap_err().to_string();
    assert!(error.contains("ravel"), "{error}");
    let error = file.matrix("text").unwrap_err().to_string();
    assert!(error.contains("text of 1 characters"), "{error}");
    assert!(file.sole_matrix().is_err());
}

#[test]
fn an_unknown_key_names_those_there_are() {
    let folder = tempdir().unwrap();
    let (emb, ids) = (f32_matrix(1, 2, &[1.0, 2.0]), text_column(&["a"]));
    let path = write(
        folder.path(),
        "a.npz",
        &stored(&[("emb.npy", &emb), ("ids.npy", &ids)]),
    );
    let error = ArrayFile::open(&path).unwrap().column("label").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert_eq!(
        error.message(),
        "there is no array `label`; the file holds emb (1, 2) float32, ids (1,) text of 1 characters"
    );
    let path = write(folder.path(), "a.npy", &emb);
    let error = ArrayFile::open(&path).unwrap().matrix("emb").unwrap_err();
    assert!(error.message().contains("without a name"), "{error}");
}

#[test]
fn of_many_arrays_an_unknown_key_names_the_first() {
    let member = i64_column(&[1]);
    let names: Vec<String> = (0..15).map(|i| format!("a{i}.npy")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &member[..])).collect();
    let folder = tempdir().unwrap();
    let path = write(folder.path(), "many.npz", &stored(&members));
    let error = ArrayFile::open(path).unwrap().column("b").unwrap_err();
    let message = error.message();
    assert!(message.ends_with("a11 (1,) int64 and 3 more"), "{message}");
}

#[test]
fn two_matrices_are_ambiguous_and_named() {
    let folder = tempdir().unwrap();
    let emb = f32_matrix(1, 2, &[1.0, 2.0]);
    let path = write(
        folder.path(),
        "a.npz",
        &stored(&[("emb.npy", &emb), ("logits.npy", &emb)]),
    );
    let error = ArrayFile::open(path).unwrap().sole_matrix().unwrap_err();
    assert!(
        error.message().contains("2 arrays could be") && error.message().contains("logits"),
        "{error}"
    );
}

#[test]
fn whole_numbers_beyond_i64_and_broken_texts_name_their_row() {
    let data = [1_u64, u64::MAX].map(u64::to_le_bytes).concat();
    let error = refused(&npy("'<u8'", false, &[2], &data));
    assert!(error.to_string().contains("row 1"), "{error}");
    let error = refused(&npy("'|S2'", false, &[2], b"ok\xff\xfe"));
    assert!(
        error.to_string().contains("row 1") && error.message().contains("UTF-8"),
        "{error}"
    );
    let error = refused(&npy("'<U1'", false, &[1], &0x11_0000_u32.to_le_bytes()));
    assert!(error.message().contains("0x110000"), "{error}");
}

#[test]
fn a_file_that_shrinks_after_opening_is_an_error() {
    let folder = tempdir().unwrap();
    let path = write(
        folder.path(),
        "a.npy",
        &f32_matrix(100_000, 10, &vec![1.0; 1_000_000]),
    );
    let mut reader = ArrayFile::open(&path).unwrap().matrix("").unwrap();
    reader.next_block(1).unwrap();
    std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(500)
        .unwrap();
    let result =
        std::iter::from_fn(|| reader.next_block(100).transpose()).collect::<Result<Vec<_>>>();
    // What was read ahead may still be served; the end must not be invented.
    assert!(result.is_err());
}

#[cfg(unix)]
#[test]
fn a_pipe_does_not_make_the_reader_wait() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|status| status.success()) {
        let error = ArrayFile::open(&path).unwrap_err();
        assert!(error.message().contains("not a regular file"), "{error}");
    }
}

#[test]
fn arrays_appended_to_one_file_are_refused_rather_than_dropped() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("two.npy");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(&i64_column(&[1])).unwrap();
    file.write_all(&i64_column(&[2])).unwrap();
    let error = ArrayFile::open(&path).unwrap_err();
    assert!(error.message().contains("136 bytes follow"), "{error}");
}
