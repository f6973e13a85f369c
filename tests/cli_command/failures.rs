//! What goes wrong ends with status 2, one line on standard error that says what
//! to do, and every file as it was.

use crate::support::{Bench, Records, npy, snapshot};
use ndarray::{Array1, Array2, array};

/// A folder with good files, and bad ones of many kinds.
fn bench() -> Bench {
    let bench = Bench::new();
    let records = Records::new(0, 30, 0.1);
    bench.window("good.npz", &records);
    let mut arrays = records.arrays();
    arrays[1].1 = npy(&Array1::<i64>::zeros(29));
    bench.archive("short_labels.npz", &arrays);
    bench.archive(
        "two.npz",
        &[
            ("a", npy(&records.embeddings)),
            ("b", npy(&records.embeddings)),
        ],
    );
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(bench.path(name), bytes).unwrap();
    write("good.npy", npy(&records.embeddings));
    write("narrow.npy", npy(&Array2::<f32>::ones((30, 3))));
    write("empty.npy", Vec::new());
    write("cut.npy", npy(&records.embeddings)[..700].to_vec());
    write("text.txt", b"not an array".to_vec());
    write("rows.npy", npy(&array![0_i64, 30]));
    let object =
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }";
    let mut object = object.to_vec();
    object.resize(127, b' ');
    object.extend_from_slice(b"\n\x80\x04]");
    write("object.npy", object);
    bench.ok("profile good.npz --labels label --ids id --fit 2 -o good.dsp");
    bench.ok("profile good.npz --labels label --ids id --seed 9 -o seed9.dsp");
    bench.ok("fit good.dsp -K 2 -o book.dsb");
    let good = bench.read("good.dsp");
    write("cut.dsp", good[..good.len() / 2].to_vec());
    let mut flipped = good;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    write("flipped.dsp", flipped);
    write("out.dsp", b"an old result".to_vec());
    bench
}

