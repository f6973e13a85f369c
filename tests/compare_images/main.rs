//! Windows of real pictures that were changed in one way: it is found, named, and leads.

mod made;
mod microscope;

use driftsphere::compare::{CompareOptions, Comparison, Verdict, compare};
use driftsphere::ingest::image::{ImageReader, ImageSet};
use driftsphere::ingest::{InputFile, Roles, Selection};
use driftsphere::profile::{ImageMeasures, ImageSettings, Profile, ProfileBuilder, ProfileConfig};
use image::DynamicImage;

use made::{Camera, jpeg_with, views};

/// Views a window.
const VIEWS: usize = 240;

const CAMERA: Camera = Camera {
    model: "DC-1",
    orientation: 1,
};

/// A profile of files, as the command makes one of a folder.
pub(crate) fn profile(files: impl Iterator<Item = Vec<u8>>, extension: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    for (at, bytes) in files.enumerate() {
        std::fs::write(folder.path().join(format!("{at}.{extension}")), bytes).unwrap();
    }
    let measures = ImageMeasures::new(&ImageSettings::default()).unwrap();
    let config = ProfileConfig::new().images(measures.settings().clone());
    let mut set = ImageSet::new(ImageReader::new(), measures.measuring());
    set.add_folder(folder.path());
    let roles = Roles {
        ids: Some("id".into()),
        features: vec!["*".into()],
        ..Roles::default()
    };
    let file = InputFile::of_images(set);
    let mut scan = file.scan(&roles, &Selection::all()).unwrap();
    let mut builder = ProfileBuilder::new(config).unwrap();
    while let Some(block) = scan.next_block(1000).unwrap() {
        builder.track_batch(&block.batch("")).unwrap();
    }
    assert!(scan.problems().is_empty(), "{:?}", scan.problems());
    builder.freeze()
}

/// Views of the vendored photographs, each changed and saved.
fn window(
    seed: u64,
    change: impl Fn(DynamicImage) -> DynamicImage,
    quality: u8,
    camera: &Camera,
) -> Profile {
    let pictures = views(seed, VIEWS).into_iter();
    profile(
        pictures.map(|view| jpeg_with(&change(view), quality, camera)),
        "jpg",
    )
}

fn clean(seed: u64) -> Profile {
    window(seed, |view| view, 92, &CAMERA)
}

fn against(target: &Profile) -> Comparison {
    compare(&clean(1), target, &CompareOptions::default()).unwrap()
}

/// The finding that leads is of this feature, in this group, and says so.
#[track_caller]
fn leads(comparison: &Comparison, feature: &str, group: &str, words: &str) {
    let list: Vec<_> = comparison
        .findings
        .iter()
        .take(6)
        .map(|f| &f.sentence)
        .collect();
    assert_eq!(comparison.verdict, Verdict::Drift, "{list:?}");
    let first = &comparison.findings[0];
    assert_eq!(first.feature, feature, "{list:?}");
    assert_eq!(first.group, group);
    assert!(first.sentence.starts_with(words), "{}", first.sentence);
}

#[test]
fn clean_against_clean_is_no_drift() {
    for seed in [2, 3, 4] {
        let comparison = against(&clean(seed));
        let found = comparison.findings.iter();
        let found: Vec<_> = found
            .filter(|f| f.verdict >= Verdict::PossibleDrift)
            .map(|f| &f.sentence)
            .collect();
        assert!(found.is_empty(), "{found:?}");
        let groups: Vec<_> = comparison.groups.iter().map(|g| g.name.as_str()).collect();
        for group in ["file", "exif", "pixels"] {
            assert!(groups.contains(&group), "{groups:?}");
        }
    }
}

#[test]
fn blurred() {
    let comparison = against(&window(2, |view| view.blur(1.2), 92, &CAMERA));
    leads(
        &comparison,
        "pixels.laplacian_variance",
        "pixels",
        "pictures are blurred: ",
    );
}

#[test]
fn darkened() {
    let dark = |view: DynamicImage| {
        let mut view = view.into_rgb8();
        view.iter_mut()
            .for_each(|s| *s = (u16::from(*s) * 2 / 5) as u8);
        DynamicImage::from(view)
    };
    let comparison = against(&window(2, dark, 92, &CAMERA));
    leads(
        &comparison,
        "pixels.brightness",
        "pixels",
        "pictures are darker: ",
    );
    // Detail scales with the light: that is no blur.
    let detail = (comparison.findings.iter())
        .find(|finding| finding.feature == "pixels.laplacian_variance")
        .unwrap();
    let words = "detail is fainter, as contrast fell: median ";
    assert!(detail.sentence.starts_with(words), "{}", detail.sentence);
}

/// The middle half of each side, scaled back: detail is missing.
#[test]
fn zoomed() {
    let zoom = |view: DynamicImage| {
        let (w, h) = (view.width(), view.height());
        let middle = view.crop_imm(w / 4, h / 4, w / 2, h / 2);
        middle.resize_exact(w, h, image::imageops::FilterType::Triangle)
    };
    let comparison = against(&window(2, zoom, 92, &CAMERA));
    leads(
        &comparison,
        "pixels.laplacian_variance",
        "pixels",
        "pictures are blurred: ",
    );
}

#[test]
fn recompressed() {
    let comparison = against(&window(2, |view| view, 30, &CAMERA));
    leads(
        &comparison,
        "file.jpeg_quality",
        "file",
        "pictures are compressed more: ",
    );
    assert!(
        comparison.findings[0]
            .sentence
            .contains("was always 92.00, is now always 30.00")
    );
}

#[test]
fn rotated_by_exif() {
    let rotated = Camera {
        orientation: 6,
        ..CAMERA
    };
    let comparison = against(&window(2, |view| view, 92, &rotated));
    leads(
        &comparison,
        "file.orientation",
        "file",
        "cameras held otherwise: ",
    );
    assert_eq!(comparison.findings[0].new_values, ["rotated 90"]);
}

#[test]
fn another_camera() {
    let other = Camera {
        model: "DC-2",
        ..CAMERA
    };
    let comparison = against(&window(2, |view| view, 92, &other));
    leads(&comparison, "exif.model", "exif", "another camera: ");
    assert_eq!(comparison.findings[0].new_values, ["DC-2"]);
}

/// Measured at another size, pixels are not compared; files are.
#[test]
fn settings_that_differ_are_told_and_not_compared() {
    let other = clean(2);
    let mut config = other.config().clone();
    let mut settings = config.images.take().unwrap();
    settings.sample_pixels = Some(4096);
    let mut builder = ProfileBuilder::new(config.images(settings)).unwrap();
    let error = builder.merge(&other).unwrap_err().to_string();
    assert!(
        error.contains("unlike sample pixels: 4096 and none"),
        "{error}"
    );
    let batch = driftsphere::ingest::Batch::new(1)
        .feature("pixels.noise", driftsphere::ingest::Column::from(vec![1.0]))
        .feature(
            "file.width",
            driftsphere::ingest::Column::from(vec![120_i64]),
        );
    builder.track_batch(&batch).unwrap();
    let comparison = compare(&other, &builder.freeze(), &CompareOptions::default()).unwrap();
    let of = |name: &str| {
        let finding = comparison.findings.iter().find(|f| f.feature == name);
        finding.and_then(|f| f.reason.clone())
    };
    let reason = of("pixels.noise").unwrap();
    assert_eq!(reason, "measured otherwise: sample pixels: none and 4096");
    assert_eq!(of("file.width"), None);
}
