//! CSV and JSON lines.

use crate::support::{
    Folder, all, block, named, problems, profile, read, read_with, refused, texts,
};
use driftsphere::ErrorKind;
use driftsphere::ingest::{As, Cell, Column, InputFile, Limits, Roles, Selection};

#[test]
fn types_are_counted_value_by_value() {
    let folder = Folder::new();
    let path = folder.write(
        "t.csv",
        "x,y\n1,a\n2.5,true\nn/a,3\n,\n-0.5,\"b,\"\"c\"\"\"\n",
    );
    let read = block(&path, &all());
    assert_eq!(
        read.features()[0].1,
        Column::Mixed(vec![
            Cell::Int(1),
            Cell::Float(2.5),
            Cell::Text("n/a".into()),
            Cell::Null,
            Cell::Float(-0.5)
        ])
    );
    assert_eq!(texts(&read, "y")[4].as_deref(), Some("b,\"c\""));
    let profile = profile(&[read], None);
    let x = &profile.features()["x"];
    assert_eq!(
        (x.numbers().count(), x.categories().total(), x.nulls()),
        (3, 1, 1)
    );
    let y = &profile.features()["y"];
    assert_eq!(
        (y.numbers().count(), y.categories().total(), y.nulls()),
        (1, 3, 1)
    );
}

/// Each value for itself, so that a column may hold several forms.
#[test]
fn commas_are_decimal_ones_where_semicolons_divide() {
    let folder = Folder::new();
    let values = ["1,288", "-0,5", "2.5", "7", "1.234,5", "a,b"];
    let expected = vec![
        Cell::Float(1.288),
        Cell::Float(-0.5),
        Cell::Float(2.5),
        Cell::Int(7),
        Cell::Text("1.234,5".into()),
        Cell::Text("a,b".into()),
    ];
    let lines = values.map(|value| format!("{value};{value}\n"));
    let roles = Roles {
        ids: named("id"),
        ..all()
    };
    let file = folder.write("t.csv", format!("id;x\n{}", lines.concat()));
    let read = block(&file, &roles);
    assert_eq!(read.features()[0].1, Column::Mixed(expected));
    assert_eq!(read.batch("").id(0).as_deref(), Some("1,288"));
    // Beside tabs it may be a comma of thousands.
    let tabs = folder.write("t.tsv", "x\ty\n1,288\t2\n");
    let read = block(&tabs, &all());
    assert_eq!(read.features()[0].1, Column::Text(vec!["1,288".into()]));
    let quoted = folder.write("q.csv", "x,y\n\"1,288\",2\n");
    let read = block(&quoted, &all());
    assert_eq!(read.features()[0].1, Column::Text(vec!["1,288".into()]));
}

#[test]
fn ids_and_labels_are_taken_as_written() {
    let folder = Folder::new();
    let path = folder.write(
        "t.tsv",
        "id\tcode\twhen\n007\t1.50\t2025-03-03T07:42:32+01:00\n7\t1.5\t5\n",
    );
    let roles = Roles {
        ids: named("id"),
        labels: named("code"),
        time: named("when"),
        ..Roles::default()
    };
    let read = block(&path, &roles);
    let batch = read.batch("");
    assert_eq!(
        (batch.id(0).as_deref(), batch.id(1).as_deref()),
        (Some("007"), Some("7"))
    );
    assert_eq!(
        (batch.label(0).as_deref(), batch.label(1).as_deref()),
        (Some("1.50"), Some("1.5"))
    );
    assert_eq!(
        (batch.time(0), batch.time(1)),
        (Some(1_740_984_152_000), Some(5))
    );
    let seven = Selection::parse(None, &["id=7"]).unwrap();
    let (blocks, _) = read_with(&path, &roles, &seven, 10, &Limits::default()).unwrap();
    assert_eq!(blocks[0].len(), 1);
}

#[test]
fn bad_lines_of_csv_are_counted_and_the_rest_is_read() {
    let folder = Folder::new();
    let mut bytes = b"id,x,when\na,1,2025-03-03\nb,2\nc,3,2025-03-03,4\n".to_vec();
    bytes.extend(b"d,\xff,2025-03-03\n\ne,5,yesterday\nf,6,2025-03-04\n");
    let path = folder.write("t.csv", bytes);
    let roles = Roles {
        time: named("when"),
        ..all()
    };
    let found = read(&path, &roles, 2).unwrap();
    let x: Vec<_> = found.0.iter().flat_map(|block| texts(block, "x")).collect();
    assert_eq!(x, [Some("1".to_owned()), Some("6".to_owned())]);
    assert_eq!(
        problems(&found),
        [
            "2 records not read: another number of fields than the header (first: line 3)",
            "1 record not read: text that is not UTF-8 (first: line 5)",
            "1 record left out: no readable time (first: line 7)",
        ]
    );
}

