//! Whether objects that grew or shrank tell of a zoom.

use crate::profile::{ObjectTable, Profile};

use super::explanation::Explanation;
use super::features::OUTPUTS;
use super::figures::number;
use super::finding::{Finding, Kind, Scope, Verdict};
use super::numbers::medians;

/// Fewest objects of a class a side whose median size counts.
const FEWEST_OBJECTS: u64 = 20;
/// Findings of which one must have changed for a zoom to be thought of.
const SIGNS: [&str; 4] = [
    "box relative area",
    "box relative size",
    "box area",
    "box touches border",
];
/// A p-value below which a sign is no chance; whether there is a change at all was decided by
/// corrected ones.
const LIKELY: f64 = 0.05;
/// Names of input features that tell of the lens and of the picture's size.
const LENS: [&str; 2] = ["focal", "zoom"];
const PICTURE: [&str; 4] = ["width", "height", "megapixels", "resolution"];

/// What sizes, borders, counts and lens say together, where sizes or borders changed.
///
/// A zoom by z makes every object z times as long: the factor is
///
/// ```text
/// z = exp(1/2 sum_c w_c log(a'_c / a_c)),   w_c = n_c / sum n_c
///     where  a_c  median relative area of the objects of class c
///            n_c  objects of the class, on the side with fewer
/// ```
///
/// and it takes what lies at the edge out of the picture: more boxes touch the
/// border, and there are fewer of them. A zoom out does the opposite. A sign counts if chance alone
/// would show it in fewer than one of twenty windows; that something changed at all was decided before.
/// Without borders or counts that agree, larger objects may be nearer, or others.
pub(super) fn explain_zoom(
    reference: &Profile,
    target: &Profile,
    findings: &[Finding],
) -> Option<Explanation> {
    let changed =
        |f: &&Finding| f.verdict >= Verdict::PossibleDrift && SIGNS.contains(&f.feature.as_str());
    findings.iter().find(changed)?;
    let (a, b) = (
        reference.objects().get("box")?,
        target.objects().get("box")?,
    );
    let sizes = Sizes::of(a, b)?;
    let grew = sizes.factor > 1.0;
    let likely = |feature: &str| {
        let of_it = findings
            .iter()
            .filter(|f| f.feature == feature && f.scope == Scope::All);
        of_it
            .filter(|f| f.p_value.is_some_and(|p| p < LIKELY))
            .collect::<Vec<_>>()
    };
    let (mut signs, mut against) = (Vec::new(), Vec::new());
    let mut sign = |agrees: bool, text: String| match agrees {
        true => signs.push(text),
        false => against.push(text),
    };
    for finding in likely("box touches border") {
        let rose = risen(finding);
        let word = if rose { "more" } else { "less" };
        sign(rose == grew, format!("boxes touch the border {word} often"));
    }
    for _ in likely("box count") {
        let mean = |table: &ObjectTable| table.all().objects() as f64 / table.records() as f64;
        let rose = mean(b) > mean(a);
        let word = if rose { "more" } else { "fewer" };
        sign(rose != grew, format!("there are {word} in an image"));
    }
    if let Some((name, rose)) = lens(findings) {
        let word = if rose { "rose" } else { "fell" };
        sign(rose == grew, format!("{name} {word}"));
    }
    let (direction, size) = if grew {
        ("in", "larger")
    } else {
        ("out", "smaller")
    };
    let factor = number((sizes.factor.max(1.0 / sizes.factor) * 100.0).round() / 100.0);
    let by = format!("a zoom {direction} by about {factor} times");
    let lead = match (signs.is_empty(), against.is_empty()) {
        (false, true) => format!("this looks like {by}"),
        (false, false) => format!("this may be {by}"),
        (true, _) => {
            "sizes alone do not make a zoom: objects may be nearer or farther, or others".to_owned()
        }
    };
    let of = match sizes.classes {
        0 | 1 => "objects are".to_owned(),
        n => format!("objects of {} of {n} classes are", sizes.agreeing),
    };
    let mut sentence = format!("{lead}: {of} {size}");
    signs
        .iter()
        .for_each(|text| sentence += &format!(", {text}"));
    against
        .iter()
        .for_each(|text| sentence += &format!(", but {text}"));
    if let Some(finding) = picture(findings) {
        sentence += &format!(
            "; {} changed as well, so pictures may be cut otherwise",
            finding.feature
        );
    }
    Some(Explanation {
        group: OUTPUTS.to_owned(),
        outcome: "box relative area".to_owned(),
        rose: Some(grew),
        records: b.all().objects(),
        inputs: 0,
        changed: 0,
        features: Vec::new(),
        associated: 0,
        sentence,
    })
}

/// An input feature that tells of the size of pictures and changed.
fn picture(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().find(|f| {
        f.verdict == Verdict::Drift && f.kind == Kind::Input && has_word(&f.feature, &PICTURE)
    })
}

/// Whether the target's side of a finding is the higher one.
fn risen(finding: &Finding) -> bool {
    let yes = finding.shares.iter().find(|share| share.value == "yes");
    match yes {
        Some(share) => share.target > share.reference,
        None => finding
            .quantiles
            .iter()
            .find(|q| q.rank == 0.5)
            .is_some_and(|median| median.target > median.reference),
    }
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// An input feature that tells of the lens and changed.
fn lens(findings: &[Finding]) -> Option<(String, bool)> {
    let found = findings.iter().find(|f| {
        f.verdict == Verdict::Drift && has_word(&f.feature, &LENS) && !f.quantiles.is_empty()
    });
    found.map(|f| (f.feature.clone(), risen(f)))
}

/// How median sizes changed.
struct Sizes {
    factor: f64,
    /// Classes that were measured, 0 where all objects were taken together.
    classes: usize,
    /// Those that changed as the factor says.
    agreeing: usize,
}

impl Sizes {
    fn of(reference: &ObjectTable, target: &ObjectTable) -> Option<Self> {
        const AREA: &str = "relative area";
        let ratio = |a: &crate::profile::ObjectGroup, b: &crate::profile::ObjectGroup| {
            let (a, b) = (
                a.features().get(AREA)?.numbers(),
                b.features().get(AREA)?.numbers(),
            );
            let (from, to) = medians(a, b);
            let ratio = libm::log(to / from) / 2.0;
            let n = a.count().min(b.count());
            (ratio.is_finite() && n >= FEWEST_OBJECTS).then_some((ratio, n as f64))
        };
        let classes = reference.classes().iter();
        let classes: Vec<(f64, f64)> = classes
            .filter_map(|(name, a)| ratio(a, target.classes().get(name)?))
            .collect();
        if classes.is_empty() {
            let (ratio, _) = ratio(reference.all(), target.all())?;
            return (ratio != 0.0).then_some(Self {
                factor: libm::exp(ratio),
                classes: 0,
                agreeing: 0,
            });
        }
        let weight: f64 = classes.iter().map(|(_, n)| n).sum();
        let mean = classes.iter().map(|(ratio, n)| ratio * n).sum::<f64>() / weight;
        let agrees = |(ratio, _): &&(f64, f64)| *ratio * mean > 0.0;
        (mean != 0.0).then_some(Self {
            factor: libm::exp(mean),
            classes: classes.len(),
            agreeing: classes.iter().filter(agrees).count(),
        })
    }
}
