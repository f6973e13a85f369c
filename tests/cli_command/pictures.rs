//! Folders of pictures, as the command reads them.

use std::path::{Path, PathBuf};

use driftsphere::profile::Profile;

use crate::support::{Bench, npy};

/// A picture of `width` x 24 pixels whose content depends on `seed`.
fn picture(seed: u32, width: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, 24, |x, y| {
        let n = (x * 31 + y * 17 + seed * 101).wrapping_mul(0x9e37_79b9) >> 16;
        image::Rgb([n as u8, (n >> 3) as u8, seed as u8])
    })
}

/// `photos/a/0.png` ... and `photos/b/0.png` ...
fn photos(bench: &Bench) {
    for class in ["a", "b"] {
        std::fs::create_dir_all(bench.path("photos").join(class)).unwrap();
        for seed in 0..6 {
            let name = format!("photos/{class}/{seed}.png");
            picture(seed, 32).save(bench.path(&name)).unwrap();
        }
    }
}

fn read(bench: &Bench, name: &str) -> Profile {
    Profile::read(bench.path(name)).unwrap()
}

fn vendored(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/images")
        .join(name)
}

#[test]
fn a_folder_in_a_profile_out_whatever_the_threads() {
    let bench = Bench::new();
    photos(&bench);
    bench.ok("profile photos --labels folder --threads 1 -o one.dsp");
    bench.ok("profile photos/ --labels folder --threads 4 -o four.dsp");
    assert_eq!(bench.read("one.dsp"), bench.read("four.dsp"));
    let profile = read(&bench, "one.dsp");
    assert_eq!((profile.records(), profile.class_sources().label), (12, 12));
    assert!(profile.config().images.is_some());
    for name in ["file.width", "file.pixels", "exif.model", "pixels.noise"] {
        assert!(profile.features().contains_key(name), "{name}");
    }
    // Parts of the folder, by name, merge to the whole.
    bench.ok("profile photos --labels folder --where folder=a -o a.dsp");
    bench.ok("profile photos --labels folder --where folder=b -o b.dsp");
    bench.ok("merge a.dsp b.dsp -o ab.dsp");
    let merged = read(&bench, "ab.dsp");
    assert_eq!(merged.features(), profile.features());
}

#[test]
fn pictures_without_the_time_that_was_asked_for_are_no_empty_window() {
    let bench = Bench::new();
    photos(&bench);
    for line in ["-o t.dsp", "--window 1d -o days"] {
        let outcome = bench.run(&format!("profile photos --time exif {line}"));
        assert_eq!(outcome.status, 2, "{}", outcome.err);
        assert!(
            outcome.err.contains("no record is left to profile: 12 "),
            "{}",
            outcome.err
        );
    }
    assert!(!bench.path("t.dsp").exists());
}

#[test]
fn headers_only_reads_no_pixels_and_belongs_to_the_configuration() {
    let bench = Bench::new();
    photos(&bench);
    bench.ok("profile photos --pixels none -o headers.dsp");
    let profile = read(&bench, "headers.dsp");
    let names: Vec<_> = profile.features().keys().map(String::as_str).collect();
    assert!(
        !names.iter().any(|name| name.starts_with("pixels.")),
        "{names:?}"
    );
    bench.ok("profile photos -o whole.dsp");
    let outcome = bench.run("merge headers.dsp whole.dsp -o both.dsp");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("unlike pixels: not read and read"),
        "{}",
        outcome.err
    );
    // A profile that is followed is followed in this, too.
    bench.ok("profile photos --like headers.dsp -o again.dsp");
    assert_eq!(bench.read("again.dsp"), bench.read("headers.dsp"));
    let outcome = bench.run("profile photos --like headers.dsp --pixels all -o x.dsp");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("pixels: not read; asked for: read"),
        "{}",
        outcome.err
    );
}

