//! `--html FILE`: pages for a browser. What they do in one is tested in `tests/browser`.

use crate::support::{Bench, npy};

/// A picture of 40 x 30 pixels, of which `seed` says the content.
fn picture(seed: u32, brightness: u8) -> image::RgbImage {
    image::RgbImage::from_fn(40, 30, |x, y| {
        let n = (x * 31 + y * 17 + seed * 101).wrapping_mul(0x9e37_79b9) >> 17;
        image::Rgb([(n as u8) / 2 + brightness, brightness, seed as u8])
    })
}

/// Folders `march` and `april`; April is brighter.
fn months(bench: &Bench) {
    for (month, brightness) in [("march", 10), ("april", 120)] {
        std::fs::create_dir(bench.path(month)).unwrap();
        for seed in 0..60 {
            let path = bench.path(&format!("{month}/{seed:02}.png"));
            picture(seed, brightness).save(path).unwrap();
        }
    }
}

fn page(bench: &Bench, name: &str) -> String {
    let page = String::from_utf8(bench.read(name)).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>"));
    page
}

#[test]
fn a_comparison_of_folders_shows_its_pictures() {
    let bench = Bench::new();
    months(&bench);
    let outcome = bench.run("compare march april --html report.html --json result.json");
    assert_eq!(outcome.status, 1, "{}", outcome.err);
    // The page takes nothing away from the terminal.
    assert!(outcome.out.starts_with("DRIFT: "), "{}", outcome.out);
    let shown = page(&bench, "report.html");
    assert!(shown.contains("data:image/jpeg;base64,"));
    assert!(!shown.contains("no picture"));
    let headline = outcome.out.split_once(" (in").unwrap().0.replace('\n', " ");
    assert!(shown.contains(&headline["DRIFT".len()..]), "{headline}");

    bench.run("compare march april --html plain.html --no-images");
    assert!(!page(&bench, "plain.html").contains("<use"));
}

#[test]
fn profiles_find_their_pictures_below_the_roots_and_nowhere_else() {
    let bench = Bench::new();
    months(&bench);
    bench.ok("profile march -o march.dsp");
    bench.ok("profile april -o april.dsp");
    let shown = |flags: &str| {
        let outcome = bench.run(&format!(
            "compare march.dsp april.dsp --html r.html {flags}"
        ));
        assert_eq!(outcome.status, 1, "{}", outcome.err);
        page(&bench, "r.html")
    };
    assert!(!shown("").contains("<use"));
    assert!(shown("--images april --images march").contains("<use"));
    // A file that is gone shows the record's id.
    std::fs::create_dir(bench.path("empty")).unwrap();
    let absent = shown("--images empty");
    assert!(absent.contains("no picture") && !absent.contains("<use"));
    // The same ids, but the folder holds links that lead out of it.
    #[cfg(unix)]
    {
        for seed in 0..60 {
            let name = format!("{seed:02}.png");
            let link = bench.path("empty").join(&name);
            std::os::unix::fs::symlink(bench.path("april").join(&name), link).unwrap();
        }
        assert!(!shown("--images empty").contains("<use"));
    }
}

#[test]
fn boxes_are_drawn_over_the_pictures_that_are_shown() {
    let bench = Bench::new();
    months(&bench);
    std::fs::create_dir(bench.path("boxes")).unwrap();
    for seed in 0..60 {
        // A quarter of the picture in its middle, and one that lies outside.
        let text = "1 0.5 0.5 0.5 0.5 0.875\n0 1.5 0.5 0.5 0.5 0.5\n";
        std::fs::write(bench.path(&format!("boxes/{seed:02}.txt")), text).unwrap();
    }
    std::fs::write(bench.path("boxes/classes.txt"), "dog\n<b>car\n").unwrap();
    let outcome = bench.run("compare march april --html r.html --boxes boxes");
    assert_eq!((outcome.status, outcome.err.as_str()), (1, ""));
    let shown = page(&bench, "r.html");
    let drawn = "<svg viewBox=\"0 0 40 30\" role=\"img\"><title>1 box: &#60;b&#62;car</title>\
        <path d=\"M10 8H30V23H10Z\"><title>&#60;b&#62;car 0.875</title></path></svg>";
    let pictures = shown.matches("<use").count();
    assert!(pictures > 5);
    assert_eq!(shown.matches(drawn).count(), pictures);

    // Results of a detector, of one picture that is shown; the others have no boxes.
    let id = shown
        .split("<svg role=\"img\"><title>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let images = format!(
        r#"{{"images": [{{"id": 7, "file_name": "deep/{id}", "width": 80, "height": 60}},
            {{"id": 8, "file_name": "none.png", "width": 80, "height": 60}}],
            "categories": [{{"id": 3, "name": "person"}}]}}"#
    );
    std::fs::write(bench.path("images.json"), images).unwrap();
    let results = r#"[{"image_id": 7, "category_id": 3, "bbox": [0, 0, 40, 60], "score": 0.5},
        {"image_id": 8, "category_id": 3, "bbox": [0, 0, 40, 60], "score": 0.5}]"#;
    std::fs::write(bench.path("results.json"), results).unwrap();
    let line = "compare march april --html r.html --boxes results.json --boxes-images images.json";
    assert_eq!(bench.run(line).err, "");
    let shown = page(&bench, "r.html");
    // The listed size is twice that of the file.
    assert!(shown.contains("<path d=\"M0 0H20V30H0Z\"><title>person 0.5</title>"));
    let others = "[{\"image_id\": 99, \"category_id\": 3, \"bbox\": [0, 0, 40, 60]}]";
    std::fs::write(bench.path("others.json"), others).unwrap();
    let outcome = bench.run("compare march april --html r.html --boxes others.json");
    assert!(
        outcome.err.contains("of none of the records"),
        "{}",
        outcome.err
    );
    let outcome = bench.run("compare march april --html r.html --boxes march");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("holds no boxes"), "{}", outcome.err);
}

