//! Whole pages.

use super::{HOSTILE, assert_harmless, assert_links_lead_somewhere, hostile_page, window};
use crate::compare::stability::Question;
use crate::compare::{CompareOptions, Comparison, compare};
use crate::report::html::{Pictures, checked, comparison, profile, stability, wanted};
use crate::report::{CheckNames, check_tests, fixtures, headline, stability_tests};

#[test]
fn hostile_text_shows_as_text() {
    let page = hostile_page();
    assert_harmless(&page);
    assert!(page.contains("&#60;script&#62;alert(1)"), "it is shown");
}

#[test]
fn every_kind_of_answer_makes_a_sound_page() {
    let (reference, target) = (window(0.0, 0.0), window(0.0, 0.0));
    let answers: [Comparison; 6] = [
        fixtures::no_drift(),
        fixtures::drift(),
        fixtures::possible_drift(),
        fixtures::not_enough_data(),
        fixtures::not_tested(),
        fixtures::hostile(),
    ];
    for answer in answers {
        let page = comparison(&answer, &reference, &target, &Pictures::default());
        assert_harmless(&page);
        // The words of the terminal, with the characters that the markup needs.
        let line = headline(&answer);
        let (lead, rest) = line.split_once(':').unwrap();
        assert!(page.contains(&format!("<span class=\"verdict\">{lead}</span>")));
        let beginning: String = rest
            .chars()
            .take_while(|c| !"<>&\"'(".contains(*c))
            .collect();
        assert!(page.contains(beginning.trim_end()));
    }
}

#[test]
fn one_answer_makes_the_same_bytes() {
    assert_eq!(hostile_page(), hostile_page());
}

#[test]
fn each_finding_has_its_distributions_and_its_evidence() {
    let (reference, target) = (window(0.0, 0.0), window(0.0, 40.0));
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let page = comparison(&answer, &reference, &target, &Pictures::default());
    let cards = page.matches("<details class=\"finding").count();
    assert_eq!(cards, answer.findings.len());
    let (_, card) = page.split_once("<details class=\"finding bad\"").unwrap();
    let (card, _) = card.split_once("</details>").unwrap();
    for part in [
        "line reference",
        "band target",
        "median target",
        "<dt>statistic</dt>",
    ] {
        assert!(card.contains(part), "{part}");
    }
    // Three times 0 to 96 and 0 to 8 once more, plus 40.
    assert!(card.contains("median of the target: 86"), "{card}");
}

#[test]
fn a_profile_and_its_rules_have_pages() {
    assert_harmless(&profile(&window(0.0, 0.0), HOSTILE));
}

#[test]
fn pictures_stand_where_they_were_found_and_ids_where_not() {
    let (reference, target) = (window(0.0, 0.0), window(0.4, 40.0));
    let answer = compare(&reference, &target, &CompareOptions::default()).unwrap();
    let wanted = wanted(&answer, &reference, &target);
    assert!(!wanted.is_empty() && wanted.len() <= 200);
    let jpeg = [0xff, 0xd8, 0xff, 0xd9];
    let one_found: Pictures = (wanted.iter().enumerate())
        .map(|(i, record)| (record.clone(), (i == 0).then(|| jpeg.to_vec())))
        .collect();
    let page = comparison(&answer, &reference, &target, &one_found);
    assert_harmless(&page);
    // The file stands there once, however often it is shown.
    assert_eq!(
        page.matches("href=\"data:image/jpeg;base64,/9j/2Q==\"")
            .count(),
        1
    );
    assert!(page.matches("<use href=\"#p0\">").count() > 0);
    assert_links_lead_somewhere(&page);
    assert!(page.contains("no picture"));
    let none = comparison(&answer, &reference, &target, &Pictures::default());
    assert!(!none.contains("<image") && !none.contains("no picture"));
}

#[test]
fn a_sealed_profile_shows_no_record() {
    let (reference, target) = (window(0.0, 0.0), window(0.4, 40.0));
    let sealed = target.seal().unwrap();
    let answer = compare(&reference, &sealed, &CompareOptions::default()).unwrap();
    assert_eq!(wanted(&answer, &reference, &sealed), []);
    let page = comparison(&answer, &reference, &sealed, &Pictures::default());
    assert!(page.contains("No map: a sealed profile keeps no record"));
    assert!(!page.contains("class=\"map\""));
}

#[test]
fn runs_and_rules_have_pages_that_say_what_the_terminal_says() {
    let answer = stability_tests::answer(Question::Paired);
    let page = stability(&answer);
    assert_harmless(&page);
    let drawn = page.matches("class=\"dot ").count();
    let classes: usize = answer.pairs.iter().map(|pair| pair.classes.len()).sum();
    assert!(
        drawn >= classes && classes > 0,
        "{drawn} dots, {classes} classes"
    );

    let names = CheckNames {
        profile: HOSTILE,
        rules: HOSTILE,
        reference: Some(HOSTILE),
    };
    let page = checked(&check_tests::checked(), &names);
    assert_harmless(&page);
    assert!(page.contains("FAILED"));
}
