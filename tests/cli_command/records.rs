//! Records and inputs of several kinds: what each flag does for each of them.

use crate::support::{Bench, Records, npy};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;

/// `n` records as CSV; `dim` shifts the brightness.
fn csv(n: usize, dim: f64) -> String {
    let mut text = "id,when,label,brightness,sharp,note\n".to_owned();
    for i in 0..n {
        let u = (i as f64 * 0.618_034).fract();
        let brightness = 0.2 + 0.6 * u - dim;
        let _ = writeln!(
            text,
            "{i:04},2025-03-{:02}T00:00:00Z,{},{brightness},{},{}",
            1 + i % 28,
            ["cat", "dog"][i % 2],
            i % 3 == 0,
            ["", "n/a", "7"][i % 3]
        );
    }
    text
}

/// The same records as JSON lines.
fn json(n: usize) -> String {
    let text = csv(n, 0.0);
    let line = |line: &str| {
        let [id, when, label, brightness, sharp, note] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let note = match note {
            "" => "null".to_owned(),
            "7" => "7".to_owned(),
            text => format!("{text:?}"),
        };
        format!(
            "{{\"id\":{id:?},\"when\":{when:?},\"label\":{label:?},\"brightness\":{brightness},\"sharp\":{sharp},\"note\":{note}}}\n"
        )
    };
    text.lines().skip(1).map(line).collect()
}

fn write(bench: &Bench, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(bench.path(name), text).unwrap();
}

fn shown(bench: &Bench, profile: &str) -> Value {
    serde_json::from_str(&bench.ok(&format!("show {profile} --json"))).unwrap()
}

const ROLES: &str = "--ids id --time when --labels label";

#[test]
fn a_table_is_profiled_whole_without_a_flag() {
    let bench = Bench::new();
    write(&bench, "records.csv", csv(90, 0.0));
    let said = bench.ok("profile records.csv");
    for words in [
        "90 records",
        "brightness",
        "sharp",
        "note: missing in 30 of 90",
        "cat 45",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // `n/a` is a text and 7 a number: both are counted, each as what it is.
    assert!(said.contains("- note: n/a 30"), "{said}");
}

#[test]
fn csv_and_json_lines_make_the_same_bytes_in_one_part_and_in_three() {
    let bench = Bench::new();
    let text = csv(90, 0.0);
    write(&bench, "whole.csv", &text);
    write(&bench, "whole.jsonl", json(90));
    let lines: Vec<&str> = text.lines().collect();
    for (part, rows) in [(1, 1..20), (2, 20..21), (3, 21..91)] {
        let rows = lines[rows].join("\n");
        write(
            &bench,
            &format!("part{part}.csv"),
            format!("{}\n{rows}", lines[0]),
        );
    }
    bench.ok(&format!("profile whole.csv {ROLES} -o csv.dsp"));
    bench.ok(&format!("profile whole.jsonl {ROLES} -o json.dsp"));
    bench.ok(&format!(
        "profile part3.csv part1.csv part2.csv {ROLES} --threads 3 -o parts.dsp"
    ));
    assert!(bench.read("csv.dsp") == bench.read("json.dsp"));
    assert!(bench.read("csv.dsp") == bench.read("parts.dsp"));
}

#[test]
fn raw_tables_are_compared_without_a_space() {
    let bench = Bench::new();
    write(&bench, "march.csv", csv(400, 0.0));
    write(&bench, "april.csv", csv(400, 0.15));
    let roles = "--time when --labels label --features brightness";
    let outcome = bench.run(&format!("compare march.csv april.csv {roles}"));
    assert_eq!(outcome.status, 1, "{}{}", outcome.out, outcome.err);
    assert!(outcome.out.contains("brightness"), "{}", outcome.out);
    bench.ok(&format!("profile march.csv {roles} -o march.dsp"));
    bench.ok(&format!(
        "profile april.csv {roles} --like march.dsp -o april.dsp"
    ));
    assert_eq!(bench.run("compare march.dsp april.dsp").status, 1);
    assert_eq!(
        bench
            .run(&format!("compare march.dsp april.csv {roles}"))
            .status,
        1
    );
    let same = bench.run(&format!(
        "compare march.csv march.csv {roles} --reference-where sharp=true --target-where sharp=false"
    ));
    assert_eq!(same.status, 0, "{}{}", same.out, same.err);
}

#[test]
fn flags_of_embeddings_do_nothing_to_records_and_say_so() {
    let bench = Bench::new();
    write(&bench, "records.csv", csv(30, 0.0));
    bench.window("emb.npz", &Records::new(0, 30, 0.1));
    bench.ok("profile emb.npz -o emb.dsp");
    bench.ok("profile records.csv -o records.dsp");
    for (line, words) in [
        ("profile records.csv --fit 3", "the input has no embeddings"),
        ("profile records.csv --space clip", "option --space"),
        (
            "profile records.csv --as embeddings",
            "no column of embeddings",
        ),
        (
            "profile records.csv --embeddings brightness",
            "a CSV file holds no vectors",
        ),
        (
            "profile records.csv --like emb.dsp",
            "the input has no embeddings, and the profile has some",
        ),
        (
            "profile emb.npz --like records.dsp",
            "the profile has none; leave them with --as records",
        ),
        (
            "profile records.csv --labels lable",
            "there is no column `lable`; the file holds id, when",
        ),
        (
            "profile records.csv --features x*",
            "no column matches; the file holds id, when",
        ),
        (
            "profile records.csv --where label=cow",
            "there are `cat`, `dog`",
        ),
        (
            "profile records.csv --rows :id",
            "a file of records holds no row indices",
        ),
        (
            "profile records.csv emb.npz",
            "name the column of the ids with --ids",
        ),
        (
            "profile records.csv emb.npz --ids no",
            "there is no column `no` to join by",
        ),
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2, "{line}: {}", outcome.out);
        assert!(outcome.err.contains(words), "{line}: {}", outcome.err);
    }
}

