//! Comparisons as Markdown: the words of the terminal, and hostile names.

use super::fixtures;
use super::{TerminalOptions, markdown, terminal};
use crate::compare::Comparison;
use insta::assert_snapshot;

#[test]
fn drift() {
    assert_snapshot!(markdown(&fixtures::drift(), false), @r##"
    **DRIFT**: the target differs from the reference by more than chance would explain, and by enough to matter (in space embedding).

    - **reference** march.dsp, 1,000 records, 2025-03-03 00:00 to 2025-04-01 00:00 UTC
    - **target** april.dsp, 300 records

    ### What moved most

    1. Records of class 7 lie further from their centre: the median moved by 0.93 standard deviations of the reference.
    2. 17 % of the records lie in another cluster than the reference's would.
    3. The mean direction of all embeddings turned by 1.6 degrees.

    ### How sure

    | judged together | p | verdict | from these tests |
    | --- | ---: | --- | --- |
    | space embedding | &lt; 0.001 | drift | spectral, mmd, neighbours |

    <sub>p: how often chance alone would show as much, all tests taken together. Drift needs p below 0.05: without any drift, at most 5 % of comparisons are to alarm.</sub>

    ### Findings

    | what | change | matters from | p | records | verdict |
    | --- | --- | --- | ---: | ---: | --- |
    | own-centre distance (class 7) | median shift +0.931 sd | 0.2 sd | &lt; 0.001 | 104 / 31 | drift |
    | cluster shares | total variation 17.4 points | 10 points | 0.004 | 1,000 / 300 | drift |
    | spectral | turn of the mean direction 1.62° | 2° | 0.034 | 1,000 / 300 \* | possible drift |

    <sub>records: reference / target.</sub>

    <sub>sd: standard deviation of the reference, how much its records usually differ.</sub>

    <sub>points: percentage points, in per cent of the records.</sub>

    <sub>\*: measured on the records kept as a sample, not on all.</sub>

    <details><summary>Not enough data to tell</summary>

    - own-centre distance stayed as it was (p 0.40); 98 / 21 records would show a median shift from 0.674 sd, should from 0.4 sd. About 99 target records would do.

    <sub>What came nearest to an alarm is first. should: from twice the size that matters on, a change is to be seen 4 times out of 5.</sub>

    </details>

    <details><summary>Not tested</summary>

    - pairwise distance: fewer than 20 sampled records a side

    </details>

    <details><summary>No drift</summary>

    2 tests found none, and would most likely have seen a change of twice the size that matters (--verbose lists them).

    </details>

    <details><summary>Classes and clusters that moved</summary>

    | group | reference | target | what moved | typical record |
    | --- | ---: | ---: | --- | --- |
    | class 7 | \- | \- | own-centre distance | mnist/00431.png |
    | cluster 3 | 12 % | 29 % | more frequent | mnist/00007.png |
    | cluster 1 | 31 % | 17 % | less frequent | \- |

    <sub>reference, target: share of the records. Typical record: the real record nearest to the middle (medoid).</sub>

    </details>

    <details><summary>Look at these target records first</summary>

    - <code>mnist/31337.png</code> most novel, distance 0.431
    - <code>row 9e3779b97f4a7c15</code> most novel, distance 0.43
    - <code>mnist/40404.png</code> new in a grown cluster, distance 0.12

    <sub>row ...: logged without an id; the digits are a hash of its content.</sub>

    </details>

    <details><summary>Embeddings compared</summary>

    - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model lite0; class: label; centres: codebook; 0.4 % of the target's records are in the reference too. The mean moved by 0.112 because classes look different (new meaning), by 0.031 because they are more or less frequent (new mix). Frechet distance 0.214 (0.071 by chance, 256 rows a side; a description, not a test).

    </details>

    <details><summary>Records not used</summary>

    - target: 12, space embedding: zero vector
    - target: 1, space embedding: not finite

    </details>

    ### Please note

    - Some records look dependent on each other; with --group they can be told apart.
    "##);
}

/// Words without what Markdown puts around them.
fn words(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for markup in [
        "<!-- -->",
        "<details><summary>",
        "</summary>",
        "</details>",
        "<sub>",
        "</sub>",
        "<code>",
        "</code>",
        "###",
        "\\",
        "---:",
        "---",
        "|",
        "─",
    ] {
        text = text.replace(markup, " ");
    }
    text = text
        .replace("**", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let marks = |word: &&str| *word != "-";
    text.split_whitespace()
        .filter(marks)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_words_are_those_of_the_terminal_in_the_same_order() {
    for comparison in [
        fixtures::drift(),
        fixtures::possible_drift(),
        fixtures::not_enough_data(),
        fixtures::no_drift(),
        fixtures::not_tested(),
    ] {
        for verbose in [false, true] {
            let options = TerminalOptions {
                width: 200,
                verbose,
                ..TerminalOptions::default()
            };
            assert_eq!(
                words(&markdown(&comparison, verbose)),
                words(&terminal(&comparison, &options))
            );
        }
    }
}

fn cells(line: &str) -> usize {
    line.replace("\\|", "").matches('|').count()
}

#[test]
fn hostile_names_stay_text() {
    let mut comparison = fixtures::hostile();
    let evil = "</details>\n\n# x\n@team https://evil.example #1 `|` [a](b) $x$ <img src=x>";
    comparison.target.name = evil.into();
    comparison.findings[1].sentence = evil.into();
    for record in &mut comparison.findings[0].records {
        record.id = evil.into();
    }
    for verbose in [false, true] {
        let text = markdown(&comparison, verbose);
        let hidden = |c: char| c != '\n' && super::escape::is_hidden(c);
        assert_eq!(text.chars().find(|&c| hidden(c)), None);
        assert_eq!(
            text.matches("</details>").count(),
            text.matches("<details>").count()
        );
        for foe in [
            "@team", "https://", "#1", "<img", "<b>", "[a](", "$x", "\n# ",
        ] {
            assert!(!text.contains(foe), "{foe}: {text}");
        }
        assert_tables_are_whole(&text);
    }
}

/// Every row of a table has the cells of its header.
fn assert_tables_are_whole(text: &str) {
    let mut of_header = None;
    for line in text.lines() {
        if !line.starts_with('|') {
            of_header = None;
            continue;
        }
        assert_eq!(*of_header.get_or_insert(cells(line)), cells(line), "{line}");
    }
}

#[test]
fn everything_but_the_answer_is_folded() {
    let text = markdown(&fixtures::drift(), false);
    let open = text.split("<details>").next().unwrap();
    assert!(open.starts_with("**DRIFT**"));
    assert!(open.contains("### Findings"));
    for folded in ["Not enough data to tell", "Embeddings compared"] {
        assert!(text.contains(&format!("<details><summary>{folded}</summary>\n\n")));
        assert!(!open.contains(folded));
    }
}

#[test]
fn a_page_without_findings_is_still_a_page() {
    let mut comparison: Comparison = fixtures::not_tested();
    comparison.findings.clear();
    comparison.groups.clear();
    assert!(markdown(&comparison, false).starts_with("**NOT TESTED**: "));
}
