//! Vectors of scores: how sure a classifier is, and of what.

use ndarray::ArrayView1;

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Block, Cell, Column, Objects};

/// How far the scores of a record may be from adding up to 1: half precision
/// rounds each of a thousand.
const OFF: f64 = 0.05;

const NOT_FINITE: &str = "scores with NaN or an infinity";
const NO_PROBABILITIES: &str = "scores that are no probabilities";

/// How vectors of scores are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether they are logits; else probabilities that add up to 1.
    pub logits: bool,
    /// Names of the classes, in the order of the scores; the index of a class
    /// that has none.
    pub classes: Vec<String>,
}

/// What one vector of scores says.
///
/// ```text
/// p        = softmax(z) for logits z, else the scores
/// top      = max p             class = argmax p, the first of equals
/// margin   = top - second largest p
/// entropy  = - sum p ln p      in nats
/// energy   = - ln sum exp z    of logits alone (Liu et al. 2020, "Energy-based
///                              out-of-distribution detection", equation 4, T = 1)
/// ```
///
/// ```
/// use driftsphere::measure::outputs::ScoreVector;
///
/// let said = ScoreVector::of_logits(&[2.0, 0.0, 0.0])?;
/// assert_eq!(said.class, 0);
/// assert!((said.top - 0.786_986).abs() < 1e-6);
/// assert!((said.energy.unwrap() + 2.239_545).abs() < 1e-6);
/// assert!(ScoreVector::of_probabilities(&[0.9, 0.9]).is_err());
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreVector {
    /// Index of the class with the largest score.
    pub class: usize,
    /// Its probability.
    pub top: f64,
    /// How far it is above the next.
    pub margin: f64,
    /// In nats, 0 to the logarithm of the number of classes.
    pub entropy: f64,
    /// Of logits.
    pub energy: Option<f64>,
}

impl ScoreVector {
    /// Of logits.
    ///
    /// # Errors
    /// A short reason where a number is not finite, or there is none.
    pub fn of_logits(logits: &[f32]) -> std::result::Result<Self, &'static str> {
        let largest = largest(logits)?;
        let shifted: Vec<f64> = logits
            .iter()
            .map(|z| libm::exp(f64::from(*z) - f64::from(largest)))
            .collect();
        let sum: f64 = shifted.iter().sum();
        let energy = -(f64::from(largest) + libm::log(sum));
        let probabilities: Vec<f64> = shifted.iter().map(|e| e / sum).collect();
        Ok(Self::of(&probabilities, Some(energy)))
    }

    /// Of probabilities, at least 0, that add up to 1 within 5 %; they are divided by
    /// their sum.
    ///
    /// # Errors
    /// A short reason where they do not, or a number is not finite.
    pub fn of_probabilities(scores: &[f32]) -> std::result::Result<Self, &'static str> {
        largest(scores)?;
        let sum: f64 = scores.iter().map(|p| f64::from(*p)).sum();
        if (sum - 1.0).abs() > OFF || scores.iter().any(|p| *p < 0.0) {
            return Err(NO_PROBABILITIES);
        }
        let probabilities: Vec<f64> = scores.iter().map(|p| f64::from(*p) / sum).collect();
        Ok(Self::of(&probabilities, None))
    }

    fn of(probabilities: &[f64], energy: Option<f64>) -> Self {
        let (mut class, mut top, mut second, mut entropy) = (0, f64::NEG_INFINITY, 0.0, 0.0);
        for (at, &p) in probabilities.iter().enumerate() {
            if p > top {
                second = if at == 0 { 0.0 } else { top };
                (class, top) = (at, p);
            } else if p > second {
                second = p;
            }
            if p > 0.0 {
                entropy -= p * libm::log(p);
            }
        }
        Self {
            class,
            top,
            margin: top - second,
            entropy,
            energy,
        }
    }
}

fn largest(scores: &[f32]) -> std::result::Result<f32, &'static str> {
    if scores.is_empty() || scores.iter().any(|z| !z.is_finite()) {
        return Err(NOT_FINITE);
    }
    Ok(scores.iter().copied().fold(f32::NEG_INFINITY, f32::max))
}