#[test]
fn arrays_as_records_profile_every_column() {
    let bench = Bench::new();
    bench.window("emb.npz", &Records::new(0, 30, 0.1));
    bench.ok("profile emb.npz --as records --ids id -o records.dsp");
    let shown = shown(&bench, "records.dsp");
    assert_eq!(shown["records"], 30);
    assert_eq!(shown["spaces"].as_array().unwrap().len(), 0);
}

#[test]
fn embeddings_and_records_are_joined_by_id() {
    let bench = Bench::new();
    bench.window("emb.npz", &Records::new(0, 60, 0.1));
    let mut scores = "id,score,camera\n".to_owned();
    for i in (5..65).rev() {
        let _ = writeln!(
            scores,
            "{i},{},{}",
            i as f64 / 64.0,
            ["left", "right"][i % 2]
        );
    }
    write(&bench, "scores.csv", &scores);
    let outcome = bench.run("profile scores.csv emb.npz --ids id --labels label -o joined.dsp");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let said =
        "5 records have no partner of the same id in scores.csv, 5 records of that file have none";
    assert!(outcome.err.contains(said), "{}", outcome.err);
    let shown = shown(&bench, "joined.dsp");
    assert_eq!(shown["records"], 60);
    assert_eq!(shown["spaces"][0]["rows"], 60);

    // A condition on a joined column chooses among the joined records.
    let outcome = bench.run(
        "profile scores.csv emb.npz --ids id --where camera=left --where label!=0 -o left.dsp",
    );
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let left = (5..60).filter(|i| i % 2 == 0 && i % 3 != 0).count();
    let shown: Value = serde_json::from_str(&bench.ok("show left.dsp --json")).unwrap();
    assert_eq!(shown["records"], left);

    // Labels may still come from a file of arrays beside the embeddings.
    let says = ndarray::Array1::from_shape_fn(60, |row| i64::from(row % 5 == 0));
    write(&bench, "says.npy", npy(&says));
    bench.ok("profile scores.csv emb.npz --ids id --labels says.npy -o says.dsp");
    let said: Value = serde_json::from_str(&bench.ok("show says.dsp --json")).unwrap();
    assert_eq!(said["spaces"][0]["classes"].as_array().unwrap().len(), 2);

    write(&bench, "twice.csv", "id,score\n1,0.5\n1,0.6\n");
    let outcome = bench.run("profile emb.npz twice.csv --ids id");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("two records have one id"),
        "{}",
        outcome.err
    );
}

#[test]
fn what_cannot_be_read_is_counted_in_the_profile_and_said_once() {
    let bench = Bench::new();
    let mut text = json(30);
    text.push_str("{\"id\": \"cut");
    write(&bench, "log.jsonl", text);
    let outcome = bench.run("profile log.jsonl --ids id");
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    let said = "1 record not read: not valid JSON (first: line 31) (file log.jsonl)";
    assert_eq!(outcome.err.matches(said).count(), 1, "{}", outcome.err);
    assert!(outcome.out.contains("not valid JSON"), "{}", outcome.out);
}

#[test]
fn parquet_is_profiled_with_the_roles_that_are_named() {
    let bench = Bench::new();
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    std::fs::copy(
        vectors.join("kinds_snappy.parquet"),
        bench.path("kinds.parquet"),
    )
    .unwrap();
    bench.ok("profile kinds.parquet --embeddings fixed --ids id --time seen --fit 2 -o kinds.dsp");
    let shown = shown(&bench, "kinds.dsp");
    assert_eq!(shown["records"], 4);
    assert_eq!(shown["spaces"][0]["dim"], 3);
    let outcome = bench.run("profile kinds.parquet");
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("--as records"), "{}", outcome.err);
    assert!(
        bench
            .ok("profile kinds.parquet --as records")
            .contains("5 records")
    );
}

