//! The pages as a browser would read them.

mod pages;
mod parts;
mod series;

use super::*;
use crate::compare::{CompareOptions, compare};
use crate::ingest::{Batch, Column};
use crate::profile::{Profile, ProfileBuilder, ProfileConfig, SpaceConfig};
use crate::report::escape::is_hidden;
use ndarray::Array2;

/// What must show as text, and nothing else.
const HOSTILE: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202e}gpj.&amp;\u{1b}[2J{{7*7}}";

fn window(turn: f32, offset: f64) -> Profile {
    let rows = Array2::from_shape_fn((300, 6), |(i, j)| {
        ((i * (2 * j + 3)) as f32 * 0.618_034).fract() + 0.1 + turn * j as f32
    });
    let labels: Vec<String> = (0..300).map(|i| format!("{HOSTILE}{}", i % 3)).collect();
    let values: Vec<f64> = (0..300).map(|i| f64::from(i % 97) + offset).collect();
    let ids: Vec<String> = (0..300).map(|i| format!("{HOSTILE}/{turn}/{i}")).collect();
    let config = ProfileConfig::new().space(HOSTILE, SpaceConfig::new(6));
    let mut builder = ProfileBuilder::new(config).unwrap();
    let batch = Batch::new(300)
        .space(HOSTILE, rows.view())
        .feature(format!("pixels.{HOSTILE}"), Column::from(values))
        .labels(Column::from(labels))
        .ids(Column::from(ids));
    builder.track_batch(&batch).unwrap();
    builder.freeze()
}

fn hostile_page() -> String {
    let (reference, target) = (window(0.0, 0.0), window(0.4, 40.0));
    let names = (HOSTILE.repeat(200), HOSTILE.to_owned());
    let options = CompareOptions {
        names,
        ..CompareOptions::default()
    };
    let answer = compare(&reference, &target, &options).unwrap();
    comparison(&answer, &reference, &target, &Pictures::default())
}

/// Whether tags are closed in the order in which they were opened, and none is of
/// a kind that the templates do not write.
fn assert_well_formed(page: &str) {
    const KNOWN: &[&str] = &[
        "a",
        "b",
        "bdi",
        "defs",
        "image",
        "use",
        "body",
        "button",
        "code",
        "dd",
        "desc",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
        "label",
        "li",
        "main",
        "nav",
        "option",
        "p",
        "path",
        "section",
        "select",
        "small",
        "span",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "g",
        "optgroup",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "fieldset",
        "legend",
    ];
    const VOID: &[&str] = &["meta", "input", "!doctype"];
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (middle, rest) = rest.split_once("<script>").unwrap();
    let (_, after) = rest.split_once("</script>").unwrap();
    let mut open = Vec::new();
    let markup = [before, middle, after].concat();
    for tag in markup.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a bare > in {text:?}");
        let name = tag.split([' ', '/']).next().unwrap();
        // Attributes are quoted, and those that the templates write.
        let quotes = tag.matches('"').count();
        assert!(
            quotes.is_multiple_of(2) && (name == "meta" || !tag.contains('\'')),
            "<{tag}>"
        );
        assert!(!tag.contains(" on"), "a handler in <{tag}>");
        assert!(name != "image" || tag.contains("href=\"data:image/jpeg;base64,"));
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "closed out of order"),
            None if VOID.contains(&name) => {}
            None => {
                assert!(KNOWN.contains(&name), "no template writes <{tag}>");
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

fn assert_harmless(page: &str) {
    assert_well_formed(page);
    assert_eq!(page.matches("<script").count(), 1);
    let hidden = page.chars().find(|c| is_hidden(*c) && *c != '\n');
    assert_eq!(hidden, None);
    for word in ["http:", "https:", "url(", "@import", " onerror=alert(2)>"] {
        assert!(!page.contains(word), "{word} in the page");
    }
    assert!(page.contains("Content-Security-Policy"));
}

/// Places that links of the page lead to, and whether each is there once.
fn assert_links_lead_somewhere(page: &str) -> usize {
    let behind = |before: &str| -> Vec<&str> {
        let rest = page.split(before).skip(1);
        rest.map(|rest| rest.split('"').next().unwrap()).collect()
    };
    let places = behind(" id=\"");
    let unique: std::collections::BTreeSet<&str> = places.iter().copied().collect();
    assert_eq!(unique.len(), places.len(), "one place twice");
    let links = behind(" href=\"#");
    for to in &links {
        assert!(unique.contains(to), "#{to} leads nowhere");
    }
    links.len()
}