/// Takes the vectors of a block for scores, and puts in their place what they say.
///
/// | name | of | what |
/// | --- | --- | --- |
/// | `top score`, `margin`, `entropy`, `energy` | records | numbers of [`ScoreVector`] |
/// | the prediction, unless the block has some | records | the class |
/// | `right`, `score if right`, `score if wrong`, `label > prediction` | records with a label | whether the class is the label, and how sure the model was of it |
/// | objects of the kind `prediction` | records | one for each, of the predicted class, with `score`, `right`, `score if right`, `score if wrong` |
///
/// So confidence, accuracy and calibration are known by class. A vector that cannot be used is a
/// fault of its record.
///
/// # Errors
/// [`ErrorKind::Argument`] for a block without vectors; [`ErrorKind::Input`] where no
/// vector of it holds probabilities (they are most likely logits), and where there are names of
/// classes and none of 20 labels and more is one of them.
pub fn score_block(mut block: Block, options: &ScoreOptions) -> Result<Block> {
    let Some(vectors) = block.embeddings.take() else {
        let message = "these records have no vectors of scores";
        return Err(Error::new(ErrorKind::Argument, message));
    };
    let said: Vec<_> = vectors
        .rows()
        .into_iter()
        .map(|row| said(row, options))
        .collect();
    if !said.is_empty() && said.iter().all(|one| *one == Err(NO_PROBABILITIES)) {
        let message = "the scores of a record do not add up to 1: say --logits if they are logits";
        return Err(Error::new(ErrorKind::Input, message));
    }
    let number = |value: &dyn Fn(&ScoreVector) -> Option<f64>| {
        let cell = |one: &std::result::Result<ScoreVector, _>| match one {
            Ok(one) => value(one).map_or(Cell::Absent, Cell::Float),
            Err(_) => Cell::Null,
        };
        Column::Mixed(said.iter().map(cell).collect())
    };
    let mut columns = vec![
        ("top score", number(&|one| Some(one.top))),
        ("margin", number(&|one| Some(one.margin))),
        ("entropy", number(&|one| Some(one.entropy))),
    ];
    if options.logits {
        columns.push(("energy", number(&|one| one.energy)));
    }
    let name = |class: usize| match options.classes.get(class).filter(|name| !name.is_empty()) {
        Some(name) => name.clone(),
        None => class.to_string(),
    };
    let classes: Vec<Option<String>> = said
        .iter()
        .map(|one| one.as_ref().ok().map(|one| name(one.class)))
        .collect();
    let labels = block.labels.as_ref();
    let label = |row: usize| labels.and_then(|labels| labels.present(row));
    check_labels(options, (0..said.len()).filter_map(label))?;
    let right: Vec<Option<bool>> = (0..said.len())
        .map(|row| Some(label(row)?.as_ref() == classes[row].as_ref()?))
        .collect();
    if labels.is_some() {
        columns.extend(judged(&said, &classes, &right, label));
    }
    block
        .objects
        .push(("prediction".to_owned(), objects(&said, &classes, &right)?));
    block.features.extend(
        columns
            .into_iter()
            .map(|(name, column)| (name.to_owned(), column)),
    );
    if block.predictions.is_none() {
        let names = classes.into_iter().map(Option::unwrap_or_default);
        block.predictions = Some(Column::Text(names.collect()));
    }
    block.drop_absent();
    Ok(block)
}

/// From so many labels on, it is told that none of them is a class.
const TOLD_FROM: usize = 20;

/// Labels in other words than the classes would all be wrong answers.
fn check_labels<'l>(
    options: &ScoreOptions,
    labels: impl Iterator<Item = std::borrow::Cow<'l, str>>,
) -> Result<()> {
    let labels: Vec<_> = labels.collect();
    let is_class = |label: &std::borrow::Cow<'_, str>| options.classes.iter().any(|c| c == label);
    if options.classes.is_empty() || labels.len() < TOLD_FROM || labels.iter().any(is_class) {
        return Ok(());
    }
    let message = format!(
        "none of {} labels is a name of the list of classes, such as `{}`; the list has `{}`",
        labels.len(),
        labels[0],
        options.classes[0]
    );
    Err(Error::new(ErrorKind::Input, message))
}

type Said = std::result::Result<ScoreVector, &'static str>;

fn said(row: ArrayView1<'_, f32>, options: &ScoreOptions) -> Said {
    let scores = row.to_vec();
    match options.logits {
        true => ScoreVector::of_logits(&scores),
        false => ScoreVector::of_probabilities(&scores),
    }
}