#[test]
fn flags_reach_the_measures() {
    let bench = Bench::new();
    photos(&bench);
    std::fs::copy(
        vendored("piexif__r_canon.jpg"),
        bench.path("photos/canon.jpg"),
    )
    .unwrap();
    let toml = "[measure.top]\nsteps = [{ crop = { width = 8, height = 8 } }]\nask = \"mean\"\n";
    std::fs::write(bench.path("m.toml"), toml).unwrap();
    bench.ok(
        "profile photos --model-input 64x12 --measures m.toml --sample-pixels 1024 \
         --exif-allow owner --exif-allow gps_latitude --exif-deny make -o p.dsp",
    );
    let profile = read(&bench, "p.dsp");
    let features = profile.features();
    // 64 / 32 over 12 / 24.
    assert_eq!(features["file.model_distortion"].numbers().min(), Some(4.0));
    assert_eq!(features["custom.top"].numbers().count(), 13);
    assert!(features.contains_key("exif.gps_latitude") && !features.contains_key("exif.make"));
    let outcome = bench.run("profile photos --measures photos/canon.jpg");
    assert_eq!(outcome.status, 2);
    let outcome = bench.run("profile photos --pixels none --measures m.toml");
    assert!(
        outcome.err.contains("nothing to measure"),
        "{}",
        outcome.err
    );
}

#[test]
fn location_and_serials_are_not_logged_unless_named() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("photos")).unwrap();
    std::fs::copy(
        vendored("piexif__r_canon.jpg"),
        bench.path("photos/canon.jpg"),
    )
    .unwrap();
    bench.ok("profile photos --exif-allow * -o p.dsp");
    let profile = read(&bench, "p.dsp");
    let names = profile.features().keys();
    let private = ["gps", "serial", "owner", "artist", "comment", "description"];
    for name in names {
        assert!(!private.iter().any(|part| name.contains(part)), "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_listed_and_trouble_only_where_all_failed() {
    let bench = Bench::new();
    photos(&bench);
    let whole = std::fs::read(vendored("torchvision__astronaut.jpg")).unwrap();
    std::fs::write(bench.path("photos/cut.jpg"), &whole[..20_000]).unwrap();
    std::fs::write(bench.path("photos/\u{1b}[31m.jpg"), &whole[..100]).unwrap();
    std::fs::write(bench.path("photos/notes.txt"), "not a picture").unwrap();
    let outcome = bench.run("profile photos -o p.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    for part in [
        "1 file read without its pixels: picture that is truncated (cut.jpg)",
        "1 file not read: picture that is truncated (",
        "1 file left out: picture of unknown format (notes.txt)",
    ] {
        assert!(outcome.err.contains(part), "{}", outcome.err);
    }
    assert!(!outcome.err.contains('\u{1b}'));
    let profile = read(&bench, "p.dsp");
    assert_eq!(profile.tally().failed().count(), 1);
    let states = profile.features()["file.pixels"].categories();
    let states = states
        .iter()
        .map(|(value, count)| (value.to_owned(), count.estimate));
    let mut states: Vec<_> = states.collect();
    states.sort();
    assert_eq!(
        states,
        [("read".to_owned(), 12), ("truncated".to_owned(), 1)]
    );

    let outcome = bench.run("profile photos --strict -o q.dsp");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("--strict") && outcome.err.contains("cut.jpg"));
    assert!(!bench.path("q.dsp").exists());

    std::fs::create_dir(bench.path("broken")).unwrap();
    std::fs::write(bench.path("broken/cut.jpg"), &whole[..20_000]).unwrap();
    let outcome = bench.run("profile broken -o q.dsp");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("none of 1 pictures"),
        "{}",
        outcome.err
    );
}

#[test]
fn limits_keep_headers() {
    let bench = Bench::new();
    photos(&bench);
    picture(9, 400).save(bench.path("photos/wide.png")).unwrap();
    for flag in ["--max-pixels 1000", "--max-bytes 5000"] {
        let outcome = bench.run(&format!("profile photos {flag} -o p.dsp"));
        assert_eq!(outcome.status, 0, "{}", outcome.err);
        assert!(
            outcome.err.contains("than the limit (wide.png)"),
            "{}",
            outcome.err
        );
        let profile = read(&bench, "p.dsp");
        assert_eq!(
            profile.features()["file.width"].numbers().max(),
            Some(400.0)
        );
        assert_eq!(profile.features()["pixels.noise"].numbers().count(), 12);
    }
}

