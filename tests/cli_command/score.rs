//! Scores of single records, as CSV and Parquet.

use crate::support::{Bench, DIM, Records};

const KEYS: &str = "--embeddings emb --labels label --ids id";

/// A reference, and 40 fresh records of which the last points away from all.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.window("ref.npz", &Records::new(0, 300, 0.15));
    bench.ok(&format!("profile ref.npz {KEYS} --fit 3 -o ref.dsp"));
    let mut fresh = Records::new(1000, 40, 0.15);
    fresh.embeddings.row_mut(39).fill(-1.0);
    fresh.embeddings.row_mut(7).fill(0.0);
    bench.window("new.npz", &fresh);
    bench
}

fn table(text: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    (lines.next().unwrap(), lines.collect())
}

#[test]
fn every_record_has_a_line_in_the_order_read() {
    let bench = bench();
    let outcome = bench.run(&format!("score ref.dsp new.npz {KEYS} -o scores.csv"));
    assert_eq!(outcome.status, 0, "{}", outcome.err);
    assert_eq!(outcome.out, "scores.csv: 40 of 40 records\n");
    assert!(
        outcome.err.contains("1 records have no score: zero vector"),
        "{}",
        outcome.err
    );
    let text = String::from_utf8(bench.read("scores.csv")).unwrap();
    let (names, rows) = table(&text);
    let column = |name: &str| names.iter().position(|n| *n == name).unwrap();
    assert_eq!(rows.len(), 40);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(row.len(), names.len());
        assert_eq!(row[column("row")], i.to_string());
        assert_eq!(row[column("id")], (1000 + i).to_string());
        assert_eq!(row[column("class")], (i % 3).to_string());
        if i == 7 {
            assert_eq!(row[column("not_scored")], "zero vector");
            assert_eq!(row[column("novelty")], "");
            continue;
        }
        let novelty: f64 = row[column("novelty")].parse().unwrap();
        assert!((0.0..=1.0).contains(&novelty));
        assert!(row[column("cluster")].starts_with("cluster "));
    }
    assert_eq!(rows[39][column("novelty")], "1");
    let boundary: f64 = rows[0][column("boundary")].parse().unwrap();
    assert!(boundary > 0.0, "a clean record lies inside its class");
    assert!(!bench.files().iter().any(|name| name.ends_with(".tmp")));
    // To the screen the same, and nothing beside it.
    assert_eq!(
        bench.ok(&format!("score ref.dsp new.npz {KEYS} -o - --threads 2")),
        text
    );
}

#[test]
fn the_most_novel_come_first_and_rows_keep_their_place() {
    let bench = bench();
    let line = format!("score ref.dsp new.npz {KEYS} --where label=0|1 --top 3 -o -");
    let out = bench.ok(&line);
    let (names, rows) = table(&out);
    let column = |name: &str| names.iter().position(|n| *n == name).unwrap();
    assert_eq!(rows.len(), 3);
    // The last of 40 is of class 0; its row is that of the file.
    assert_eq!(rows[0][column("row")], "39");
    let distances = rows
        .iter()
        .map(|row| row[column("cluster_distance")].parse::<f64>().unwrap());
    assert!(distances.collect::<Vec<_>>().is_sorted_by(|a, b| a >= b));
    assert!(rows.iter().all(|row| row[column("class")] != "2"));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_csv_does() {
    use driftsphere::ingest::{Column, InputFile, Roles, Selection};
    let bench = bench();
    bench.ok(&format!("score ref.dsp new.npz {KEYS} -o scores.parquet"));
    let csv = bench.ok(&format!("score ref.dsp new.npz {KEYS} -o -"));
    let (names, rows) = table(&csv);
    let roles = Roles {
        features: vec!["*".into()],
        ..Roles::default()
    };
    let file = InputFile::open(bench.path("scores.parquet")).unwrap();
    let stored: Vec<&str> = file.fields().iter().map(|f| f.name.as_str()).collect();
    assert_eq!(stored, names);
    let mut scan = file.scan(&roles, &Selection::all()).unwrap();
    let block = scan.next_block(1000).unwrap().unwrap();
    for (name, column) in block.features() {
        let at = names.iter().position(|n| n == name).unwrap();
        for (row, line) in rows.iter().enumerate() {
            assert_eq!(column.text(row), line[at], "{name} of row {row}");
        }
    }
    let row = block
        .features()
        .iter()
        .find(|(name, _)| name == "row")
        .unwrap();
    assert!(matches!(row.1, Column::Int(_)));
}

#[test]
fn what_cannot_be_scored_is_refused_and_leaves_no_file() {
    let bench = bench();
    bench.ok(&format!("profile ref.npz {KEYS} -o plain.dsp"));
    std::fs::write(bench.path("t.csv"), "a,b\n1,2\n").unwrap();
    for (line, words) in [
        (format!("score plain.dsp new.npz {KEYS} -o s.csv"), "--fit"),
        (
            format!("score ref.dsp new.npz {KEYS} -o s.txt"),
            ".csv or .parquet",
        ),
        ("score ref.dsp t.csv -o s.csv".to_owned(), "no embeddings"),
        (format!("score ref.dsp new.npz {KEYS} -o new.npz"), "input"),
        (
            format!("score ref.dsp new.npz {KEYS} --space other -o s.csv"),
            "embedding",
        ),
        (
            format!("score ref.dsp new.npz {KEYS} --top 0 -o s.csv"),
            "--top",
        ),
        (
            format!("score ref.dsp none.npz {KEYS} -o s.csv"),
            "none.npz",
        ),
    ] {
        let outcome = bench.run(&line);
        assert_eq!(outcome.status, 2, "{line}");
        assert!(outcome.err.contains(words), "{line}: {}", outcome.err);
    }
    let narrow = ndarray::Array2::<f32>::ones((3, DIM - 1));
    std::fs::write(bench.path("narrow.npy"), crate::support::npy(&narrow)).unwrap();
    let outcome = bench.run("score ref.dsp narrow.npy -o s.csv");
    assert!(
        outcome.err.contains("15 dimensions, the reference 16"),
        "{}",
        outcome.err
    );
    let left = bench.files();
    assert!(
        !left
            .iter()
            .any(|name| name.starts_with("s.") || name.ends_with(".tmp")),
        "{left:?}"
    );
}
