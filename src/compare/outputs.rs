//! Which features are what a model says.

use crate::glob::matches;

/// Words that name an output.
const WORDS: [&str; 10] = [
    "score",
    "scores",
    "confidence",
    "probability",
    "probabilities",
    "logit",
    "logits",
    "margin",
    "entropy",
    "energy",
];

/// Whether a feature is an output of the model: one of the words of its name
/// (`top_score`, `box.confidence`) says so, or a pattern does.
pub(crate) fn is_output(name: &str, patterns: &[String]) -> bool {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let says_so = |word: &str| WORDS.iter().any(|w| w.eq_ignore_ascii_case(word));
    words.into_iter().any(says_so) || patterns.iter().any(|p| matches(p, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_name_outputs() {
        for name in [
            "score",
            "top_score",
            "Box.Confidence",
            "cat-probability",
            "margin",
        ] {
            assert!(is_output(name, &[]), "{name}");
        }
        for name in ["blur", "scoreboard", "underscored", ""] {
            assert!(!is_output(name, &[]), "{name}");
        }
        let patterns = ["severity".to_owned(), "model_*".to_owned()];
        assert!(is_output("severity", &patterns) && is_output("model_says", &patterns));
        assert!(!is_output("says", &patterns));
    }
}