#[test]
fn every_failure_says_what_and_touches_nothing() {
    let bench = bench();
    let cases = [
        // An unknown key names those there are.
        (
            "profile good.npz --labels lable -o out.dsp",
            "there is no array `lable`; the file holds emb (30, 16)",
        ),
        (
            "profile good.npz --embeddings embs -o out.dsp",
            "there is no array `embs`",
        ),
        (
            "profile good.npz --features colour -o out.dsp",
            "there is no array `colour`",
        ),
        (
            "profile good.npz --features x* -o out.dsp",
            "no column matches; the file holds emb, label, id",
        ),
        (
            "profile good.npz --where colour=red -o out.dsp",
            "there is no array `colour`",
        ),
        (
            "profile good.npz --where label=7 -o out.dsp",
            "no row is left to profile: no row has label = `7`",
        ),
        (
            "profile good.npz --rows rows.npy -o out.dsp",
            "index 30 (entry 1) lies beyond the 30 rows",
        ),
        (
            "profile two.npz -o out.dsp",
            "2 arrays could be the embeddings",
        ),
        (
            "profile short_labels.npz --labels label -o out.dsp",
            "29 values for 30 rows",
        ),
        (
            "profile good.npz --labels emb -o out.dsp",
            "a column has one dimension",
        ),
        (
            "profile good.npz --features label -o out.dsp",
            "give that column as labels (--labels label, or Batch::labels)",
        ),
        (
            "compare good.dsp good.dsp --labels label",
            "both windows are profiles already; ",
        ),
        (
            "compare good.dsp good.npy --reference-where label=1",
            "the reference is a profile already; ",
        ),
        // Files that are not what they claim to be.
        (
            "profile empty.npy -o out.dsp",
            "the file is empty (file empty.npy)",
        ),
        ("profile cut.npy -o out.dsp", "cut.npy"),
        ("profile object.npy -o out.dsp", "object"),
        ("profile text.txt -o out.dsp", "text.txt"),
        ("profile none.npy -o out.dsp", "none.npy"),
        ("profile . -o out.dsp", "no picture was found"),
        // Things that do not fit together.
        (
            "profile good.npy narrow.npy -o out.dsp",
            "embeddings of dimension 3, the first input has 16",
        ),
        (
            "profile narrow.npy --like good.dsp -o out.dsp",
            "embeddings of dimension 3, the profile's space embedding has 16",
        ),
        (
            "profile narrow.npy --codebook book.dsb -o out.dsp",
            "dimension",
        ),
        (
            "profile good.npy --like good.dsp --space clip -o out.dsp",
            "there is no space `clip`; there are: embedding",
        ),
        (
            "profile good.npy --codebook book.dsb --space clip -o out.dsp",
            "there is no space `clip`; there are: embedding",
        ),
        (
            "profile good.npy --codebook book.dsb --seed 9 -o out.dsp",
            "the codebook was fitted on a sample of seed 0, not 9",
        ),
        (
            "profile good.npy --codebook good.dsp -o out.dsp",
            "this is a profile, where a codebook file is expected",
        ),
        (
            "profile good.npy --like book.dsb -o out.dsp",
            "this is a codebook file, where a profile is expected",
        ),
        (
            "profile good.npy --fit 0 -o out.dsp",
            "at least one cluster is needed",
        ),
        (
            "profile good.npy --fit 3 --sample 0 -o out.dsp",
            "clusters are found in the sample, which holds no row",
        ),
        ("merge good.dsp seed9.dsp -o out.dsp", "seed9.dsp"),
        // Profiles that are damaged.
        ("merge good.dsp cut.dsp -o out.dsp", "the file ends inside"),
        ("show flipped.dsp", "flipped.dsp"),
        ("fit text.txt -o out.dsp", "not a driftsphere profile"),
        (
            "compare good.dsp cut.dsp --json out.dsp",
            "target: the file ends inside",
        ),
        ("compare text.txt good.dsp --json out.dsp", "reference: "),
        // Outputs that cannot be.
        (
            "profile good.npz -o good.npz",
            "good.npz is an input and would be written over",
        ),
        (
            "profile good.npz -o none/out.dsp",
            "there is no folder none",
        ),
        ("profile good.npz -o .", "names a folder"),
        (
            "compare good.dsp good.dsp --json good.dsp",
            "good.dsp is an input",
        ),
        ("fit good.dsp -o good.dsp", "good.dsp is an input"),
    ];
    let before = snapshot(&bench.path(""));
    for (line, words) in cases {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2, "{line}: {}{}", outcome.out, outcome.err);
        assert!(outcome.err.contains(words), "{line}: {}", outcome.err);
        assert!(
            outcome.err.starts_with("driftsphere: "),
            "{line}: {}",
            outcome.err
        );
        assert_eq!(outcome.err.lines().count(), 1, "{line}: {}", outcome.err);
        assert_eq!(outcome.out, "", "{line}");
    }
    assert!(snapshot(&bench.path("")) == before, "a file was touched");
}

#[test]
fn wrong_usage_ends_with_status_2_and_help_with_0() {
    let bench = Bench::new();
    for line in [
        "",
        "profile",
        "compare a.dsp",
        "comparr a b",
        "compare a b --fail-on never",
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2, "{line}");
        assert!(outcome.err.contains("--help"), "{line}: {}", outcome.err);
    }
    for line in ["--help", "--version", "compare --help"] {
        assert_eq!(bench.run(line).status, 0, "{line}");
    }
}

#[test]
fn a_hostile_file_name_is_written_out() {
    let bench = Bench::new();
    let output = bench
        .command("show")
        .arg("\u{1b}[2J\u{202e}psd.dsp")
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains(r"\u{1b}[2J\u{202e}psd.dsp"), "{err}");
    assert!(!err.contains('\u{1b}') && !err.contains('\u{202e}'));
}

#[test]
fn an_empty_window_is_a_window() {
    let bench = Bench::new();
    std::fs::write(bench.path("none.npy"), npy(&Array2::<f32>::zeros((0, 4)))).unwrap();
    let outcome = bench.run("profile none.npy -o none.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert!(outcome.err.contains("note: the input has no rows"));
}
