//! What changed about objects, in the words of those who look at them.

use super::figures::{number, percent};
use super::finding::Scope;

/// `boxes`, `masks`, `keypoints`.
pub(super) fn plural(kind: &str) -> String {
    match kind {
        "box" => "boxes".to_owned(),
        kind if kind.ends_with('s') => kind.to_owned(),
        kind => format!("{kind}s"),
    }
}

/// `boxes`, or `boxes of class person`.
pub(super) fn object(kind: &str, scope: &Scope) -> String {
    match scope {
        Scope::All => plural(kind),
        _ => format!("{} of {scope}", plural(kind)),
    }
}

/// `objects`, or `objects of class person`: of what is said of things, not of boxes.
fn thing(scope: &Scope) -> String {
    match scope {
        Scope::All => "objects".to_owned(),
        _ => format!("objects of {scope}"),
    }
}

/// What a median that moved says; `None` where it did not, or for a number without
/// words of its own.
pub(super) fn number_sentence(
    kind: &str,
    name: &str,
    scope: &Scope,
    (from, to): (f64, f64),
) -> Option<String> {
    if !(from != to && from.is_finite() && to.is_finite()) {
        return None;
    }
    let pick = |up: &str, down: &str| if to > from { up } else { down }.to_owned();
    let (thing, object) = (thing(scope), object(kind, scope));
    let says = match name {
        "score" => {
            let of = match scope {
                Scope::All => String::new(),
                _ => format!(" of {scope}"),
            };
            format!("confidence{of} {}", pick("rose", "fell"))
        }
        "relative area" | "area" => format!("{thing} are {}", pick("larger", "smaller")),
        "width" => format!("{thing} are {}", pick("wider", "narrower")),
        "height" => format!("{thing} are {}", pick("taller", "lower")),
        "aspect" => format!("{thing} are {} for their height", pick("wider", "narrower")),
        "centre x" => format!("{thing} lie farther {}", pick("right", "left")),
        "centre y" => format!("{thing} lie {}", pick("lower", "higher")),
        "overlap" => format!("{object} overlap {}", pick("more", "less")),
        "spread" => format!("{object} are spread {}", pick("wider", "closer")),
        _ => return None,
    };
    let zoom = if name == "relative area" {
        " (zoom?)"
    } else {
        ""
    };
    let median = match name {
        "score" => format!("median {kind} score"),
        name => format!("median {name}"),
    };
    Some(format!(
        "{says}: {median} {} -> {}{zoom}",
        number(from),
        number(to)
    ))
}

/// What the share of objects that have a property says.
pub(super) fn flag_sentence(
    kind: &str,
    name: &str,
    scope: &Scope,
    (from, to): (f64, f64),
) -> String {
    let object = object(kind, scope);
    let word = if to > from { "more" } else { "less" };
    let (from, to) = (percent(from), percent(to));
    match name {
        "touches border" => format!("{object} touch the border {word} often: {from} -> {to}"),
        name => format!("{object} have {name} {word} often: {from} -> {to}"),
    }
}

/// What the mean number of objects in a record says.
pub(super) fn count_sentence(kind: &str, scope: &Scope, (from, to): (f64, f64)) -> String {
    let word = match to.total_cmp(&from) {
        std::cmp::Ordering::Greater => "more",
        std::cmp::Ordering::Less => "fewer",
        std::cmp::Ordering::Equal => "as many",
    };
    let object = object(kind, scope);
    format!(
        "{word} {object} in a record: mean {} -> {}",
        number(from),
        number(to)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_in_plain_words() {
        let person = Scope::Class("person".into());
        let said = |name, medians| number_sentence("box", name, &person, medians).unwrap();
        assert_eq!(
            said("relative area", (0.12, 0.31)),
            "objects of class person are larger: median relative area 0.1200 -> 0.3100 (zoom?)"
        );
        assert_eq!(
            said("score", (0.8, 0.6)),
            "confidence of class person fell: median box score 0.8000 -> 0.6000"
        );
        assert_eq!(
            flag_sentence("box", "touches border", &Scope::All, (0.1, 0.25)),
            "boxes touch the border more often: 10 % -> 25 %"
        );
        assert_eq!(
            count_sentence("box", &person, (1.5, 1.0)),
            "fewer boxes of class person in a record: mean 1.500 -> 1.000"
        );
        assert_eq!(number_sentence("box", "score", &person, (0.5, 0.5)), None);
        assert_eq!(number_sentence("box", "length", &person, (0.5, 0.6)), None);
    }
}
