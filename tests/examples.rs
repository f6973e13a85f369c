//! Every example runs, and what it says is looked at.

#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/compare_windows.rs"]
mod compare_windows;
#[cfg(feature = "images")]
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/custom_measure.rs"]
mod custom_measure;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/detector_outputs.rs"]
mod detector_outputs;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/embedding_rate.rs"]
mod embedding_rate;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/log_embeddings.rs"]
mod log_embeddings;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/merge_shards.rs"]
mod merge_shards;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/outputs_memory.rs"]
mod outputs_memory;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/photo_folder.rs"]
mod photo_folder;
#[cfg(all(feature = "fit", feature = "html", feature = "images"))]
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/report_size.rs"]
mod report_size;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/stream_memory.rs"]
mod stream_memory;
#[allow(dead_code, reason = "`main` is called by cargo only")]
#[path = "../examples/training_runs.rs"]
mod training_runs;

use driftsphere::compare::Verdict;
use driftsphere::profile::Profile;

#[test]
fn the_pace_is_that_of_the_profile_which_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let rows = ndarray::Array2::from_shape_fn((50, 3), |(i, j)| (i * (j + 2) % 7) as f32 - 2.5);
    ndarray_npy::write_npy(path("rows.npy"), &rows).unwrap();
    let space = driftsphere::profile::SpaceConfig::new(3);
    let config = driftsphere::profile::ProfileConfig::new().space("embedding", space);
    let mut builder = driftsphere::profile::ProfileBuilder::new(config).unwrap();
    let batch = driftsphere::ingest::Batch::new(50).space("embedding", rows.view());
    builder.track_batch(&batch).unwrap();
    let profile = builder.freeze();
    profile.write(path("reference.dsp")).unwrap();
    let seconds = embedding_rate::run(
        &path("rows.npy"),
        &path("reference.dsp"),
        &path("out.dsp"),
        2,
    );
    assert_eq!(seconds.unwrap().len(), 2);
    assert_eq!(Profile::read(path("out.dsp")).unwrap(), profile);
}

#[test]
fn logged_embeddings_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("window.dsp");
    let profile = log_embeddings::run(&path).unwrap();
    assert_eq!(Profile::read(&path).unwrap(), profile);

    assert_eq!(profile.records(), 200);
    assert_eq!(profile.class_sources().prediction, 200);
    assert_eq!(
        profile.times(),
        Some((1_767_225_600_000, 1_767_225_607_960))
    );
    assert!(profile.tags()["camera"].contains("3"));
    let space = &profile.spaces()["embedding"];
    assert_eq!(space.classes()["forklift"].count(), 100);
    assert_eq!(space.classes()["pallet"].count(), 100);
    assert_eq!(profile.features()["first value"].numbers().count(), 200);
}

#[cfg(feature = "images")]
#[test]
fn measures_of_ones_own_tell_dusk_from_noon() {
    let comparison = custom_measure::run().unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let drifted = |name: &str| {
        let findings = comparison.findings.iter();
        let mut found = findings.filter(|f| f.feature == name || f.group == name);
        found.any(|f| f.verdict == Verdict::Drift)
    };
    assert!(drifted("custom.warmth") && drifted("space fields"));
    assert!(!comparison.notes.iter().any(|n| n.code == "shared-pictures"));
}

#[test]
fn two_machines_and_one_write_the_same_bytes() {
    let (two, one) = merge_shards::run().unwrap();
    assert_eq!(two.records(), 560);
    assert_eq!(two.spaces()["embedding"].clusters().len(), 6);
    assert!(two.to_bytes() == one.to_bytes());
}

#[test]
fn a_degraded_week_drifts_and_names_its_records() {
    let comparison = compare_windows::run("degraded_week").unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let text = compare_windows::describe(&comparison);
    assert!(
        text.starts_with("drift: degraded week against two weeks in March\n"),
        "{text}"
    );
    assert!(
        text.contains("a linear rule tells the windows apart"),
        "{text}"
    );
    // Ids of the pictures, such as d43-021.
    assert!(text.contains(": d"), "{text}");
}