/// Texts that only one record has are kept of it, and so are extremes.
#[test]
fn what_is_kept_of_single_records_is_said_without_embeddings_too() {
    let bench = Bench::new();
    let mut text = "file,sha1,site,width\n".to_owned();
    for i in 0..50 {
        let _ = writeln!(
            text,
            "{i}.jpg,{:040x},site {},{}",
            i * 77_777,
            i % 2,
            600 + i
        );
    }
    write(&bench, "records.csv", text);
    let said = bench.ok("profile records.csv -o records.dsp");
    let kept = "keeps the numbers of 50 records, 100 texts that came once (file, sha1) and the \
                smallest and largest of 1 series of numbers";
    assert!(said.contains(kept), "{said}");
    let json = shown(&bench, "records.dsp");
    assert_eq!(json["contents"]["bytes"], bench.read("records.dsp").len());
    let single = |at: usize| {
        (
            &json["features"][at]["name"],
            &json["features"][at]["single_values"],
        )
    };
    assert_eq!(single(1), (&"sha1".into(), &50.into()));
    assert_eq!(single(2), (&"site".into(), &0.into()));
    let shown = bench.ok("show records.dsp");
    assert!(
        shown.contains("frequent values") && shown.contains("ids plain, not sealed"),
        "{shown}"
    );
    let sealed = bench.ok("seal records.dsp -o sealed.dsp");
    assert!(
        sealed.contains("keeps nothing of single records: it is sealed"),
        "{sealed}"
    );
    assert!(bench.ok("show sealed.dsp").contains("ids plain, sealed"));
    // A set says it of all its members.
    let said = bench.ok("profile records.csv --segment site -o set.dsp");
    assert!(
        said.contains("100 texts that came once (file, sha1)"),
        "{said}"
    );
}

/// Nothing fails by it, and all that is learned is another thing than was meant.
#[test]
fn what_was_perhaps_meant_otherwise_is_told() {
    let bench = Bench::new();
    let mut text = "when,share,sum,code\n".to_owned();
    for i in 0..40 {
        let _ = writeln!(
            text,
            "{},{}%,\"{},001\",007",
            1_741_000_000 + i * 3600,
            i % 9,
            i % 5 + 1
        );
    }
    std::fs::write(bench.path("a.csv"), &text).unwrap();
    for line in [
        "profile a.csv --time when -o a.dsp",
        "profile a.csv --time when --window 1d -o days",
        "compare a.csv a.csv --time when",
    ] {
        let said = bench.run(line);
        assert_eq!(said.status, 0, "{}", said.err);
        for words in [
            "all times lie in 1970, 1970-01-21 to 1970-01-21",
            "are they seconds (2025-03-03 to 2025-03-05)? Write them times 1000, or as dates (file a.csv)",
            "share: taken as text; 40 of 40 texts look like numbers, such as `0%`",
            "sum: taken as text; 40 of 40 texts look like numbers, such as `1,001`",
        ] {
            assert!(said.err.contains(words), "{line}: {words}: {}", said.err);
        }
        assert!(!said.err.contains("code:"), "{}", said.err);
    }

    // Milliseconds, and decimal commas.
    let lines = (0..40_u64).map(|i| {
        let when = 1_741_000_000_000 + i * 3_600_000;
        format!("{when};{},5\n", i % 9)
    });
    let text = "when;share\n".to_owned() + &lines.collect::<String>();
    std::fs::write(bench.path("b.csv"), text).unwrap();
    let said = bench.run("profile b.csv --time when -o b.dsp");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let json: Value = serde_json::from_str(&bench.ok("show b.dsp --json")).unwrap();
    assert_eq!(json["features"][0]["types"]["floats"], 40);
    assert_eq!(json["features"][0]["numbers"]["max"], 8.5);
}

#[test]
fn missing_values_are_a_share_of_all_records() {
    let bench = Bench::new();
    let lines = (0..2000).map(|i| match i % 4 {
        0 => "{\"x\": 1, \"y\": 2}\n",
        1 => "{\"x\": 1, \"y\": null}\n",
        _ => "{\"x\": 1}\n",
    });
    std::fs::write(bench.path("a.jsonl"), lines.collect::<String>()).unwrap();
    bench.ok("profile a.jsonl -o a.dsp");
    let page = bench.ok("show a.dsp");
    assert!(
        page.contains("y: missing in 1,500 of 2,000 records"),
        "{page}"
    );
    let json: Value = serde_json::from_str(&bench.ok("show a.dsp --json")).unwrap();
    let y = &json["features"][1];
    assert_eq!((&y["records"], &y["missing"]), (&1000.into(), &1500.into()));
}
