//! Rows freed of their mean, and centres that are given.

use crate::support::{Bench, DIM, Records, npy};
use ndarray::{Array1, Array2, array};
use serde_json::Value;

const COLUMNS: &str = "--labels label --ids id";

fn shown(bench: &Bench, profile: &str) -> Value {
    serde_json::from_str(&bench.ok(&format!("show {profile} --json"))).unwrap()
}

/// Made-up records far from the origin: they lie in one corner.
fn shifted(first: i64, n: usize) -> Records {
    let mut records = Records::new(first, n, 0.1);
    records.embeddings += 5.0;
    records
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.window("march.npz", &shifted(0, 90));
    bench.window("april.npz", &shifted(1000, 90));
    bench
}

#[test]
fn the_mean_of_a_reference_is_taken_over_by_all_that_follow_it() {
    let bench = bench();
    bench.ok(&format!(
        "profile march.npz {COLUMNS} --fit 3 --centre -o march.dsp"
    ));
    let march = shown(&bench, "march.dsp");
    assert_eq!(march["spaces"][0]["mean_rows"], 90);
    assert!(march["spaces"][0]["resultant_length"].as_f64().unwrap() < 0.3);
    assert!(
        bench
            .ok("show march.dsp")
            .contains("less the mean of 90 rows")
    );

    bench.ok(&format!(
        "profile april.npz {COLUMNS} --like march.dsp -o april.dsp"
    ));
    let april = shown(&bench, "april.dsp");
    assert_eq!(april["compare_hash"], march["compare_hash"]);
    assert!(bench.ok("compare march.dsp april.dsp").contains("no drift"));
    // Raw files go the same way.
    let said = bench.ok(&format!(
        "compare march.npz april.npz {COLUMNS} --fit 3 --centre"
    ));
    assert!(said.contains("no drift"), "{said}");

    bench.ok("score march.dsp april.npz --ids id --labels label -o scores.csv");
    let scores = String::from_utf8(bench.read("scores.csv")).unwrap();
    let mut lines = scores.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let cluster = head.iter().position(|name| *name == "cluster").unwrap();
    // Three axes, three clusters: without its mean each class has one of its own.
    let mut by_class = [const { Vec::new() }; 3];
    for (row, line) in lines.enumerate() {
        let name = line.split(',').nth(cluster).unwrap().to_owned();
        by_class[row % 3].push(name);
    }
    for names in &mut by_class {
        names.dedup();
        assert_eq!(names.len(), 1, "{names:?}");
    }
}

#[test]
fn shards_get_their_mean_from_the_first_and_hand_it_on_in_the_codebook() {
    let bench = bench();
    bench.ok("profile march.npz --ids id --centre -o one.dsp");
    bench.ok("profile april.npz --ids id --like one.dsp -o two.dsp");
    bench.ok("merge one.dsp two.dsp -o both.dsp");
    bench.ok("fit both.dsp -K 3 -o book.dsb");
    for part in ["march", "april"] {
        bench.ok(&format!(
            "profile {part}.npz --ids id --codebook book.dsb --reference -o {part}.dsp"
        ));
    }
    bench.ok("merge march.dsp april.dsp -o reference.dsp");
    let reference = shown(&bench, "reference.dsp");
    assert_eq!(reference["spaces"][0]["mean_rows"], 90);
    assert_eq!(reference["records"], 180);

    bench.ok("profile april.npz --ids id -o plain.dsp");
    let outcome = bench.run("merge one.dsp plain.dsp -o x.dsp");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("unlike mean that is subtracted"),
        "{}",
        outcome.err
    );
    for line in [
        "profile april.npz --centre --like one.dsp",
        "profile april.npz --centre --codebook book.dsb",
    ] {
        assert_eq!(bench.run(line).status, 2, "{line}");
    }
}

/// The axes that the records lie around, one twice, with names.
fn prompts(bench: &Bench, name: &str) {
    let axes = Array2::from_shape_fn((4, DIM), |(row, column)| {
        f32::from(u8::from(column == row % 3)) * (row + 1) as f32
    });
    let labels = Array1::from_vec(vec![0_i64, 1, 2, 0]);
    bench.archive(name, &[("prompt", npy(&axes)), ("class", npy(&labels))]);
}