#[test]
fn a_week_like_the_others_does_not_drift() {
    let comparison = compare_windows::run("clean_week").unwrap();
    assert_ne!(comparison.verdict, Verdict::Drift);
    let text = compare_windows::describe(&comparison);
    assert_eq!(text.lines().count(), 1, "{text}");
}

/// Views of one photograph, half of them with a black sky.
#[test]
fn a_dark_sky_is_found_by_a_measure_of_ones_own() {
    let photograph = image::open("tests/data/images/torchvision__astronaut.jpg").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, dark) in [("march", false), ("april", true)] {
        let class = folder.path().join(name).join("astronaut");
        std::fs::create_dir_all(&class).unwrap();
        for at in 0..120 {
            let view = photograph.crop_imm(at * 3, at * 29 % 400, 96, 72);
            let mut view = view.into_rgb8();
            if dark {
                view.rows_mut()
                    .take(24)
                    .flatten()
                    .for_each(|p| p.0 = [0; 3]);
            }
            view.save(class.join(format!("{at}.png"))).unwrap();
        }
    }
    let [march, april] = ["march", "april"].map(|name| folder.path().join(name));
    let comparison = photo_folder::run(&march, &april).unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let sky = comparison
        .findings
        .iter()
        .find(|f| f.feature == "custom.sky");
    assert_eq!(sky.unwrap().verdict, Verdict::Drift);
    assert!(photo_folder::describe(&comparison).starts_with("drift\n  "));
    let label = &photo_folder::profile(&march, Default::default()).unwrap();
    assert_eq!(label.class_sources().label, 120);
}

#[test]
fn another_seed_finds_the_classes_again_and_a_merged_run_names_two() {
    let text = training_runs::describe(&training_runs::run("digits_seed_2").unwrap());
    assert!(text.contains("10 of 10 classes are found again"), "{text}");
    assert!(!text.contains("times as far apart"), "{text}");
    assert!(text.contains("look at digit-"), "{text}");
    let text = training_runs::describe(&training_runs::run("digits_merged").unwrap());
    assert_eq!(text.matches("times as far apart").count(), 1, "{text}");
    assert!(text.contains("1 and 7 are 0."), "{text}");
}

/// The process of a test runs other tests beside it, so its peak says nothing;
/// what a profile holds shows in its file.
#[test]
fn ten_times_the_rows_take_the_same_room() {
    let [short, long] = [20_000, 200_000].map(|n| stream_memory::run(n).unwrap());
    let space = &long.spaces()["embedding"];
    assert_eq!(long.records(), 200_000);
    assert_eq!(space.classes().len(), 10);
    assert!(space.classes().values().all(|c| c.count() == 20_000));
    assert_eq!(space.clusters().len(), 8);
    let [short, long] = [short, long].map(|p| p.to_bytes().len());
    assert!(long < short + short / 10, "{short} and {long} bytes");
    assert_eq!(
        stream_memory::peak_kilobytes().is_some_and(|peak| peak > 1000),
        cfg!(target_os = "linux")
    );
}

#[test]
fn a_zoom_shows_in_what_a_detector_says() {
    let comparison = detector_outputs::run("zoom").unwrap();
    assert_eq!(comparison.verdict, Verdict::Drift);
    let text = detector_outputs::describe(&comparison);
    assert!(
        text.contains("objects are larger: median relative area"),
        "{text}"
    );
    let same = detector_outputs::run("clean").unwrap();
    assert_eq!(detector_outputs::describe(&same).lines().count(), 1);
}

#[test]
fn boxes_that_are_made_as_they_are_read_are_all_profiled() {
    let profile = outputs_memory::run(1_500_000).unwrap();
    let table = &profile.objects()["box"];
    assert_eq!(table.all().objects(), 1_500_000);
    assert_eq!(table.records(), 1_500_000_u64.div_ceil(7));
    assert_eq!(table.classes().len(), 80);
}

#[cfg(all(feature = "fit", feature = "html", feature = "images"))]
#[test]
fn the_page_of_a_large_comparison_stays_small() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let bytes = report_size::write(&path, 200).unwrap();
    let page = std::fs::read_to_string(path).unwrap();
    assert_eq!(page.len(), bytes);
    assert!(bytes < 5_000_000, "{bytes} bytes");
    assert!(page.matches("<image id=").count() > 100);
}
