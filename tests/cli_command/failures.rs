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
    write("table.csv", b"a,b\n1,2\n3,4\n".to_vec());
    bench.ok("profile table.csv -o table.dsp");
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
        (
            "compare good.dsp good.dsp --fit 3",
            "both windows are profiles already; ",
        ),
        (
            "compare good.dsp good.npy --distance angular",
            "one window is a profile already, and the other is measured as it was; ",
        ),
        (
            "compare good.npy good.dsp --angle hour=24",
            "one window is a profile already, and the other is measured as it was; ",
        ),
        (
            "compare good.dsp good.dsp --threshold w2=1",
            "there is no threshold `w2`; there are: w1, total_variation, ",
        ),
        (
            "compare good.dsp good.dsp --threshold separation=0.5",
            "separation is above 0.5, which is chance, not 0.5",
        ),
        // Files that are not what they claim to be.
        (
            "profile empty.npy -o out.dsp",
            "the file is empty (file empty.npy)",
        ),
        ("profile cut.npy -o out.dsp", "cut.npy"),
        ("profile object.npy -o out.dsp", "object"),
        ("profile text.txt -o out.dsp", "text.txt"),
        (
            "profile good.dsp -o out.dsp",
            "a driftsphere profile already, where data are read; `compare`, `merge` and `show`",
        ),
        ("profile book.dsb -o out.dsp", "a driftsphere codebook file"),
        (
            "score good.dsp good.dsp -o out.csv",
            "a driftsphere profile already",
        ),
        ("show good.npz", "`driftsphere profile` makes one of data"),
        ("merge table.csv -o out.dsp", "not a driftsphere profile"),
        (
            "score table.dsp good.npz -o out.csv",
            "there is no embedding space",
        ),
        (
            "stability good.dsp good.dsp --clusters 257",
            "at most 256 clusters",
        ),
        (
            "stability good.dsp good.dsp --clusters 4",
            "30 records are compared: at most 3 clusters",
        ),
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
        ("profile good.npz -o -", "a file called - is named ./-"),
        ("merge good.dsp -o -", "not to standard output"),
        ("show good.dsp --html -", "not to standard output"),
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

#[cfg(unix)]
#[test]
fn what_an_output_is_stays_as_it_was() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    let bench = Bench::new();
    bench.window("good.npz", &Records::new(0, 30, 0.1));
    bench.ok("profile good.npz -o plain.dsp");
    // A link is followed, and the mode of the file is kept.
    std::fs::write(bench.path("old.dsp"), b"old").unwrap();
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(bench.path("old.dsp"), mode).unwrap();
    symlink("old.dsp", bench.path("link.dsp")).unwrap();
    bench.ok("profile good.npz -o link.dsp");
    assert!(bench.path("link.dsp").is_symlink());
    assert_eq!(bench.read("old.dsp"), bench.read("plain.dsp"));
    let mode = bench.path("old.dsp").metadata().unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    // What is no regular file is written to, by both writers.
    let pipe = bench.path("pipe");
    let mut made = std::process::Command::new("mkfifo");
    assert!(made.arg(&pipe).status().unwrap().success());
    let through = |line: &str| {
        let from = pipe.clone();
        let reader = std::thread::spawn(move || std::fs::read(from).unwrap());
        bench.ok(line);
        assert!(pipe.metadata().unwrap().file_type().is_fifo(), "{line}");
        reader.join().unwrap()
    };
    assert!(through("profile good.npz -o pipe") == bench.read("plain.dsp"));
    let page = through("show plain.dsp --html pipe");
    assert!(page.windows(7).any(|part| part == b"</html>"));
    assert!(!bench.files().iter().any(|name| name.ends_with(".tmp")));
}

#[test]
fn a_part_that_is_merged_twice_is_said() {
    let bench = Bench::new();
    bench.window("good.npz", &Records::new(0, 30, 0.1));
    bench.window("more.npz", &Records::new(30, 30, 0.1));
    bench.ok("profile good.npz -o a.dsp");
    bench.ok("profile more.npz -o b.dsp");
    std::fs::copy(bench.path("a.dsp"), bench.path("copy.dsp")).unwrap();
    let outcome = bench.run("merge a.dsp b.dsp copy.dsp -o all.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let note = "copy.dsp is the same as a.dsp, byte for byte";
    assert!(outcome.err.contains(note), "{}", outcome.err);
    assert!(bench.run("merge a.dsp b.dsp -o all.dsp").err.is_empty());
}
