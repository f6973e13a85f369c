//! Folders of pictures: the whole path beside bare decoding, headers a second, threads, memory.
//!
//! `cargo bench --bench folder`, or one part by its name: `path`, `headers`, `threads`,
//! `memory`. Files are made in a folder of their own and removed.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use driftsphere::ingest::image::{ImageReader, ImageSet};
use driftsphere::ingest::{InputFile, Roles, Selection};
use driftsphere::profile::{ImageMeasures, ImageSettings, Profile, ProfileBuilder, ProfileConfig};
use image::codecs::jpeg::JpegEncoder;
use tempfile::TempDir;

const JPEG: &[u8] = include_bytes!("data/mosaic_1920x1080.jpg");
/// A photograph of a camera, with EXIF and a thumbnail.
const SMALL: &[u8] = include_bytes!("../tests/data/images/jhead__olympus.jpg");

fn folder(files: impl Iterator<Item = (String, Vec<u8>)>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for files");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("room for files");
    }
    folder
}

fn copies(bytes: &[u8], count: usize) -> TempDir {
    folder((0..count).map(|at| (format!("{at:05}.jpg"), bytes.to_vec())))
}

/// The profile of a folder, as the command makes it.
fn profile(folder: &Path, headers_only: bool, threads: usize) -> Profile {
    let mut settings = ImageSettings::default();
    settings.pixels = !headers_only;
    let measures = ImageMeasures::new(&settings).expect("settings");
    let reader = ImageReader::new();
    let reader = if headers_only {
        reader.headers_only()
    } else {
        reader
    };
    let mut set = ImageSet::new(reader, measures.measuring());
    set.add_folder(folder);
    let roles = Roles {
        ids: Some("id".into()),
        features: vec!["*".into()],
        ..Roles::default()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads").install(|| {
        let file = InputFile::of_images(set);
        let mut scan = file.scan(&roles, &Selection::all()).expect("a folder");
        let config = ProfileConfig::new().images(settings);
        let mut builder = ProfileBuilder::new(config).expect("a configuration");
        while let Some(block) = scan.next_block(1000).expect("pictures") {
            builder.track_batch(&block.batch("")).expect("records");
        }
        builder.freeze()
    })
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn told(name: &str, mut values: Vec<f64>, unit: &str) {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| values[values.len() * share / 4];
    println!("{name}: {:.3} [{:.3}, {:.3}] {unit}", at(2), at(1), at(3));
}

/// Both in turn, so that a change of the machine's speed meets both alike.
fn path() {
    let folder = copies(JPEG, 1);
    let file = folder.path().join("00000.jpg");
    let measures = ImageMeasures::new(&ImageSettings::default()).expect("settings");
    let reader = ImageReader::new();
    let (mut shares, mut times) = (Vec::new(), Vec::new());
    for _ in 0..41 {
        let decoded = seconds(|| {
            let bytes = std::fs::read(&file).expect("the file");
            black_box(image::load_from_memory(&bytes).expect("a picture"));
        });
        let whole = seconds(|| {
            let picture = reader.read(&file).expect("a picture");
            black_box(measures.measure(&picture, "00000.jpg"));
        });
        shares.push(whole / decoded);
        times.push(1e3 * whole);
    }
    told("whole path / decoding", shares, "");
    told("whole path", times, "ms");
}

fn headers() {
    let folder = copies(SMALL, 20_000);
    profile(folder.path(), true, 2);
    for threads in [1, 2] {
        let rounds = (0..5)
            .map(|_| 20_000.0 / seconds(|| drop(black_box(profile(folder.path(), true, threads)))));
        told(
            &format!("headers, {threads} threads"),
            rounds.collect(),
            "files a second",
        );
    }
}

fn threads() {
    let folder = copies(JPEG, 24);
    let ratios = (0..5).map(|_| {
        let one = seconds(|| drop(black_box(profile(folder.path(), false, 1))));
        one / seconds(|| drop(black_box(profile(folder.path(), false, 2))))
    });
    told("one thread / two threads", ratios.collect(), "");
}

fn memory() {
    let large = image::load_from_memory(JPEG).expect("a picture");
    let large = large.resize_exact(4000, 3000, image::imageops::FilterType::Nearest);
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 85);
    large.write_with_encoder(encoder).expect("a picture");
    drop(large);
    let files = copies(SMALL, 20_000);
    for at in 0..40 {
        let path = files.path().join(format!("large{at}.jpg"));
        std::fs::write(path, &bytes).expect("room for files");
    }
    println!("memory before: {:?} kB", peak_kilobytes());
    let profile = profile(files.path(), false, 2);
    println!(
        "memory after {} pictures, 40 of them of 12 megapixels: {:?} kB",
        profile.records(),
        peak_kilobytes()
    );
}

/// `VmHWM` of this process; Linux alone has it.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn main() {
    let parts: [(&str, fn()); 4] = [
        ("memory", memory),
        ("path", path),
        ("headers", headers),
        ("threads", threads),
    ];
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|a| a == name) {
            part();
        }
    }
}
