//! Damaged profile and codebook files: a typed error, never a panic.

use driftsphere::ErrorKind;
use driftsphere::compare::{CompareOptions, Comparison, compare};
use driftsphere::ingest::{Batch, Column};
use driftsphere::profile::{
    Codebooks, FitOptions, Profile, ProfileBuilder, ProfileConfig, SpaceConfig, fit,
    profile_reference,
};
use driftsphere::sketch::hash_bytes;
use ndarray::Array2;

/// A small profile with every part filled.
fn profile() -> Profile {
    let config = ProfileConfig::new().max_classes(2).space(
        "e",
        SpaceConfig::new(3)
            .model("m")
            .sample_rows(6)
            .sample_bytes(2_000),
    );
    let config = config.angle("score", 24.0).angle("hue", 360.0);
    let options = FitOptions {
        clusters: 2,
        seed: 0,
        ..FitOptions::default()
    };
    profile_reference(config, options, |builder| {
        let rows = Array2::from_shape_fn((24, 3), |(i, j)| ((i * 5 + j * 3) % 7) as f32 - 2.0);
        let texts =
            |m: usize| Column::from((0..24).map(|i| format!("{}", i % m)).collect::<Vec<_>>());
        builder.track_batch(
            &Batch::new(24)
                .ids(texts(20))
                .labels(texts(4))
                .groups(texts(3))
                .times((0..24).collect::<Vec<i64>>())
                .feature(
                    "score",
                    Column::from((0..24).map(f64::from).collect::<Vec<_>>()),
                )
                .feature("camera", texts(2))
                .space("e", rows.view()),
        )
    })
    .unwrap()
}

/// A profile of the same parts with rows enough to be sealed.
fn sealed() -> Profile {
    let config = ProfileConfig::new().space("e", SpaceConfig::new(3).model("m"));
    let options = FitOptions {
        clusters: 2,
        seed: 0,
        ..FitOptions::default()
    };
    let open = profile_reference(config, options, |builder| {
        let rows = Array2::from_shape_fn((60, 3), |(i, j)| ((i * 5 + j * 3) % 7) as f32 - 2.0);
        let texts =
            |m: usize| Column::from((0..60).map(|i| format!("{}", i % m)).collect::<Vec<_>>());
        builder.track_batch(
            &Batch::new(60)
                .ids(texts(60))
                .labels(texts(2))
                .feature(
                    "score",
                    Column::from((0..60).map(f64::from).collect::<Vec<_>>()),
                )
                .feature("camera", texts(7))
                .space("e", rows.view()),
        )
    });
    open.unwrap().seal().unwrap()
}

fn is_typed(result: driftsphere::Result<Profile>) -> bool {
    match result {
        Ok(_) => false,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            matches!(
                error.kind(),
                ErrorKind::Format | ErrorKind::Version | ErrorKind::Argument
            )
        }
    }
}

#[test]
fn a_profile_cut_at_every_length_is_refused() {
    for bytes in [profile().to_bytes(), sealed().to_bytes()] {
        assert!(bytes.len() > 1_000);
        for n in 0..bytes.len() {
            assert!(is_typed(Profile::from_bytes(&bytes[..n])), "cut at {n}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(is_typed(Profile::from_bytes(&longer)));
    }
}

#[test]
fn a_profile_with_any_byte_flipped_is_refused() {
    for bytes in [profile().to_bytes(), sealed().to_bytes()] {
        for n in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[n] ^= 0x55;
            assert!(is_typed(Profile::from_bytes(&flipped)), "byte {n}");
        }
    }
}

/// Sections of a file as (start of the section, start of the body, end).
fn sections(bytes: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut at = 16;
    let mut out = Vec::new();
    while at < bytes.len() {
        let length = u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()) as usize;
        out.push((at, at + 16, at + 16 + length));
        at += 16 + length;
    }
    out
}

/// Makes the checksum of a section right again, as a forger would.
fn reseal(bytes: &mut [u8], (start, body, end): (usize, usize, usize)) {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[start..start + 12]);
    hasher.update(&bytes[body..end]);
    let crc = hasher.finalize().to_le_bytes();
    bytes[start + 12..start + 16].copy_from_slice(&crc);
}

#[test]
fn forged_bodies_never_panic_and_never_pass_half_checked() {
    forge(&profile());
}

#[test]
fn forged_sealed_profiles_are_held_to_the_same() {
    forge(&sealed());
}