/// One photograph holds many of the boxes: what is tested are the means of each photograph, and so is
/// what is drawn.
#[test]
fn means_of_each_record_are_drawn_where_they_are_tested() {
    let bench = Bench::new();
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/outputs/multi");
    let images = format!("--coco-images {data}_instances_images.json");
    bench.ok(&format!(
        "profile {data}_results_clean.json {images} -o clean.dsp"
    ));
    let line = format!("compare clean.dsp {data}_results_zoom.json {images} --html boxes.html");
    assert_eq!(bench.run(&line).status, 1);
    let shown = page(&bench, "boxes.html");
    assert!(shown.contains("each record counted once"));
    assert!(shown.contains("<title>box relative area</title><desc>Histogram"));
}

#[test]
fn other_answers_have_pages_as_well() {
    let bench = Bench::new();
    std::fs::write(bench.path("a.csv"), "id,x\n1,2\n2,3\n3,5\n").unwrap();
    bench.ok("profile a.csv --ids id -o a.dsp");
    assert_eq!(bench.ok("show a.dsp --html show.html"), "");
    assert!(page(&bench, "show.html").contains("a profile of 3 records"));
    bench.ok("check --init a.dsp -o rules.toml");
    let outcome = bench.run("check a.dsp rules.toml --against a.dsp --html check.html");
    let (lead, _) = outcome.out.split_once(':').unwrap();
    let verdict = format!("<span class=\"verdict\">{lead}</span>");
    assert!(page(&bench, "check.html").contains(&verdict), "{lead}");

    let rows = |turn: f32| {
        ndarray::Array2::from_shape_fn((120, 4), |(i, j)| {
            ((i * (2 * j + 3)) as f32 * 0.618_034).fract() + turn * j as f32
        })
    };
    std::fs::write(bench.path("one.npy"), npy(&rows(0.0))).unwrap();
    std::fs::write(bench.path("two.npy"), npy(&rows(0.4))).unwrap();
    bench.run("stability one.npy two.npy --set-only --html stability.html");
    assert!(page(&bench, "stability.html").contains("class=\"verdict\""));
}

#[test]
fn places_that_cannot_be_are_refused_before_any_work() {
    let bench = Bench::new();
    std::fs::write(bench.path("a.csv"), "x\n1\n2\n").unwrap();
    for (flags, said) in [
        ("--html -", "not to standard output"),
        ("--html r --json r", "same place"),
        ("--html ./r --openmetrics r", "same place"),
        ("--openmetrics -", "not to standard output"),
        ("--html none/r.html", "no folder"),
        ("--html a.csv", "is an input"),
        ("--images .", "--html"),
        ("--no-images", "--html"),
        ("--boxes a.csv", "--html"),
        ("--html r --boxes-images a.csv", "--boxes"),
        ("--html r --images nowhere", "nowhere"),
        ("--html r --images a.csv", "in a folder"),
    ] {
        let outcome = bench.run(&format!("compare a.csv a.csv {flags}"));
        assert_eq!(outcome.status, 2, "{flags}");
        assert!(outcome.err.contains(said), "{flags}: {}", outcome.err);
    }
    assert_eq!(bench.files(), ["a.csv"]);
}
