//! Pages as they are read, one for each verdict, and pages made of hostile text.

use super::fixtures;
use super::page::columns;
use super::{Style, TerminalOptions, headline, terminal};
use crate::compare::Comparison;
use insta::assert_snapshot;

fn page(comparison: &Comparison) -> String {
    terminal(comparison, &TerminalOptions::default())
}

#[test]
fn drift() {
    assert_snapshot!(page(&fixtures::drift()), @r#"
    DRIFT: the target differs from the reference by more than chance would explain, and by enough to
    matter (in space embedding).
      reference march.dsp, 1,000 records, 2025-03-03 00:00 to 2025-04-01 00:00 UTC
      target    april.dsp, 300 records

    What moved most
      1. Records of class 7 lie further from their centre: the median moved by 0.93 standard deviations
         of the reference.
      2. 17 % of the records lie in another cluster than the reference's would.
      3. The mean direction of all embeddings turned by 1.6 degrees.

    How sure
      judged together   p         verdict   from these tests
     ─────────────────────────────────────────────────────────────────
      space embedding   < 0.001   drift     spectral, mmd, neighbours
      p: how often chance alone would show as much, all tests taken together. Drift needs p below 0.05:
      without any drift, at most 5 % of comparisons are to alarm.

    Findings
      what                 change               matters from   p         records         verdict
     ───────────────────────────────────────────────────────────────────────────────────────────────────
      own-centre           median shift         0.2 sd         < 0.001        104 / 31   drift
      distance (class 7)   +0.931 sd
      cluster shares       total variation      10 points        0.004     1,000 / 300   drift
                           17.4 points
      spectral             turn of the mean     2°               0.034   1,000 / 300 *   possible drift
                           direction 1.62°
      records: reference / target.
      sd: standard deviation of the reference, how much its records usually differ.
      points: percentage points, in per cent of the records.
      *: measured on the records kept as a sample, not on all.

    Not enough data to tell
      - own-centre distance stayed as it was (p 0.40); 98 / 21 records would show a median shift from
        0.674 sd, should from 0.4 sd. About 99 target records would do.
      What came nearest to an alarm is first. should: from twice the size that matters on, a change is
      to be seen 4 times out of 5.

    Not tested
      - pairwise distance: fewer than 20 sampled records a side

    No drift
      2 tests found none, and would most likely have seen a change of twice the size that matters
      (--verbose lists them).

    Classes and clusters that moved
      group       reference   target   what moved            typical record
     ────────────────────────────────────────────────────────────────────────
      class 7             -        -   own-centre distance   mnist/00431.png
      cluster 3        12 %     29 %   more frequent         mnist/00007.png
      cluster 1        31 %     17 %   less frequent         -
      reference, target: share of the records. Typical record: the real record nearest to the middle
      (medoid).

    Look at these target records first
      mnist/31337.png  most novel, distance 0.431
      row 9e3779b97f4a7c15  most novel, distance 0.43
      mnist/40404.png  new in a grown cluster, distance 0.12
      row ...: logged without an id; the digits are a hash of its content.

    Embeddings compared
      - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model lite0; class: label;
        centres: codebook; 0.4 % of the target's records are in the reference too. The mean moved by
        0.112 because classes look different (new meaning), by 0.031 because they are more or less
        frequent (new mix). Frechet distance 0.214 (0.071 by chance, 256 rows a side; a description, not
        a test).

    Records not used
      - target: 12, space embedding: zero vector
      - target: 1, space embedding: not finite

    Please note
      - Some records look dependent on each other; with --group they can be told apart.
    "#);
}

#[test]
fn possible_drift() {
    assert_snapshot!(page(&fixtures::possible_drift()), @r#"
    POSSIBLE DRIFT: the target differs from the reference by more than chance would explain, but by less
    than the size set as mattering (in space embedding).
      reference march.dsp, 1,000 records
      target    april.dsp, 300 records

    What moved most
      1. Embeddings are a little shorter.

    How sure
      judged together   p       verdict          from these tests
     ──────────────────────────────────────────────────────────────────────
      space embedding   0.011   possible drift   spectral, mmd, neighbours
      p: how often chance alone would show as much, all tests taken together. Drift needs p below 0.05:
      without any drift, at most 5 % of comparisons are to alarm.

    Findings
      what   change                  matters from   p         records       verdict
     ──────────────────────────────────────────────────────────────────────────────────────
      norm   median shift -0.14 sd   0.2 sd         0.04996   1,000 / 300   possible drift
      records: reference / target.
      sd: standard deviation of the reference, how much its records usually differ.

    No drift
      2 tests found none, and would most likely have seen a change of twice the size that matters
      (--verbose lists them).

    Embeddings compared
      - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model lite0; class: label;
        centres: codebook.
    "#);
}

#[test]
fn not_enough_data() {
    assert_snapshot!(page(&fixtures::not_enough_data()), @r#"
    NOT ENOUGH DATA: no drift was found, but with this few records a change of twice the size that
    matters could have been missed.
      reference march.dsp, 1,000 records
      target    april.dsp, 10 records

    How sure
      judged together   p      verdict           from these tests
     ──────────────────────────────────────────────────────────────────────
      space embedding   0.41   not enough data   spectral, mmd, neighbours
      p: how often chance alone would show as much, all tests taken together. Drift needs p below 0.05:
      without any drift, at most 5 % of comparisons are to alarm.

    Not enough data to tell
      - spectral stayed as it was (p 0.83); 20 / 10 records would show a median shift from 0.89 sd,
        should from 0.4 sd. The reference is too small as well: about 67 records in each window would
        do.
      - norm stayed as it was (p 0.83); 1,000 / 10 records would show a median shift from 0.89 sd,
        should from 0.4 sd. About 52 target records would do.
      - cluster distance stayed as it was (p 0.83); 1,000 / 10 records would show a median shift from
        0.89 sd, should from 0.4 sd.
      What came nearest to an alarm is first. should: from twice the size that matters on, a change is
      to be seen 4 times out of 5.

    Embeddings compared
      - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model lite0; class: label;
        centres: codebook.
    "#);
}

#[test]
fn no_drift() {
    assert_snapshot!(page(&fixtures::no_drift()), @r#"
    NO DRIFT: nothing changed by more than chance would explain, and a change of twice the size that
    matters would most likely have been seen.
      reference march.dsp, 1,000 records
      target    april.dsp, 300 records

    How sure
      judged together   p      verdict    from these tests
     ───────────────────────────────────────────────────────────────
      space embedding   0.41   no drift   spectral, mmd, neighbours
      p: how often chance alone would show as much, all tests taken together. Drift needs p below 0.05:
      without any drift, at most 5 % of comparisons are to alarm.

    No drift
      3 tests found none, and would most likely have seen a change of twice the size that matters
      (--verbose lists them).

    Embeddings compared
      - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model lite0; class: label;
        centres: codebook.
    "#);
}

#[test]
fn not_tested() {
    assert_snapshot!(page(&fixtures::not_tested()), @r#"
    NOT TESTED: no test could run, so nothing is known about drift; the reasons are listed.
      reference march.dsp, 1,000 records
      target    april.dsp, 300 records

    How sure
      judged together   p   verdict      from these tests
     ─────────────────────────────────────────────────────
      space embedding   -   not tested

    Not tested
      - spectral: the models differ: lite0 and lite1
    "#);
}

#[test]
fn narrow_and_verbose() {
    let options = TerminalOptions {
        width: 80,
        verbose: true,
        ..TerminalOptions::default()
    };
    assert_snapshot!(terminal(&fixtures::drift(), &options), @r#"
    DRIFT: the target differs from the reference by more than chance would explain,
    and by enough to matter (in space embedding).
      reference march.dsp, 1,000 records, 2025-03-03 00:00 to 2025-04-01 00:00 UTC
      target    april.dsp, 300 records

    What moved most
      1. Records of class 7 lie further from their centre: the median moved by 0.93
         standard deviations of the reference.
      2. 17 % of the records lie in another cluster than the reference's would.
      3. The mean direction of all embeddings turned by 1.6 degrees.

    How sure
      judged together   p         verdict   from these tests
     ─────────────────────────────────────────────────────────────────
      space embedding   < 0.001   drift     spectral, mmd, neighbours
      p: how often chance alone would show as much, all tests taken together. Drift
      needs p below 0.05: without any drift, at most 5 % of comparisons are to
      alarm.

    Findings
      what           change         matters from   p         records       verdict
     ───────────────────────────────────────────────────────────────────────────────
      own-centre     median shift   0.2 sd         < 0.001      104 / 31   drift
      distance       +0.931 sd
      (class 7)
      cluster        total          10 points        0.004   1,000 / 300   drift
      shares         variation
                     17.4 points
      spectral       turn of the    2°               0.034   1,000 / 300   possible
                     mean                                              *   drift
                     direction
                     1.62°
      records: reference / target.
      sd: standard deviation of the reference, how much its records usually differ.
      points: percentage points, in per cent of the records.
      *: measured on the records kept as a sample, not on all.

    Not enough data to tell
      - own-centre distance stayed as it was (p 0.40); 98 / 21 records would show a
        median shift from 0.674 sd, should from 0.4 sd. About 99 target records
        would do.
      What came nearest to an alarm is first. should: from twice the size that
      matters on, a change is to be seen 4 times out of 5.

    Not tested
      - pairwise distance: fewer than 20 sampled records a side

    No drift
      what       change               matters from   p      records       seen from
     ───────────────────────────────────────────────────────────────────────────────
      norm       median shift +0.02   0.2 sd         0.83   1,000 / 300   0.184 sd
                 sd
      cluster    median shift +0.02   0.2 sd         0.83   1,000 / 300   0.184 sd
      distance   sd
      seen from: the change that so many records show 4 times out of 5.
      records: reference / target.
      sd: standard deviation of the reference, how much its records usually differ.

    Classes and clusters that moved
      group       reference   target   what moved            typical record
     ────────────────────────────────────────────────────────────────────────
      class 7             -        -   own-centre distance   mnist/00431.png
      cluster 3        12 %     29 %   more frequent         mnist/00007.png
      cluster 1        31 %     17 %   less frequent         -
      reference, target: share of the records. Typical record: the real record
      nearest to the middle (medoid).

    Look at these target records first
      mnist/31337.png  most novel, distance 0.431
      row 9e3779b97f4a7c15  most novel, distance 0.43
      mnist/40404.png  new in a grown cluster, distance 0.12
      row ...: logged without an id; the digits are a hash of its content.

    Embeddings compared
      - embedding: 1,280 numbers each, 1,000 / 300 rows, half-chord distance, model
        lite0; class: label; centres: codebook; 0.4 % of the target's records are in
        the reference too. The mean moved by 0.112 because classes look different
        (new meaning), by 0.031 because they are more or less frequent (new mix).
        Frechet distance 0.214 (0.071 by chance, 256 rows a side; a description, not
        a test).

    Records not used
      - target: 12, space embedding: zero vector
      - target: 1, space embedding: not finite

    Please note
      - Some records look dependent on each other; with --group they can be told
        apart.
    "#);
}

fn all() -> [Comparison; 6] {
    [
        fixtures::drift(),
        fixtures::possible_drift(),
        fixtures::not_enough_data(),
        fixtures::no_drift(),
        fixtures::not_tested(),
        fixtures::hostile(),
    ]
}

#[test]
fn lines_fit_every_usual_width() {
    for comparison in all() {
        for width in 80..=120 {
            for verbose in [false, true] {
                let options = TerminalOptions {
                    width,
                    verbose,
                    ..TerminalOptions::default()
                };
                for line in terminal(&comparison, &options).lines() {
                    assert!(columns(line) <= usize::from(width), "{width}: {line}");
                    assert_eq!(line, line.trim_end());
                }
            }
        }
    }
}

#[test]
fn hostile_names_reach_the_screen_as_text_only() {
    let page = page(&fixtures::hostile());
    let hidden = |c: char| c != '\n' && super::escape::is_hidden(c);
    assert_eq!(page.chars().find(|&c| hidden(c)), None);
    assert!(page.contains(r"\u{202e}"));
    assert!(!page.contains("NaN") && !page.contains("inf"));
    assert!(
        !headline(&fixtures::hostile())
            .chars()
            .any(super::escape::is_hidden)
    );
}

#[test]
fn colour_adds_escapes_and_changes_no_word() {
    let plain = page(&fixtures::drift());
    let coloured = terminal(
        &fixtures::drift(),
        &TerminalOptions {
            style: Style::Colour,
            ..TerminalOptions::default()
        },
    );
    assert!(coloured.contains("\u{1b}[1;31mDRIFT\u{1b}[0m"));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped += before;
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    stripped += rest;
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&stripped), words(&plain));
}

#[test]
fn a_page_without_findings_is_still_a_page() {
    let mut comparison = fixtures::not_tested();
    comparison.findings.clear();
    comparison.groups.clear();
    assert!(page(&comparison).starts_with("NOT TESTED: "));
}
