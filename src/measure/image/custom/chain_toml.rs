//! Chains as a text of TOML.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::chain::{Chain, Question};
use super::measure::CustomMeasure;
use super::step::Step;
use crate::error::{Error, ErrorKind, Result};

const MOST_BYTES: usize = 1 << 20;
const MOST_MEASURES: usize = 256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    measure: BTreeMap<Spanned<String>, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    steps: Vec<Spanned<Given>>,
    ask: Spanned<Asked>,
}

/// A step as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Given {
    Normalise {
        mean: Numbers,
        std: Numbers,
    },
    #[serde(untagged)]
    Step(Step),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(f64),
    Many(Vec<f64>),
}

impl Numbers {
    fn list(self) -> Vec<f64> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Name(String),
    Of(Of),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Of {
    Quantile(f64),
    ShareAbove(f64),
}

impl From<Asked> for Question {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Of(Of::Quantile(rank)) => Self::Quantile(rank),
            Asked::Of(Of::ShareAbove(level)) => Self::ShareAbove(level),
            Asked::Name(name) => match name.as_str() {
                "mean" => Self::Mean,
                "std" => Self::Std,
                _ => Self::Pixels(name),
            },
        }
    }
}

impl CustomMeasure {
    /// Reads named chains from TOML, in the order of their names.
    ///
    /// | key | what |
    /// | --- | --- |
    /// | `ask` | `"mean"`, `"std"`, `{ quantile = 0.9 }`, `{ share_above = 0.5 }`, or a measure of pixels such as `"noise"` |
    /// | `steps` | `"grey"`, `{ resize = { width, height, filter } }`, `{ resize_shorter = { side, filter } }`, `{ crop = { width, height, left, top } }`, last `{ normalise = { mean, std } }` |
    ///
    /// Filters are `"box"`, `"bilinear"` (if none is stated), `"bicubic"`, `"lanczos"`.
    ///
    /// ```
    /// use driftsphere::measure::image::CustomMeasure;
    ///
    /// let measures = CustomMeasure::parse(r#"
    ///     [measure.sky]
    ///     steps = [{ resize = { width = 8, height = 8 } }, { crop = { width = 8, height = 4, top = 0 } }, "grey"]
    ///     ask = "mean"
    ///
    ///     [measure.model_input]
    ///     steps = [
    ///         { resize_shorter = { side = 256, filter = "bicubic" } },
    ///         { crop = { width = 224, height = 224 } },
    ///         { normalise = { mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225] } },
    ///     ]
    ///     ask = { quantile = 0.99 }
    /// "#)?;
    /// assert_eq!(measures[1].name(), "sky");
    /// assert_eq!(measures[1].description(), "resize 8 x 8 Bilinear, crop 8 x 4 top 0, grey, mean");
    ///
    /// let error = CustomMeasure::parse("[measure.sky]\nask = 'nois'").unwrap_err().to_string();
    /// assert!(error.starts_with("no measure is called nois"), "{error}");
    /// assert!(error.ends_with("(measure sky, line 2)"), "{error}");
    /// # Ok::<(), driftsphere::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With the line: what is no TOML, an unknown key, a value of the wrong type, what
    /// [`Chain::check`] refuses, a normalisation before another step; a text over 1 MiB or
    /// over 256 measures.
    pub fn parse(text: &str) -> Result<Vec<Self>> {
        if text.len() > MOST_BYTES {
            let message = format!(
                "measures take at most {MOST_BYTES} bytes, not {}",
                text.len()
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let at = |error: Error, span: Option<std::ops::Range<usize>>| match span {
            Some(span) => error.at("line", line(text, span.start)),
            None => error,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            let message = format!(
                "{message}; a measure is [measure.NAME] with `ask` and, where it needs some, `steps`"
            );
            at(Error::new(ErrorKind::Input, message), error.span())
        })?;
        if file.measure.len() > MOST_MEASURES {
            let message = format!(
                "at most {MOST_MEASURES} measures, not {}",
                file.measure.len()
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let mut measures = Vec::new();
        for (name, entry) in file.measure {
            let place = entry.ask.span();
            let mut chain = Chain::new(entry.ask.into_inner().into());
            let mut done = false;
            for step in entry.steps {
                let span = step.span();
                if done {
                    let error = Error::new(ErrorKind::Input, "normalise is the last step");
                    return Err(at(error.at("measure", name.get_ref()), Some(span)));
                }
                chain = match step.into_inner() {
                    Given::Step(step) => chain.step(step),
                    Given::Normalise { mean, std } => {
                        done = true;
                        chain.normalise(&mean.list(), &std.list())
                    }
                };
            }
            let measure = Self::chain(name.get_ref().as_str(), chain)
                .map_err(|e| at(e.at("measure", name.get_ref()), Some(place)))?;
            measures.push(measure);
        }
        Ok(measures)
    }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1
}
