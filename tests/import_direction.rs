//! Data flows one way through the rooms, and so do the imports.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each room may import. A room that is not listed may import nothing.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("sketch", &["error"]),
    ("sphere", &["error", "sketch"]),
    ("ingest", &["error", "glob"]),
    ("measure", &["error", "glob", "ingest"]),
    (
        "profile",
        &[
            "error",
            "whole_file",
            "sketch",
            "sphere",
            "ingest",
            "measure",
        ],
    ),
    (
        "compare",
        &["error", "glob", "sketch", "sphere", "ingest", "profile"],
    ),
    // The tests of these two make profiles of batches.
    (
        "check",
        &["error", "sketch", "ingest", "profile", "compare"],
    ),
    (
        "report",
        &[
            "error", "sketch", "sphere", "ingest", "measure", "profile", "compare", "check",
        ],
    ),
    (
        "cli",
        &[
            "error",
            "whole_file",
            "sketch",
            "sphere",
            "ingest",
            "measure",
            "profile",
            "compare",
            "check",
            "report",
        ],
    ),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the source folder is readable") {
        let path = entry.expect("a folder entry is readable").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Rooms named in the code of a file; comments and docs do not count.
fn imports(text: &str, prefixes: &[&str]) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let mut rooms = Vec::new();
    for line in code {
        for prefix in prefixes {
            for (at, _) in line.match_indices(prefix) {
                let rest = &line[at + prefix.len()..];
                let room: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                rooms.push(room);
            }
        }
    }
    rooms
}

#[test]
fn no_import_runs_back() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<_, _> = MAY_IMPORT.into_iter().collect();
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut checked = 0;
    for file in &files {
        let relative = file.strip_prefix(&src).expect("files lie in src");
        let parts: Vec<_> = relative.iter().map(|p| p.to_string_lossy()).collect();
        if parts.len() < 2 {
            continue; // lib.rs, main.rs and error.rs stand above the rooms
        }
        let room = parts[0].as_ref();
        let may = allowed
            .get(room)
            .unwrap_or_else(|| panic!("room {room} has no place in the direction of imports"));
        // A file of tests may make what it needs.
        if parts.last().is_some_and(|name| name.ends_with("tests.rs")) {
            continue;
        }
        let text = std::fs::read_to_string(file).expect("sources are text");
        for import in imports(&text, &["crate::", "driftsphere::"]) {
            // The crate root re-exports the error type.
            let fine = import == room
                || may.contains(&import.as_str())
                || ["Error", "ErrorKind", "Result", ""].contains(&import.as_str());
            assert!(fine, "{} imports {import}", relative.display());
        }
        checked += 1;
    }
    assert!(checked > 20, "only {checked} files were looked at");
}

#[test]
fn one_library_has_one_user() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let users: Vec<_> = files
        .iter()
        .filter(|f| {
            let text = std::fs::read_to_string(f).expect("sources are text");
            !imports(&text, &["linfa"]).is_empty()
        })
        .collect();
    assert!(!users.is_empty());
    for user in users {
        assert!(
            user.starts_with(src.join("sphere")),
            "{} uses linfa",
            user.display()
        );
    }
}

#[test]
fn a_backward_import_would_be_seen() {
    let text = "// crate::report is fine in a comment\nuse crate::report::json;\n";
    assert_eq!(imports(text, &["crate::"]), ["report"]);
}
