//! Damaged files of every kind: an error or a counted record, never a panic.

use crate::support::{Folder, all, named, read, vector};
use driftsphere::ingest::{InputFile, Roles};
use std::path::Path;

/// Reads all that can be read, as records and as embeddings.
fn read_all(path: &Path) {
    let Ok(file) = InputFile::open(path) else {
        return;
    };
    let _ = read(path, &all(), 3);
    for name in ["fixed", "ragged", "emb"] {
        let roles = Roles {
            embeddings: named(name),
            ids: named("id"),
            ..all()
        };
        if file.dimension(name).is_ok() {
            let _ = read(path, &roles, 3);
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The file cut at many lengths, and with bytes changed at many places.
fn damage(bytes: &[u8], cuts: usize, flips: usize) {
    let folder = Folder::new();
    for step in 0..cuts {
        let length = bytes.len() * step / cuts;
        read_all(&folder.write("cut", &bytes[..length]));
    }
    let mut state = bytes.len() as u64;
    for _ in 0..flips {
        let mut damaged = bytes.to_vec();
        for _ in 0..1 + random(&mut state) % 3 {
            let at = random(&mut state) as usize % damaged.len();
            damaged[at] = random(&mut state) as u8;
        }
        read_all(&folder.write("flipped", damaged));
    }
}

#[test]
fn parquet_in_pieces() {
    // A panic of the parquet crate is caught by the reader and printed by the
    // test harness; what counts is that none gets here.
    let bytes = std::fs::read(vector("kinds_snappy.parquet")).unwrap();
    damage(&bytes, 150, 400);
    // The description lies at the end: most of what misleads is there.
    let folder = Folder::new();
    let start = bytes.len() * 2 / 3;
    for at in (start..bytes.len()).step_by(7) {
        for value in [0x00, 0x7f, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            read_all(&folder.write("footer", damaged));
        }
    }
}

#[test]
fn texts_and_tensors_in_pieces() {
    let csv = "id,x,t\n1,0.5,a\n2,,\"b\nc\"\n3,1e9,d\n";
    damage(csv.as_bytes(), csv.len(), 300);
    let json =
        "{\"id\": 1, \"x\": {\"y\": 0.5}, \"emb\": [1, 2.5]}\n{\"id\": \"b\", \"emb\": [0, 1]}\n";
    damage(json.as_bytes(), json.len(), 300);
    let header = "{\"emb\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}";
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend(header.bytes());
    tensors.extend([1.0_f32, 2.0, 3.0, 4.0].map(f32::to_le_bytes).concat());
    damage(&tensors, tensors.len(), 300);
}

#[test]
fn a_footer_that_claims_too_much_is_refused() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(vector("kinds_snappy.parquet")).unwrap();
    let end = bytes.len() - 8;
    for (length, words) in [(u32::MAX, "the limit is"), (1 << 20, "truncated inside")] {
        bytes[end..end + 4].copy_from_slice(&length.to_le_bytes());
        let error = InputFile::open(folder.write("footer", &bytes))
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    }
    let cut = &bytes[..bytes.len() / 2];
    let error = InputFile::open(folder.write("cut", cut))
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not end with PAR1"), "{error}");
}
