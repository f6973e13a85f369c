//! Rules about how often classes come.

use super::counts::{count, share};
use super::judge::{Judged, there_are};
use super::result::Measure;
use super::rules::ClassRule;
use crate::profile::Profile;
use crate::sketch::{CountEstimate, Estimate};

pub(super) fn judge(rule: &ClassRule, profile: &Profile) -> Judged {
    let own = if profile.features().contains_key("prediction") {
        "prediction"
    } else {
        "label"
    };
    let name = rule.feature.as_deref().unwrap_or(own);
    let Some(feature) = profile.features().get(name) else {
        let names = profile.features().keys().map(String::as_str);
        return Judged {
            checks: Vec::new(),
            nothing: format!(
                "no feature {name} holds classes; {}",
                there_are("feature", names)
            ),
        };
    };
    let categories = feature.categories();
    let mut selected = rule.class.select(categories.iter());
    if selected.is_empty() && rule.class.is_plain() && feature.count() > 0 {
        // A class that never came has a count as well.
        let never = categories.estimate(rule.class.text());
        selected.push((rule.class.text(), never));
    }
    let checks = selected.into_iter().flat_map(|(class, times)| {
        let subject = format!("class {class}");
        let times = estimate(times);
        let range = (rule.min_share, rule.max_share);
        let of = categories.total();
        let share = (rule.min_share.is_some() || rule.max_share.is_some())
            .then(|| share(&subject, Measure::Share, range, times, of));
        let count = count(&subject, (rule.min_count, rule.max_count), times);
        count.into_iter().chain(share).collect::<Vec<_>>()
    });
    Judged {
        checks: checks.collect(),
        nothing: format!(
            "no value of {name} is called {}; {}",
            rule.class.text(),
            there_are("value", categories.iter().map(|(value, _)| value))
        ),
    }
}

fn estimate(count: CountEstimate) -> Estimate {
    Estimate {
        estimate: count.estimate as f64,
        lower_bound: count.lower_bound as f64,
        upper_bound: count.upper_bound as f64,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{Made, told};

    #[test]
    fn classes_are_counted_each() {
        // 30 cats and 10 dogs.
        let rule = "[[class]]\nclass = \"*\"\nmin_count = 20\nmax_share = 0.7";
        assert_eq!(
            told(&Made::default(), rule),
            [
                "class cat: Count 30..30 passed",
                "class cat: Share 0.75..0.75 failed",
                "class dog: Count 10..10 failed",
                "class dog: Share 0.25..0.25 passed"
            ]
        );
    }

    #[test]
    fn a_class_that_never_came_has_a_count_of_zero() {
        let told = |rule: &str| told(&Made::default(), rule);
        assert_eq!(
            told("[[class]]\nclass = \"defect\"\nmax_share = 0.01"),
            ["class defect: Share 0..0 passed"]
        );
        assert_eq!(
            told("[[class]]\nclass = \"defect\"\nmin_count = 1"),
            ["class defect: Count 0..0 failed"]
        );
        assert_eq!(
            told("[[class]]\nclass = \"d?fect\"\nmax_count = 1"),
            ["no value of label is called d?fect; there is cat, dog"]
        );
    }

    #[test]
    fn any_feature_may_hold_them() {
        let rule = "[[class]]\nfeature = \"format\"\nclass = \"png\"\nmin_share = 0.5";
        assert_eq!(
            told(&Made::default(), rule),
            ["class png: Share 0.5..0.5 passed"]
        );
        let rule = rule.replace("format", "colour");
        assert_eq!(
            told(&Made::default(), &rule),
            ["no feature colour holds classes; there is format, label, width"]
        );
    }
}