#[test]
fn given_centres_are_measured_against_and_their_labels_are_classes() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 90, 0.05));
    bench.window("april.npz", &Records::new(1000, 90, 0.05));
    prompts(&bench, "prompts.npz");
    bench.ok(&format!(
        "profile march.npz {COLUMNS} --centres prompts.npz --centre-labels class -o march.dsp"
    ));
    let space = &shown(&bench, "march.dsp")["spaces"][0];
    let places = |key: &str| -> Vec<(String, u64)> {
        let all = space[key].as_array().unwrap().iter();
        all.map(|p| {
            (
                p["name"].as_str().unwrap().to_owned(),
                p["rows"].as_u64().unwrap(),
            )
        })
        .collect()
    };
    let thirds = ["0", "1", "2"].map(|name| (name.to_owned(), 30));
    assert_eq!(places("clusters"), thirds);
    assert_eq!(space["role"], "plain");
    assert_eq!(space["own_distance"]["count"], 90);
    assert_eq!(space["no_centre"], 0);
    bench.ok(&format!(
        "profile april.npz {COLUMNS} --like march.dsp -o april.dsp"
    ));
    assert!(bench.ok("compare march.dsp april.dsp").contains("no drift"));

    // Without names: a cluster each, in order, and no class.
    let axes = Array2::from_shape_fn((2, DIM), |(row, column)| f32::from(u8::from(row == column)));
    std::fs::write(bench.path("two.npy"), npy(&axes)).unwrap();
    bench.ok("profile march.npz --centres two.npy -o two.dsp");
    let space = &shown(&bench, "two.dsp")["spaces"][0];
    assert_eq!(space["clusters"][1]["name"], "centre 2");
    bench.ok("profile march.npz --centres prompts.npz:prompt --centre -o centred.dsp");
    let space = &shown(&bench, "centred.dsp")["spaces"][0];
    assert_eq!(
        (
            &space["mean_rows"],
            space["clusters"].as_array().unwrap().len()
        ),
        (&90.into(), 4)
    );
}

#[test]
fn what_is_no_centre_is_refused() {
    let bench = Bench::new();
    bench.window("march.npz", &Records::new(0, 30, 0.1));
    prompts(&bench, "prompts.npz");
    bench.ok("profile march.npz --ids id -o march.dsp");
    let write =
        |name: &str, rows: &Array2<f32>| std::fs::write(bench.path(name), npy(rows)).unwrap();
    write("narrow.npy", &Array2::ones((2, 3)));
    write("none.npy", &Array2::ones((0, DIM)));
    let mut rows = Array2::ones((3, DIM));
    rows.row_mut(1).fill(0.0);
    write("zero.npy", &rows);
    rows.row_mut(1).fill(f32::NAN);
    write("nan.npy", &rows);
    std::fs::write(bench.path("flat.npy"), npy(&array![1.0_f32, 2.0])).unwrap();
    std::fs::write(bench.path("records.csv"), "a,b\n1,2\n").unwrap();
    let before = bench.files();
    for (flags, words) in [
        (
            "--centres narrow.npy",
            "centres of dimension 3, the embeddings have 16",
        ),
        ("--centres none.npy", "at least one is needed"),
        ("--centres zero.npy", "centre 2 is a zero vector"),
        ("--centres nan.npy", "centre 2 is a non-finite vector"),
        ("--centres flat.npy", "(rows, dimension)"),
        ("--centres missing.npy", "missing.npy"),
        ("--centres records.csv", "no matrix of centres"),
        (
            "--centres prompts.npz --centre-labels name",
            "there is no array `name`",
        ),
        ("--centres prompts.npz:word", "there is no array `word`"),
        ("--centres prompts.npz --fit 3", "not both"),
        (
            "--centres prompts.npz --like march.dsp",
            "cannot be used with",
        ),
        ("--centres medoid", "--fit"),
        ("--centres means", "there are no centres `means`"),
        ("--centre-labels class", "--centres"),
    ] {
        let outcome = bench.run(&format!("profile march.npz {flags} -o out.dsp"));
        assert_eq!(outcome.status, 2, "{flags}: {}", outcome.out);
        assert!(outcome.err.contains(words), "{flags}: {}", outcome.err);
    }
    let outcome = bench.run("profile records.csv --centre -o out.dsp");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("no embeddings"), "{}", outcome.err);
    let outcome = bench.run("profile march.npz --centres prompts.npz -o prompts.npz");
    assert!(outcome.err.contains("is an input"), "{}", outcome.err);
    assert_eq!(bench.files(), before);
}