/// A camera that counts from 0 to 4,095: what its black and white are must be said.
#[test]
fn floating_point_files_have_the_range_that_is_stated() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("counts")).unwrap();
    for seed in 0..3 {
        let grey = image::DynamicImage::from(picture(seed, 32)).to_luma8();
        let counts: Vec<f32> = grey
            .iter()
            .map(|&v| f32::from(v) / 255.0 * 4095.0)
            .collect();
        let file = std::fs::File::create(bench.path(&format!("counts/{seed}.tif"))).unwrap();
        let mut encoder = tiff::encoder::TiffEncoder::new(file).unwrap();
        encoder
            .write_image::<tiff::encoder::colortype::Gray32Float>(32, 24, &counts)
            .unwrap();
        std::fs::create_dir_all(bench.path("bytes")).unwrap();
        grey.save(bench.path(&format!("bytes/{seed}.tif"))).unwrap();
    }
    let outcome = bench.run("profile counts -o beyond.dsp");
    let said = "picture of floating-point samples outside of their range";
    assert!(outcome.err.contains(said), "{}", outcome.err);
    let measured = |profile: &str| {
        let profile = read(&bench, profile);
        let brightness = profile.features()["pixels.brightness"].numbers();
        (brightness.count(), brightness.mean().unwrap().estimate)
    };
    bench.ok("profile counts --float-range 0 4095 -o counts.dsp");
    bench.ok("profile bytes -o bytes.dsp");
    let ((n, counts), (m, bytes)) = (measured("counts.dsp"), measured("bytes.dsp"));
    assert_eq!((n, m), (3, 3));
    assert!((counts - bytes).abs() < 1e-5 * bytes, "{counts} {bytes}");

    // What follows a profile is read as it was.
    bench.ok("profile counts --like counts.dsp -o again.dsp");
    assert_eq!(bench.read("again.dsp"), bench.read("counts.dsp"));
    let other = bench.run("profile counts --like counts.dsp --float-range -1 1 -o no.dsp");
    assert_eq!(other.status, 2);
    let said = "made with float range: 0 to 4095; asked for: -1 to 1";
    assert!(other.err.contains(said), "{}", other.err);
    let none = bench.run("profile counts --float-range 1 1 -o no.dsp");
    assert!(
        none.err.contains("black is a number below white"),
        "{}",
        none.err
    );
}

