//! What was learned as it was written, and perhaps meant otherwise: nothing fails by it, so it is
//! told.

use super::output;
use super::window::Window;
use driftsphere::profile::Profile;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Times that are whole seconds since 1970 lie here, if they are taken as milliseconds: from what
/// were 1973-03-03 to the end of 1970. Smaller ones count frames rather than seconds.
const SECONDS: std::ops::Range<i64> = 100_000_000..31_536_000_000;

/// Features whose texts are names, however they look.
const CLASSES: [&str; 2] = ["label", "prediction"];

/// Says which times and values of a window, learned as so many profiles, look otherwise than taken.
pub(super) fn tell<'p>(profiles: impl IntoIterator<Item = &'p Profile>, window: &Window) {
    let profiles: Vec<&Profile> = profiles.into_iter().collect();
    let file = window.told_file();
    let notes = seconds(&profiles).into_iter().chain(ornaments(&profiles));
    notes.for_each(|note| output::note(&format!("{note}{file}")));
}

/// Whether all times are rather seconds than milliseconds.
fn seconds(profiles: &[&Profile]) -> Option<String> {
    let times = profiles.iter().filter_map(|profile| profile.times());
    let (first, last) = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    if !SECONDS.contains(&first) || !SECONDS.contains(&last) {
        return None;
    }
    let day = |time: i64| Some(Timestamp::from_millisecond(time).ok()?.strftime("%Y-%m-%d"));
    let [from, to] = [day(first)?, day(last)?];
    let [from_second, to_second] = [day(first * 1000)?, day(last * 1000)?];
    Some(format!(
        "all times lie in 1970, {from} to {to}: whole numbers are taken as milliseconds; are they \
         seconds ({from_second} to {to_second})? Write them times 1000, or as dates"
    ))
}

/// Texts of a feature, and those that look like numbers.
#[derive(Default)]
struct Texts<'p> {
    all: u64,
    numbers: u64,
    example: &'p str,
    is_exact: bool,
}

/// Which features are texts that look like numbers for the most part.
fn ornaments(profiles: &[&Profile]) -> Vec<String> {
    let mut texts: BTreeMap<&str, Texts<'_>> = BTreeMap::new();
    let features = profiles.iter().flat_map(|profile| profile.features());
    for (name, feature) in features.filter(|(name, _)| !CLASSES.contains(&name.as_str())) {
        let found = texts.entry(name).or_insert_with(|| Texts {
            is_exact: true,
            ..Texts::default()
        });
        found.is_exact &= feature.categories().is_exact();
        for (text, count) in feature.categories().iter() {
            found.all += count.estimate;
            if is_ornate_number(text) {
                found.numbers += count.estimate;
                if found.example.is_empty() {
                    found.example = text;
                }
            }
        }
    }
    let mostly = texts
        .iter()
        .filter(|(_, found)| 2 * found.numbers > found.all);
    mostly.map(|(name, found)| note_of(name, found)).collect()
}

fn note_of(name: &str, found: &Texts<'_>) -> String {
    // Not all texts are kept where there are too many different ones.
    let how_many = match found.is_exact {
        true => format!("{} of {} texts", found.numbers, found.all),
        false => "most texts".to_owned(),
    };
    format!(
        "{name}: taken as text; {how_many} look like numbers, such as `{}`: write plain numbers to have \
         them measured",
        found.example
    )
}

/// Whether a text is a number for people and none for programs: `45%`, `+1.5`, `$ 3`, `1,001`,
/// `1.234,5`, and one with blanks around it. What begins with a 0 and a digit is a code.
fn is_ornate_number(text: &str) -> bool {
    let is_ornament = |c: char| c.is_whitespace() || "%+-\u{2212}$\u{20ac}\u{a3}\u{a5}".contains(c);
    let core = text.trim_matches(is_ornament);
    let is_code = core.starts_with('0') && core[1..].starts_with(|c: char| c.is_ascii_digit());
    let is_plain =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
    match is_plain(core) {
        // Without an ornament it would have been read as the number that it is.
        true => !is_code && text.strip_prefix('-').unwrap_or(text) != core,
        false => !is_code && is_grouped(core),
    }
}

/// Digits in groups of three, or with a decimal comma, or with both.
fn is_grouped(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, ',' | '.' | '\'' | '_' | ' ' | '\u{a0}' | '\u{202f}');
    let groups: Vec<&str> = text.split(is_mark).collect();
    let [first, middle @ .., last] = groups.as_slice() else {
        return false;
    };
    let are_digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let mark = text.chars().rev().find(|c| is_mark(*c));
    groups.iter().all(are_digits)
        && middle.iter().all(|group| group.len() == 3)
        && (middle.is_empty() || first.len() <= 3)
        && (last.len() == 3 || matches!(mark, Some(',' | '.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people_are_told_from_texts() {
        for text in [
            "45%",
            "12.5 %",
            "+1.5",
            "-3 %",
            "$1,001",
            "3 \u{20ac}",
            " 7",
            "1,5",
            "1,001",
            "1.234,5",
            "1,234,567.8",
            "12 345",
            "1'000",
            "-1,5",
        ] {
            assert!(is_ornate_number(text), "{text}");
        }
        for text in [
            "",
            "%",
            "-",
            "7",
            "-7",
            "1.5",
            "1e3",
            "007",
            "cat",
            "2025-03-03",
            "12:30",
            "1.2.3",
            "10.0.0.1",
            "1/250",
            "1 2",
            "a1,5",
            "1,",
            ",5",
            "0x10",
            "45 mm",
        ] {
            assert!(!is_ornate_number(text), "{text}");
        }
    }
}