/// A stray quote takes its own line with it, not the rest of the file, whether the
/// quoted column is the last or not.
#[test]
fn a_quote_that_is_never_closed_costs_one_line() {
    let folder = Folder::new();
    for header in ["id,size,note\n", "id,note,size\n"] {
        let line = |i: usize, text: &str| match header.ends_with("note\n") {
            true => format!("{i},{i},{text}\n"),
            false => format!("{i},{text},{i}\n"),
        };
        let lines = (0..5000).map(|i| line(i, if i == 10 { "\"12 inch" } else { "plain" }));
        let text = header.to_owned() + &lines.collect::<String>();
        let path = folder.write("t.csv", text.trim_end());
        let (blocks, problems) = read(&path, &all(), 1000).unwrap();
        assert_eq!(blocks.iter().map(|b| b.len()).sum::<usize>(), 4999);
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["1 record not read: a quote that is never closed (first: line 12)"]
        );
    }
    // What is quoted rightly may hold lines and end the file.
    let path = folder.write("t.csv", "a,b\n1,\"x\ny\"\n2,\"z\"");
    let read = block(&path, &all());
    assert_eq!(texts(&read, "b"), [Some("x\ny".into()), Some("z".into())]);
    let path = folder.write("t.csv", "a,\"b\n1,2\n");
    assert!(refused(&path, &all()).to_string().contains("never closed"));
}

#[test]
fn a_character_cut_in_two_by_a_comma_is_no_character() {
    let folder = Folder::new();
    let path = folder.write("t.csv", b"a,b\n1,2\n\xc3,\xa4\n");
    let found = read(&path, &all(), 10).unwrap();
    assert_eq!(
        problems(&found),
        ["1 record not read: text that is not UTF-8 (first: line 3)"]
    );
}

#[test]
fn headers_name_every_column_once() {
    let folder = Folder::new();
    let error = refused(&folder.write("t.csv", "a,b,a\n1,2,3\n"), &all());
    assert!(
        error.to_string().contains("two columns have one name"),
        "{error}"
    );
    assert!(error.to_string().contains("column a"), "{error}");
    let index = InputFile::open(folder.write("i.csv", "\u{feff},x\n0,1\n")).unwrap();
    let names: Vec<&str> = index.fields().iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["column_1", "x"]);
    let error = refused(&folder.write("u.csv", b"a,\xff\n1,2\n"), &all());
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}

#[test]
fn what_is_ambiguous_names_the_flag_that_decides() {
    let folder = Folder::new();
    let path = folder.write("one", "height\n1\n2\n");
    let error = refused(&path, &all());
    assert!(error.message().contains("--as records"), "{error}");
    let file = InputFile::open_with(&path, Some(As::Records), &Limits::default()).unwrap();
    let mut scan = file.scan(&all(), &Selection::all()).unwrap();
    assert_eq!(scan.next_block(10).unwrap().unwrap().len(), 2);
}

#[test]
fn objects_flatten_and_lists_are_said() {
    let folder = Folder::new();
    let path = folder.write(
        "t.jsonl",
        concat!(
            "{\"box\": {\"w\": 3, \"at\": {\"x\": 0.5}}, \"tags\": [1, 2], \"ok\": true, \"emb\": [1, 2]}\n",
            "\n",
            "{\"box\": {\"w\": \"wide\"}, \"ok\": null, \"emb\": [3, 4.5], \"late\": 18446744073709551615}\n",
        ),
    );
    let roles = Roles {
        embeddings: named("emb"),
        features: vec!["*".into(), "tags".into()],
        ..Roles::default()
    };
    // No line has a plain value under `tags`: it is a list where it is there.
    let found = read(&path, &roles, 10).unwrap();
    assert_eq!(
        problems(&found),
        [
            "1 value not read: a list where a number, text or truth value is expected (first: line 1)"
        ]
    );
    let read = &found.0[0];
    let names: Vec<&str> = read
        .features()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["box.at.x", "box.w", "late", "ok"]);
    let late = &read.features()[2].1;
    assert_eq!(
        *late,
        Column::Mixed(vec![Cell::Absent, Cell::Float(1.8446744073709552e19)])
    );
    let profile = profile(&found.0, Some(2));
    assert_eq!(profile.features()["late"].count(), 1); // what is not there is not null
    assert_eq!(profile.features()["ok"].nulls(), 1);
    assert_eq!(profile.spaces()["e"].rows(), 2);
}