/// What labels say of the records that have one.
fn judged<'l>(
    said: &[Said],
    classes: &[Option<String>],
    right: &[Option<bool>],
    label: impl Fn(usize) -> Option<std::borrow::Cow<'l, str>>,
) -> Vec<(&'static str, Column)> {
    let column = |cell: &dyn Fn(usize, bool) -> Cell| {
        let cells = right.iter().enumerate();
        Column::Mixed(
            cells
                .map(|(row, right)| right.map_or(Cell::Absent, |right| cell(row, right)))
                .collect(),
        )
    };
    let top = |row: usize| {
        said[row]
            .as_ref()
            .map_or(Cell::Absent, |one| Cell::Float(one.top))
    };
    let pair = |row: usize, _: bool| match (label(row), &classes[row]) {
        (Some(label), Some(class)) => Cell::Text(format!("{label} > {class}")),
        _ => Cell::Absent,
    };
    vec![
        ("right", column(&|_, right| Cell::Bool(right))),
        (
            "score if right",
            column(&|row, right| if right { top(row) } else { Cell::Absent }),
        ),
        (
            "score if wrong",
            column(&|row, right| if right { Cell::Absent } else { top(row) }),
        ),
        ("label > prediction", column(&pair)),
    ]
}

/// One object for each record that can be used.
fn objects(said: &[Said], classes: &[Option<String>], right: &[Option<bool>]) -> Result<Objects> {
    let mut objects = Objects::new(&["score", "right", "score if right", "score if wrong"])?;
    for (row, one) in said.iter().enumerate() {
        match one {
            Err(reason) => objects.fault(reason),
            Ok(one) => {
                let class = classes[row].as_ref().map(|name| objects.class(name));
                let only = |wanted: bool| match right[row] == Some(wanted) {
                    true => one.top,
                    false => f64::NAN,
                };
                let is_right = right[row].map_or(f64::NAN, |right| f64::from(u8::from(right)));
                objects.push(class, &[one.top, is_right, only(true), only(false)])?;
            }
        }
        objects.end_record();
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn vectors_say_the_same_as_their_definition() {
        let said = ScoreVector::of_probabilities(&[0.2, 0.5, 0.3]).unwrap();
        assert_eq!((said.class, said.energy), (1, None));
        assert!((said.margin - 0.2).abs() < 1e-6);
        let entropy = -[0.2_f64, 0.5, 0.3].iter().map(|p| p * p.ln()).sum::<f64>();
        assert!((said.entropy - entropy).abs() < 1e-6);
        let first = ScoreVector::of_logits(&[1.0, 1.0]).unwrap();
        assert_eq!((first.class, first.margin), (0, 0.0));
        // Large logits do not overflow.
        let sure = ScoreVector::of_logits(&[1e4, -1e4]).unwrap();
        assert_eq!(
            (sure.top, sure.entropy, sure.energy),
            (1.0, 0.0, Some(-1e4))
        );
        assert_eq!(ScoreVector::of_logits(&[f32::NAN]), Err(NOT_FINITE));
        assert_eq!(ScoreVector::of_logits(&[]), Err(NOT_FINITE));
        assert_eq!(
            ScoreVector::of_probabilities(&[-0.5, 1.5]),
            Err(NO_PROBABILITIES)
        );
    }

    #[test]
    fn a_block_of_scores_becomes_named_values_and_predictions() {
        let block = || Block {
            len: 3,
            rows: vec![0, 1, 2],
            labels: Some(Column::from(vec!["cat", "", "dog"])),
            embeddings: Some(array![[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]),
            ..Block::default()
        };
        let options = ScoreOptions {
            logits: false,
            classes: vec!["cat".into(), "dog".into()],
        };
        let scored = score_block(block(), &options).unwrap();
        let batch = scored.batch("");
        batch.check().unwrap();
        assert_eq!(batch.spaces().count(), 0);
        assert_eq!(batch.prediction(1).as_deref(), Some("dog"));
        let column = |name: &str| {
            scored
                .features()
                .iter()
                .find(|(n, _)| n == name)
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(
            column("right"),
            Column::Mixed(vec![Cell::Bool(true), Cell::Absent, Cell::Bool(false)])
        );
        assert_eq!(column("label > prediction").text(2), "dog > cat");
        let (kind, objects) = batch.object_kinds().next().unwrap();
        assert_eq!(
            (kind, objects.len(), objects.class_of(2)),
            ("prediction", 3, Some("cat"))
        );

        let logits = Block {
            embeddings: Some(array![[9.0, 1.0], [2.0, 8.0], [7.0, 3.0]]),
            ..block()
        };
        let error = score_block(logits, &options).unwrap_err();
        assert!(error.message().contains("--logits"), "{error}");
    }
}
