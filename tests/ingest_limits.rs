//! Archives that unfold to more, or less, than they state, and the limits that
//! memory meets first.

mod ingest_files;

use driftsphere::ErrorKind;
use driftsphere::ingest::{ArrayFile, Limits};
use ingest_files::{
    deflated, f32_matrix, i64_column, npy, npy_with, refused, stored, text_column, write,
};
use tempfile::tempdir;

/// Overwrites the stated length of the only member, in both places it stands.
fn restate_size(mut bytes: Vec<u8>, from: u32, to: u32) -> Vec<u8> {
    let pattern = from.to_le_bytes();
    let mut places = 0;
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == pattern {
            bytes[at..at + 4].copy_from_slice(&to.to_le_bytes());
            places += 1;
        }
    }
    assert_eq!(places, 2);
    bytes
}

#[test]
fn a_member_that_unfolds_to_more_than_it_states_is_a_bomb() {
    // One row is promised by header and archive; a megabyte of zeros follows.
    let mut member = f32_matrix(1, 2, &[1.0, 2.0]);
    let honest = member.len() as u32;
    member.resize(1 << 20, 0);
    let bytes = restate_size(deflated(&[("a.npy", &member)]), 1 << 20, honest);
    let error = refused(&bytes);
    assert!(error.message().contains("bomb"), "{error}");
    assert!(error.to_string().contains("array a"), "{error}");
}

#[test]
fn a_member_that_unfolds_to_less_than_it_states_is_truncated() {
    let member = f32_matrix(1, 2, &[1.0, 2.0]);
    let honest = member.len() as u32;
    let claim = npy_with(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 100)}",
        &member[128..],
    );
    assert_eq!(claim.len() as u32, honest);
    let bytes = restate_size(deflated(&[("a.npy", &claim)]), honest, 400_000_128);
    let error = refused(&bytes);
    assert!(error.message().contains("truncated"), "{error}");
}

#[test]
fn a_column_bomb_meets_the_limit_before_memory_does() {
    let zeros = vec![0_u8; 4 << 20];
    let member = npy("'|S1'", false, &[zeros.len()], &zeros);
    let bytes = deflated(&[("ids.npy", &member)]);
    assert!(
        bytes.len() < 10_000,
        "4 million empty ids in a few kilobytes"
    );
    let folder = tempdir().unwrap();
    let path = write(folder.path(), "bomb.npz", &bytes);
    let limits = Limits {
        max_column_bytes: 64 << 20,
        ..Limits::default()
    };
    let file = ArrayFile::open_with(&path, &limits).unwrap();
    let error = file.column("ids").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().contains("max_column_bytes"), "{error}");

    let limits = Limits {
        max_member_bytes: 1 << 20,
        ..Limits::default()
    };
    let error = ArrayFile::open_with(&path, &limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}

#[test]
fn long_texts_count_towards_the_limit_as_they_arrive() {
    let texts = vec!["x".repeat(1000); 100];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let folder = tempdir().unwrap();
    let path = write(folder.path(), "a.npy", &text_column(&texts));
    let limits = Limits {
        max_column_bytes: 50_000,
        ..Limits::default()
    };
    let file = ArrayFile::open_with(&path, &limits).unwrap();
    assert_eq!(file.column("").unwrap_err().kind(), ErrorKind::Limit);
    let limits = Limits {
        max_text_bytes: 3999,
        ..Limits::default()
    };
    let file = ArrayFile::open_with(&path, &limits).unwrap();
    assert!(
        file.column("")
            .unwrap_err()
            .message()
            .contains("4000 bytes")
    );
}

#[test]
fn a_compressed_fortran_matrix_is_held_whole_only_under_the_limit() {
    let member = npy("'<f4'", true, &[1000, 10], &vec![0; 40_000]);
    let folder = tempdir().unwrap();
    let path = write(folder.path(), "a.npz", &deflated(&[("m.npy", &member)]));
    let limits = Limits {
        max_column_bytes: 39_999,
        ..Limits::default()
    };
    let error = ArrayFile::open_with(path, &limits)
        .unwrap()
        .matrix("m")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.message().contains("ascontiguousarray"), "{error}");
}

#[test]
fn too_many_members_and_foreign_compression_are_refused() {
    let member = i64_column(&[1]);
    let folder = tempdir().unwrap();
    let names: Vec<String> = (0..20).map(|i| format!("a{i}.npy")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &member[..])).collect();
    let path = write(folder.path(), "a.npz", &stored(&members));
    let limits = Limits {
        max_arrays: 19,
        ..Limits::default()
    };
    assert_eq!(
        ArrayFile::open_with(path, &limits).unwrap_err().kind(),
        ErrorKind::Limit
    );

    // Method 14 (LZMA) instead of 0 in both headers of a stored member.
    let mut bytes = stored(&[("a.npy", &member)]);
    bytes[8] = 14;
    let central = bytes.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bytes[central + 10] = 14;
    let error = refused(&bytes);
    assert!(error.message().contains("np.savez_compressed"), "{error}");
}