#[test]
fn bad_lines_of_json_are_counted_by_reason() {
    let folder = Folder::new();
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let lists = format!("{{\"a\": {}{}}}", "[".repeat(5000), "]".repeat(5000));
    let mut bytes =
        b"{\"a\": 1, \"e\": [1, 0]}\n{\"a\": 1\n[1]\n7\n{\"a\": 1, \"a\": 2}\n{\"a\": \"\xff\"}\n"
            .to_vec();
    bytes.extend(format!("{deep}\n{lists}\n{{\"a.b\": 1, \"a\": {{\"b\": 2}}}}\n").bytes());
    bytes.extend(b"{\"a\": 2, \"e\": [1]}\n{\"a\": 2, \"e\": null}\n{\"e\": [1, \"x\"]}\n{\"a\": 2}\n{\"a\": 3, \"e\": [0, 1]} x\n{\"a\": 4, \"e\": [0, 1]}");
    let path = folder.write("t.jsonl", bytes);
    let roles = Roles {
        embeddings: named("e"),
        ..all()
    };
    let found = read(&path, &roles, 3).unwrap();
    let a: Vec<_> = found.0.iter().flat_map(|block| texts(block, "a")).collect();
    assert_eq!(a, [Some("1".to_owned()), Some("4".to_owned())]);
    assert_eq!(
        problems(&found),
        [
            "2 records not read: JSON that is no object (first: line 3)",
            "2 records not read: a key given twice (first: line 5)",
            "1 record not read: nested deeper than the limit (first: line 7)",
            "2 records not read: not valid JSON (first: line 2)",
            "1 record not read: text that is not UTF-8 (first: line 6)",
            "1 record left out: embedding of another length (first: line 10)",
            "1 record left out: embedding that is no list of numbers (first: line 12)",
            "3 records left out: no embedding (first: line 8)",
            "1 value not read: a list where a number, text or truth value is expected (first: line 8)",
        ]
    );
}

#[test]
fn a_file_without_one_good_record_is_an_error() {
    let folder = Folder::new();
    for (name, bytes) in [("t.jsonl", "{\"a\"\n{\n"), ("t.csv", "a,b\n1\n2\n")] {
        let error = refused(&folder.write(name, bytes), &all());
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(
            error
                .message()
                .starts_with("no record could be read; 2 records"),
            "{error}"
        );
    }
    let empty = read(&folder.write("e.csv", "a,b\n"), &all(), 10).unwrap();
    assert!(empty.0.is_empty());
}

#[test]
fn a_key_that_no_line_has_is_an_error_that_names_those_there_are() {
    let folder = Folder::new();
    let path = folder.write("t.jsonl", "{\"label\": 1, \"x\": 2}\n");
    let roles = Roles {
        labels: named("lable"),
        ..all()
    };
    let error = refused(&path, &roles).to_string();
    assert!(
        error.contains("there is no column `lable`; the file holds label, x"),
        "{error}"
    );
}

#[test]
fn long_lines_are_passed_over_in_bounded_memory() {
    let folder = Folder::new();
    let limits = Limits {
        max_line_bytes: 100,
        ..Limits::default()
    };
    let long = "x".repeat(1 << 20);
    let json = folder.write(
        "t.jsonl",
        format!("{{\"a\": 1}}\n{{\"a\": \"{long}\"}}\n{{\"a\": 2}}\n"),
    );
    // The quote is closed only far below, where the limit has long been passed.
    let csv = folder.write(
        "t.csv",
        format!("a,b\n1,2\n3,\"{}\"\n4,5\n", "x,y\n".repeat(10_000)),
    );
    for path in [json, csv] {
        let found = read_with(&path, &all(), &Selection::all(), 10, &limits).unwrap();
        assert_eq!(texts(&found.0[0], "a").len(), 2);
        let said = problems(&found);
        assert!(
            said[0].starts_with("1 record not read: line longer than the limit"),
            "{said:?}"
        );
    }
}

#[test]
fn values_used_as_keys_are_refused_in_time() {
    let folder = Folder::new();
    let limits = Limits {
        max_fields: 50,
        ..Limits::default()
    };
    let lines: String = (0..100).map(|i| format!("{{\"k{i}\": 1}}\n")).collect();
    let path = folder.write("t.jsonl", lines);
    let error = read_with(&path, &all(), &Selection::all(), 10, &limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let names: Vec<String> = (0..100).map(|i| format!("c{i}")).collect();
    let path = folder.write("t.csv", format!("{}\n", names.join(",")));
    let error = read_with(&path, &all(), &Selection::all(), 10, &limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
}