#[test]
fn pictures_are_joined_with_embeddings_by_their_names() {
    let bench = Bench::new();
    photos(&bench);
    let ids = ["a/0.png", "a/1.png", "b/5.png", "gone.png"];
    let embeddings = ndarray::Array2::from_shape_fn((4, 3), |(i, j)| (i * 3 + j) as f32);
    let name = |id: &str| {
        let mut bytes = [0_u8; 8];
        bytes[..id.len()].copy_from_slice(id.as_bytes());
        bytes
    };
    let text: Vec<u8> = ids.iter().flat_map(|id| name(id)).collect();
    let head = "{'descr': '|S8', 'fortran_order': False, 'shape': (4,), }";
    let head = format!("{head:<117}\n");
    let array = [b"\x93NUMPY\x01\0\x76\0", head.as_bytes(), &text].concat();
    bench.archive("emb.npz", &[("emb", npy(&embeddings)), ("id", array)]);
    let outcome = bench.run("profile emb.npz photos --ids id --labels folder -o p.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let profile = read(&bench, "p.dsp");
    assert_eq!(profile.records(), 4);
    assert_eq!(profile.features()["file.width"].numbers().count(), 3);
    let classes = profile.spaces()["embedding"].classes();
    assert_eq!((classes["a"].count(), classes["b"].count()), (2, 1));
    assert!(
        outcome.err.contains("1 records have no partner"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_list_names_pictures_and_what_else_is_known() {
    let bench = Bench::new();
    photos(&bench);
    let list =
        "file,site,taken\nphotos/a/0.png,north,2025-03-03\nphotos/b/1.png,south,2025-03-04\n";
    std::fs::write(bench.path("list.csv"), list).unwrap();
    bench.ok("profile list.csv --as images --labels site --time taken -o p.dsp");
    let profile = read(&bench, "p.dsp");
    assert_eq!((profile.records(), profile.class_sources().label), (2, 2));
    assert_eq!(
        profile.times(),
        Some((1_740_960_000_000, 1_741_046_400_000))
    );
    assert!(profile.features().contains_key("pixels.brightness"));
    // Without --as it is a table.
    bench.ok("profile list.csv -o table.dsp");
    assert!(
        !read(&bench, "table.dsp")
            .features()
            .contains_key("file.width")
    );
}

#[test]
fn windows_go_by_the_time_of_exif_or_of_the_file() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("photos")).unwrap();
    for name in [
        "jhead__rotate.jpg",
        "jhead__thumbnail-place-error.jpg",
        "made__la.png",
    ] {
        std::fs::copy(vendored(name), bench.path("photos").join(name)).unwrap();
    }
    let outcome = bench.run("profile photos --time exif --window 1d -o days");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.err.contains("no readable time"), "{}", outcome.err);
    let mut days: Vec<_> = std::fs::read_dir(bench.path("days")).unwrap().collect();
    days.sort_by_key(|day| day.as_ref().unwrap().file_name());
    let days = days.into_iter().map(|day| day.unwrap().file_name());
    assert_eq!(
        days.collect::<Vec<_>>(),
        ["2004-01-08.dsp", "2004-12-19.dsp"]
    );
    bench.ok("profile photos --time exif-or-file -o p.dsp");
    assert_eq!(read(&bench, "p.dsp").records(), 3);
}

#[test]
fn two_folders_are_compared_and_the_second_is_measured_as_the_first() {
    let bench = Bench::new();
    for (folder, width) in [("one", 32), ("two", 48)] {
        std::fs::create_dir(bench.path(folder)).unwrap();
        for seed in 0..60 {
            picture(seed, width)
                .save(bench.path(folder).join(format!("{seed}.png")))
                .unwrap();
        }
    }
    let outcome = bench.run("compare one two --sample-pixels 2048");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    assert!(
        outcome.out.contains("pictures are wider"),
        "{}",
        outcome.out
    );
    assert_eq!(bench.run("compare one one").status, 0);
}

#[test]
fn quality_against_a_reference_is_paired_by_name_and_unpaired() {
    let bench = Bench::new();
    for folder in ["good", "bad"] {
        std::fs::create_dir(bench.path(folder)).unwrap();
    }
    let photograph = image::open(vendored("torchvision__astronaut.jpg")).unwrap();
    for at in 0..30_u32 {
        let view = photograph.crop_imm(at * 11, at * 7, 192, 192);
        view.save(bench.path("good").join(format!("{at}.png")))
            .unwrap();
        view.blur(2.0)
            .save(bench.path("bad").join(format!("{at}.png")))
            .unwrap();
    }
    photograph.save(bench.path("bad/0.png")).unwrap();
    bench.ok("profile good --quality-reference good -o good.dsp");
    let outcome = bench.run("profile bad --like good.dsp --quality-reference good -o bad.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(
        outcome
            .err
            .contains("of another size than its reference (0.png)")
    );
    let median = |name: &str, feature: &str| {
        let profile = read(&bench, name);
        let numbers = profile.features()[feature].numbers().clone();
        numbers.quantile(0.5).unwrap().unwrap().estimate
    };
    assert!(median("good.dsp", "quality.ssim") > 0.999);
    assert!(median("bad.dsp", "quality.ssim") < 0.9);
    assert!(median("bad.dsp", "quality.distance") > 1.5 * median("good.dsp", "quality.distance"));
    let paired = read(&bench, "bad.dsp").features()["quality.ssim"]
        .numbers()
        .count();
    assert_eq!(paired, 29);

    // Whoever is named by a whole path has no name within the folder, least of all its own.
    let whole = bench.path("bad/3.png");
    std::fs::rename(bench.path("bad/4.png"), bench.path("bad/new.png")).unwrap();
    for (input, says) in [
        (whole.display().to_string(), "named by a whole path"),
        ("bad".to_owned(), "no reference of this name (new.png)"),
    ] {
        let line = format!("profile {input} --like good.dsp --quality-reference good -o p.dsp");
        let outcome = bench.run(&line);
        assert!(outcome.err.contains(says), "{line}: {}", outcome.err);
    }
    bench.ok(&format!(
        "profile {} --like good.dsp --quality-reference good -o p.dsp",
        whole.display()
    ));
    let profile = read(&bench, "p.dsp");
    let ssim = &profile.features()["quality.ssim"];
    assert_eq!((ssim.numbers().count(), ssim.nulls()), (0, 1));
}
