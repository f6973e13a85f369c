//! Pictures that came more than once, in one window or in both.

use crate::profile::Profile;
use crate::sketch::Pair;

use super::result::Note;

/// Pictures look alike whose perceptual hashes differ by at most so many of their 64 bits;
/// unrelated ones differ by about 32, with a standard deviation of 4.
const NEAR_BITS: u32 = 6;

/// Share of copies in a window from which it is said.
const WORTH_A_NOTE: f64 = 0.01;

/// Share of pictures that look alike within the reference, from which looking alike tells
/// nothing between the windows.
const USUAL: f64 = 0.1;

/// Copies inside one window.
pub(super) fn repeated(side: &str, profile: &Profile) -> Option<Note> {
    let copies = profile.pictures()?.copies(NEAR_BITS);
    let found = copies.exact + copies.near;
    if (found as f64) < WORTH_A_NOTE * copies.pictures as f64 || found == 0 {
        return None;
    }
    Some(Note {
        code: "repeated-pictures".into(),
        text: format!(
            "{found} of {} {}pictures of the {side} are repeats ({} of the same content, {} that \
             look alike){}; they count as records like any others",
            copies.pictures,
            sampled(copies.is_complete),
            copies.exact,
            copies.near,
            example(&copies.examples),
        ),
    })
}

/// Pictures that both windows have.
pub(super) fn shared(reference: &Profile, target: &Profile) -> Option<Note> {
    if reference.config().seed != target.config().seed {
        return None;
    }
    let pictures = reference.pictures()?;
    let shared = pictures.shared(target.pictures()?, NEAR_BITS);
    // A camera that does not move: its pictures look alike without being the same.
    let own = pictures.copies(NEAR_BITS);
    let is_usual = own.near as f64 >= USUAL * own.pictures as f64;
    let near = if is_usual { 0 } else { shared.near };
    let found = shared.exact + near;
    if found == 0 {
        return None;
    }
    let (looks, common) = shared.looks;
    let common = if is_usual {
        shared.exact.min(common)
    } else {
        common
    };
    let interval = match shared.is_complete {
        true => String::new(),
        false => {
            let (low, high) = wilson(common, looks);
            format!(
                "; 95 % interval {:.1} % to {:.1} %",
                100.0 * low,
                100.0 * high
            )
        }
    };
    Some(Note {
        code: "shared-pictures".into(),
        text: format!(
            "{found} of {} {}pictures of the target are in the reference already ({} of the same \
             content, {} that look alike{interval}){}: did one leak into the other?",
            shared.pictures,
            sampled(shared.is_complete),
            shared.exact,
            near,
            example(&shared.examples),
        ),
    })
}

fn sampled(is_complete: bool) -> &'static str {
    if is_complete { "" } else { "sampled " }
}

fn example(pairs: &[Pair]) -> String {
    let named = pairs
        .iter()
        .find_map(|(a, b, _)| Some((a.as_ref()?, b.as_ref()?)));
    named.map_or_else(String::new, |(a, b)| format!(", such as {a} and {b}"))
}

