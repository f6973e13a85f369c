//! Windows whose classes are names on one side and numbers on the other.

/// Why classes of two windows cannot be compared: all of one are whole numbers, none of the other
/// is. `None` where they can, or where a side has no class.
///
/// What names the classes - a list of them, annotations - was then given for one window only.
/// Every class would be lost, and every number a new class.
pub(crate) fn named_otherwise<'n>(
    reference: impl IntoIterator<Item = &'n str>,
    target: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    let (numbered, named) = match (are_numbers(reference)?, are_numbers(target)?) {
        (true, false) => ("reference", "target"),
        (false, true) => ("target", "reference"),
        _ => return None,
    };
    Some(format!(
        "the {numbered}'s classes are numbers, the {named}'s are names: name them alike in both (of \
         detectors by --coco-images or classes.txt, of scores by --classes, when the {numbered} is \
         profiled)"
    ))
}

/// Whether names are whole numbers; `None` where some are and some are not, or there are none.
fn are_numbers<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<bool> {
    let mut are = names.into_iter().map(|name| name.parse::<i64>().is_ok());
    let first = are.next()?;
    are.all(|other| other == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_told_apart_and_nothing_else_is() {
        let said = |a: &[&'static str], b: &[&'static str]| {
            named_otherwise(a.iter().copied(), b.iter().copied())
        };
        let target = said(&["cat", "dog"], &["0", "17"]).unwrap();
        assert!(
            target.starts_with("the target's classes are numbers"),
            "{target}"
        );
        let reference = said(&["0"], &["cat"]).unwrap();
        assert!(
            reference.ends_with("when the reference is profiled)"),
            "{reference}"
        );
        for (a, b) in [
            (&["cat"][..], &["dog"][..]),
            (&["0"], &["1"]),
            (&["cat"], &[]),
            (&[], &["0"]),
            (&["cat", "7"], &["0"]),
            (&["cat"], &["0", "cat"]),
        ] {
            assert_eq!(said(a, b), None, "{a:?} {b:?}");
        }
    }
}
