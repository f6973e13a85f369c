//! Blocks, parts and joins leave no trace in a profile.

use crate::support::{Folder, all, named, profile, read};
use driftsphere::ingest::{InputFile, Partners, Roles, Selection};
use proptest::prelude::*;

/// A value as it may stand in a file, for CSV and for JSON.
fn value() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        (-50_i64..50).prop_map(|v| (v.to_string(), v.to_string())),
        (-50_i64..50).prop_map(|v| (format!("{v}.5"), format!("{v}.5"))),
        Just((String::new(), "null".to_owned())),
        any::<bool>().prop_map(|v| (v.to_string(), v.to_string())),
        "[a-d]{1,2}".prop_map(|v| (v.clone(), format!("\"{v}\""))),
    ]
}

/// The same values with decimal commas.
fn with_commas(rows: &[Vec<(String, String)>]) -> String {
    csv(rows).replace(',', ";").replace('.', ",")
}

fn csv(rows: &[Vec<(String, String)>]) -> String {
    let line = |row: &Vec<(String, String)>| {
        let fields: Vec<&str> = row.iter().map(|(csv, _)| csv.as_str()).collect();
        format!("id,{}\n", fields.join(","))
    };
    format!("k,a,b,c\n{}", rows.iter().map(line).collect::<String>())
}

/// Every third record leaves `c` out.
fn json(rows: &[Vec<(String, String)>]) -> String {
    let line = |(i, row): (usize, &Vec<(String, String)>)| {
        let [a, b, c] = [0, 1, 2].map(|at| row[at].1.as_str());
        match i % 3 {
            0 => format!("{{\"k\": \"id\", \"a\": {a}, \"b\": {b}}}\n"),
            _ => format!("{{\"c\": {c}, \"k\": \"id\", \"a\": {a}, \"b\": {b}}}\n"),
        }
    };
    rows.iter().enumerate().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_size_of_blocks_leaves_no_trace(
        rows in prop::collection::vec(prop::collection::vec(value(), 3), 1..60),
        size in 1_usize..70,
    ) {
        let folder = Folder::new();
        for (name, text) in [
            ("t.csv", csv(&rows)),
            ("commas.csv", with_commas(&rows)),
            ("t.jsonl", json(&rows)),
        ] {
            let path = folder.write(name, text);
            let whole = profile(&read(&path, &all(), 1000).unwrap().0, None);
            let parts = profile(&read(&path, &all(), size).unwrap().0, None);
            prop_assert_eq!(whole.records(), rows.len() as u64);
            prop_assert_eq!(whole.to_bytes(), parts.to_bytes());
        }
    }

    #[test]
    fn decimal_commas_leave_no_trace(
        rows in prop::collection::vec(prop::collection::vec(value(), 3), 1..40),
    ) {
        let folder = Folder::new();
        let of = |text| {
            let path = folder.write("t.csv", text);
            profile(&read(&path, &all(), 7).unwrap().0, None).to_bytes()
        };
        prop_assert_eq!(of(csv(&rows)), of(with_commas(&rows)));
    }

    #[test]
    fn a_file_in_two_parts_is_the_same_file(
        rows in prop::collection::vec(prop::collection::vec(value(), 3), 2..40),
        cut in 1_usize..39,
    ) {
        let folder = Folder::new();
        let cut = cut.min(rows.len() - 1);
        let of = |rows: &[Vec<(String, String)>]| {
            let blocks = read(&folder.write("t.csv", csv(rows)), &all(), 7).unwrap().0;
            profile(&blocks, None)
        };
        let mut merged = of(&rows[..cut]);
        merged.merge(&of(&rows[cut..])).unwrap();
        prop_assert_eq!(merged.to_bytes(), of(&rows).to_bytes());
    }
}

#[test]
fn csv_and_json_of_the_same_values_make_the_same_profile() {
    let folder = Folder::new();
    let csv = folder.write("t.csv", "a,b\n1,x\n2.5,\n,true\n");
    let json = folder.write(
        "t.jsonl",
        "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2.5, \"b\": null}\n{\"a\": null, \"b\": true}\n",
    );
    let of = |path| profile(&read(path, &all(), 2).unwrap().0, None).to_bytes();
    assert_eq!(of(&csv), of(&json));
}

fn scan(path: &std::path::Path) -> driftsphere::ingest::Scan {
    let roles = Roles {
        ids: named("id"),
        ..all()
    };
    InputFile::open(path)
        .unwrap()
        .scan(&roles, &Selection::all())
        .unwrap()
}

#[test]
fn joined_inputs_make_the_profile_of_one_that_holds_all() {
    let folder = Folder::new();
    let whole = folder.write("w.csv", "id,x,y\na,1,p\nb,2,\nc,3,q\n");
    let left = folder.write("l.csv", "id,x\na,1\nb,2\nc,3\n");
    let right = folder.write("r.csv", "id,y\nc,q\na,p\nb,\n");
    let mut partners = Partners::new(1 << 20);
    partners.read(&mut scan(&right)).unwrap();
    let mut blocks = Vec::new();
    let mut streamed = scan(&left);
    while let Some(block) = streamed.next_block(2).unwrap() {
        blocks.push(partners.attach(block).unwrap());
    }
    assert_eq!((partners.missing(), partners.unused()), (0, 0));
    let mut all = Vec::new();
    let mut one = scan(&whole);
    while let Some(block) = one.next_block(2).unwrap() {
        all.push(block);
    }
    assert_eq!(
        profile(&blocks, None).to_bytes(),
        profile(&all, None).to_bytes()
    );
}

#[test]
fn an_id_held_twice_is_an_error_and_memory_is_bounded() {
    let folder = Folder::new();
    let twice = folder.write("t.csv", "id,y\na,1\nb,2\na,3\n");
    let error = Partners::new(1 << 20)
        .read(&mut scan(&twice))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("two records have one id") && error.contains("id a"),
        "{error}"
    );
    let error = Partners::new(10).read(&mut scan(&twice)).unwrap_err();
    assert_eq!(error.kind(), driftsphere::ErrorKind::Limit);
}

#[test]
fn records_without_a_partner_are_kept_unless_they_were_not_chosen() {
    let folder = Folder::new();
    let left = folder.write("l.csv", "id,x\na,1\nb,2\n,3\n");
    let right = folder.write("r.csv", "id,y\nb,9\nc,8\n");
    for (required, len) in [(false, 3), (true, 1)] {
        let mut partners = Partners::new(1 << 20);
        if required {
            partners = partners.required();
        }
        partners.read(&mut scan(&right)).unwrap();
        let block = scan(&left).next_block(10).unwrap().unwrap();
        let joined = partners.attach(block).unwrap();
        assert_eq!(joined.len(), len);
        assert_eq!((partners.missing(), partners.unused()), (2, 1));
        let y = &profile(&[joined], None).features()["y"].clone();
        assert_eq!(y.count(), 1);
    }
}
