//! Vectors of scores of many records: how sure a classifier is, of what, and whether it is right.

use ndarray::{ArrayView1, ArrayView2};

use super::score_vector::ScoreVector;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Block, Cell, Column, Objects};

/// How vectors of scores are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether they are logits; else probabilities that add up to 1.
    pub logits: bool,
    /// Names of the classes, in the order of the scores; the index of a class
    /// that has none.
    pub classes: Vec<String>,
}

/// What vectors of scores say of the records that they belong to, as [`score_vectors`] finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Named values, one for each record; names that no record has a value of are left out.
    pub features: Vec<(&'static str, Column)>,
    /// The predicted class of each record, empty where its vector cannot be used.
    pub predictions: Column,
    /// Objects of the kind `prediction`.
    pub objects: Objects,
}

/// What vectors of scores `(n_records, classes)` say.
///
/// | name | of | what |
/// | --- | --- | --- |
/// | `top score`, `margin`, `entropy`, `energy` | records | numbers of [`ScoreVector`] |
/// | the prediction | records | the class |
/// | `right`, `score if right`, `score if wrong`, `label > prediction` | records with a label | whether the class is the label, and how sure the model was of it |
/// | objects of the kind `prediction` | records | one for each, of the predicted class, with `score`, `right`, `score if right`, `score if wrong` |
///
/// So confidence, accuracy and calibration are known by class. A vector that cannot be used is a
/// fault of its record.
///
/// ```
/// use driftsphere::ingest::Column;
/// use driftsphere::measure::outputs::{ScoreOptions, score_vectors};
/// use driftsphere::ndarray::array;
///
/// let vectors = array![[0.9_f32, 0.1], [0.2, 0.8]];
/// let options = ScoreOptions { classes: vec!["cat".into(), "dog".into()], ..ScoreOptions::default() };
/// let labels = Column::from(vec!["cat", "cat"]);
/// let said = score_vectors(vectors.view(), Some(&labels), &options)?;
/// assert_eq!(said.predictions.text(1), "dog");
/// let right = &said.features.iter().find(|(name, _)| *name == "right").unwrap().1;
/// assert_eq!(right.text(1), "false");
/// # Ok::<(), driftsphere::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`] where there are names of classes and none of 20 labels and more is one of them;
/// [`ErrorKind::Argument`] for another number of labels than of vectors.
pub fn score_vectors(
    vectors: ArrayView2<'_, f32>,
    labels: Option<&Column>,
    options: &ScoreOptions,
) -> Result<Scores> {
    if let Some(labels) = labels.filter(|labels| labels.len() != vectors.nrows()) {
        let message = format!("{} labels for {} vectors", labels.len(), vectors.nrows());
        return Err(Error::new(ErrorKind::Argument, message).at("column", "labels"));
    }
    let said: Vec<_> = vectors
        .rows()
        .into_iter()
        .map(|row| said(row, options))
        .collect();
    let number = |value: &dyn Fn(&ScoreVector) -> Option<f64>| {
        let cell = |one: &std::result::Result<ScoreVector, _>| match one {
            Ok(one) => value(one).map_or(Cell::Absent, Cell::Float),
            Err(_) => Cell::Null,
        };
        Column::Mixed(said.iter().map(cell).collect())
    };
    let mut features = vec![
        ("top score", number(&|one| Some(one.top))),
        ("margin", number(&|one| Some(one.margin))),
        ("entropy", number(&|one| Some(one.entropy))),
    ];
    if options.logits {
        features.push(("energy", number(&|one| one.energy)));
    }
    let name = |class: usize| match options.classes.get(class).filter(|name| !name.is_empty()) {
        Some(name) => name.clone(),
        None => class.to_string(),
    };
    let classes: Vec<Option<String>> = said
        .iter()
        .map(|one| one.as_ref().ok().map(|one| name(one.class)))
        .collect();
    let label = |row: usize| labels.and_then(|labels| labels.present(row));
    check_labels(options, (0..said.len()).filter_map(label))?;
    let right: Vec<Option<bool>> = (0..said.len())
        .map(|row| Some(label(row)?.as_ref() == classes[row].as_ref()?))
        .collect();
    if labels.is_some() {
        features.extend(judged(&said, &classes, &right, label));
    }
    features.retain(|(_, column)| !column.says_nothing());
    Ok(Scores {
        features,
        objects: objects(&said, &classes, &right)?,
        predictions: Column::Text(classes.into_iter().map(Option::unwrap_or_default).collect()),
    })
}

/// Takes the vectors of a block for scores, and puts in their place what they say (see
/// [`score_vectors`]): values, objects, and the predictions, unless the block has some.
///
/// # Errors
/// Those of [`score_vectors`]; [`ErrorKind::Argument`] for a block without vectors.
pub fn score_block(mut block: Block, options: &ScoreOptions) -> Result<Block> {
    let Some(vectors) = block.embeddings.take() else {
        let message = "these records have no vectors of scores";
        return Err(Error::new(ErrorKind::Argument, message));
    };
    let scores = score_vectors(vectors.view(), block.labels.as_ref(), options)?;
    block
        .objects
        .push(("prediction".to_owned(), scores.objects));
    let features = scores.features.into_iter();
    block
        .features
        .extend(features.map(|(name, column)| (name.to_owned(), column)));
    block.predictions.get_or_insert(scores.predictions);
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
        // Counted, whether other vectors can be used or none.
        let scored = score_block(logits, &options).unwrap();
        let (_, objects) = &scored.objects[0];
        assert_eq!((objects.len(), objects.faults().len()), (0, 3));
    }
}