/// Without its last section, a sealed profile has buckets that no other may have.
#[test]
fn a_seal_cannot_be_taken_off() {
    let bytes = sealed().to_bytes();
    let last = *sections(&bytes).last().unwrap();
    assert_eq!(&bytes[last.0..last.0 + 4], b"SEAL");
    let mut opened = bytes[..last.0].to_vec();
    let count = u32::from_le_bytes(opened[12..16].try_into().unwrap()) - 1;
    opened[12..16].copy_from_slice(&count.to_le_bytes());
    let error = Profile::from_bytes(&opened).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Format);
}

#[test]
fn forged_tables_of_objects_are_held_to_the_same() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/objects.dsp");
    forge(&Profile::read(golden).unwrap());
}

/// Pages are drawn from what profiles hold.
#[cfg(feature = "html")]
fn draw(answer: Option<&Comparison>, reference: &Profile, target: &Profile) {
    use driftsphere::report::html;
    if let Some(answer) = answer {
        let page = html::comparison(answer, reference, target, &html::Pictures::default());
        assert!(page.ends_with("</html>"));
    }
    assert!(html::profile(target, "forged").ends_with("</html>"));
}

#[cfg(not(feature = "html"))]
fn draw(_: Option<&Comparison>, _: &Profile, _: &Profile) {}

fn forge(honest: &Profile) {
    let bytes = honest.to_bytes();
    let mut accepted = 0;
    let mut refused = 0;
    for section in sections(&bytes) {
        for at in section.1..section.2 {
            for change in [1_u8, 0x80, 0xff] {
                let mut forged = bytes.clone();
                forged[at] ^= change;
                reseal(&mut forged, section);
                match Profile::from_bytes(&forged) {
                    // What is let in is a profile like any other: it can be
                    // written, merged and compared.
                    Ok(profile) => {
                        accepted += 1;
                        if accepted % 16 == 0 {
                            assert!(Profile::from_bytes(&profile.to_bytes()).is_ok());
                            let _ = profile.clone().merge(&profile);
                            let _ = honest.clone().merge(&profile);
                            let answer = compare(honest, &profile, &CompareOptions::default());
                            draw(answer.ok().as_ref(), honest, &profile);
                        }
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(refused > accepted, "{refused} refused, {accepted} accepted");
    assert!(accepted > 100, "ids and counts may change: {accepted}");
}

#[test]
fn absurd_counts_are_refused_before_memory_is_taken() {
    for bytes in [profile().to_bytes(), sealed().to_bytes()] {
        for section in sections(&bytes) {
            for at in (section.1..section.2).step_by(3) {
                let mut forged = bytes.clone();
                let end = (at + 9).min(section.2);
                forged[at..end].fill(0xff);
                reseal(&mut forged, section);
                let _ = Profile::from_bytes(&forged);
            }
        }
    }
}

#[test]
fn codebook_files_are_held_to_the_same() {
    let mut builder =
        ProfileBuilder::new(ProfileConfig::new().space("e", SpaceConfig::new(2))).unwrap();
    let rows = Array2::from_shape_fn((30, 2), |(i, j)| {
        (hash_bytes(9, &(i * 2 + j).to_le_bytes()) % 100) as f32 - 50.0
    });
    builder
        .track_batch(&Batch::new(30).space("e", rows.view()))
        .unwrap();
    let books = fit(&builder.freeze(), FitOptions::default()).unwrap();
    let bytes = books.to_bytes();
    assert_eq!(Codebooks::from_bytes(&bytes).unwrap(), books);
    assert!(Profile::from_bytes(&bytes).is_err());
    for n in 0..bytes.len() {
        assert!(Codebooks::from_bytes(&bytes[..n]).is_err());
        let mut flipped = bytes.clone();
        flipped[n] ^= 0x10;
        assert!(Codebooks::from_bytes(&flipped).is_err());
        for section in sections(&bytes)
            .into_iter()
            .filter(|s| (s.1..s.2).contains(&n))
        {
            reseal(&mut flipped, section);
            let _ = Codebooks::from_bytes(&flipped);
        }
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Profile::read("no/such/file.dsp").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("no/such/file.dsp"));
}

#[test]
fn a_failed_write_leaves_the_old_file_and_no_leftover() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.dsp");
    profile().write(&path).unwrap();
    let before = std::fs::read(&path).unwrap();
    // A folder of that name cannot be replaced by a file.
    let blocked = folder.path().join("blocked.dsp");
    std::fs::create_dir(&blocked).unwrap();
    std::fs::write(blocked.join("inside"), b"x").unwrap();
    assert!(profile().write(&blocked).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