/// The score interval for a share (Wilson 1927) at 95 %.
pub(crate) fn wilson(found: u64, n: u64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let n = n as f64;
    let share = found as f64 / n;
    let centre = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (
        ((centre - spread) / scale).max(0.0),
        ((centre + spread) / scale).min(1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Batch, Column, Fingerprint};
    use crate::profile::{IdMode, ProfileBuilder, ProfileConfig};
    use crate::sketch::hash_bytes;

    fn profile(config: &ProfileConfig, pictures: &[(u64, u64)]) -> Profile {
        let ids = pictures
            .iter()
            .enumerate()
            .map(|(i, (content, _))| format!("{content}-{i}.jpg"));
        let prints = pictures.iter().map(|&(content, change)| {
            let perceptual = hash_bytes(5, &content.to_le_bytes()) ^ change;
            let content = content * 1000 + change;
            Some(Fingerprint {
                content,
                perceptual,
            })
        });
        let batch = Batch::new(pictures.len())
            .ids(Column::Text(ids.collect()))
            .fingerprints(prints.collect::<Vec<_>>());
        let mut builder = ProfileBuilder::new(config.clone()).unwrap();
        builder.track_batch(&batch).unwrap();
        builder.freeze()
    }

    #[test]
    fn a_leak_is_told_with_its_numbers() {
        let config = ProfileConfig::new();
        let reference: Vec<_> = (0..500).map(|i| (i, 0)).collect();
        // 8 pictures as they were, 4 with three bits of their looks changed.
        let target: Vec<_> = (492..500)
            .map(|i| (i, 0))
            .chain((0..4).map(|i| (i, 0b1011)))
            .chain((1000..1288).map(|i| (i, 0)))
            .collect();
        let (reference, target) = (profile(&config, &reference), profile(&config, &target));
        let text = shared(&reference, &target).unwrap().text;
        let expected = "12 of 300 pictures of the target are in the reference already (8 of the \
                        same content, 4 that look alike), such as ";
        assert!(text.starts_with(expected), "{text}");
        assert!(repeated("target", &target).is_none());
        // Nothing of it without ids.
        let silent = config.ids(IdMode::None);
        // Where pictures look alike within the reference, only the same ones are told.
        let alike: Vec<_> = (0..100).map(|i| (i % 10, i)).collect();
        let camera = profile(&silent, &alike);
        assert!(shared(&camera, &profile(&silent, &[(3, 1 << 40)])).is_none());
        let text = shared(&camera, &profile(&silent, &[(3, 3)])).unwrap().text;
        assert!(text.starts_with("1 of 1 pictures of the target"), "{text}");
        let (reference, target) = (
            profile(&silent, &[(1, 0), (2, 0)]),
            profile(&silent, &[(1, 0), (1, 0), (3, 0)]),
        );
        let text = shared(&reference, &target).unwrap().text;
        assert!(
            text.starts_with("2 of 3 pictures") && !text.contains("such as"),
            "{text}"
        );
        let text = repeated("target", &target).unwrap().text;
        assert!(
            text.starts_with("1 of 3 pictures of the target are repeats"),
            "{text}"
        );
    }

    #[test]
    fn large_windows_are_sampled_and_say_so() {
        let config = ProfileConfig::new().sample_rows(200);
        let reference: Vec<_> = (0..5000).map(|i| (i, 0)).collect();
        let target: Vec<_> = (4000..9000).map(|i| (i, 0)).collect();
        let (reference, target) = (profile(&config, &reference), profile(&config, &target));
        assert_eq!(reference.pictures().unwrap().len(), 200);
        let text = shared(&reference, &target).unwrap().text;
        assert!(text.contains("sampled pictures of the target"), "{text}");
        assert!(text.contains("95 % interval"), "{text}");
        let none = profile(&config, &[]);
        assert!(none.pictures().is_none() && shared(&reference, &none).is_none());
    }

    #[test]
    fn the_interval_is_that_of_wilson() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20.
        for (found, n, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
        ] {
            let (a, b) = wilson(found, n);
            assert!((a - low).abs() < 6e-5 && (b - high).abs() < 6e-5, "{a} {b}");
        }
    }

    #[cfg(feature = "images")]
    #[test]
    fn a_picture_saved_anew_is_found_among_the_others() {
        use crate::compare::{CompareOptions, compare};
        use crate::ingest::image::{ImageReader, ImageSet};
        use crate::ingest::{InputFile, Roles, Selection};
        use crate::profile::{ImageMeasures, ImageSettings};

        let measures = ImageMeasures::new(&ImageSettings::default()).unwrap();
        let config = ProfileConfig::new().images(measures.settings().clone());
        let profile = |files: &[std::path::PathBuf]| {
            let mut set = ImageSet::new(ImageReader::new(), measures.clone().measuring());
            for file in files {
                set.add_file(file);
            }
            let roles = Roles {
                ids: Some("id".into()),
                features: vec!["*".into()],
                ..Roles::default()
            };
            let file = InputFile::of_images(set);
            let mut scan = file.scan(&roles, &Selection::all()).unwrap();
            let mut builder = ProfileBuilder::new(config.clone()).unwrap();
            while let Some(block) = scan.next_block(1000).unwrap() {
                builder.track_batch(&block.batch("")).unwrap();
            }
            builder.freeze()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| std::path::Path::new("tests/data/images").join(name);
        let astronaut = image::open(path("torchvision__astronaut.jpg")).unwrap();
        let (same, small) = (folder.path().join("a.png"), folder.path().join("b.jpg"));
        astronaut.save(&same).unwrap();
        let moon = image::open(path("skimage__moon.png")).unwrap();
        moon.thumbnail(300, 300).into_rgb8().save(&small).unwrap();

        let reference = profile(&[
            path("torchvision__astronaut.jpg"),
            path("skimage__moon.png"),
            path("jhead__powershot_g2.jpg"),
        ]);
        let target = profile(&[same, small, path("jhead__olympus.jpg")]);
        let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
        let note = answer
            .notes
            .iter()
            .find(|n| n.code == "shared-pictures")
            .unwrap();
        let expected = "2 of 3 pictures of the target are in the reference already (1 of the \
                        same content, 1 that look alike), such as tests/data/images/";
        assert!(note.text.starts_with(expected), "{}", note.text);
    }
}
