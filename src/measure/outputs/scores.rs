//! Vectors of scores of many records: how sure a classifier is, of what, and whether it is right.

use std::collections::BTreeMap;

use ndarray::{ArrayView1, ArrayView2};

use super::score_vector::ScoreVector;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{Block, Cell, Column, Objects};

/// How vectors of scores are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether they are logits; else probabilities that add up to 1.
    pub logits: bool,
    /// Names of the classes, in the order of the scores, one for each and no name twice; empty for
    /// a class that goes by its index, and no names at all where every class does.
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
/// [`ErrorKind::Input`] where none of 20 labels and more is a class, by its name or, without names,
/// by its index; [`ErrorKind::Argument`] for another number of labels than of vectors, another
/// number of names of classes than of scores, and a name that two classes have.
pub fn score_vectors(
    vectors: ArrayView2<'_, f32>,
    labels: Option<&Column>,
    options: &ScoreOptions,
) -> Result<Scores> {
    if let Some(labels) = labels.filter(|labels| labels.len() != vectors.nrows()) {
        let message = format!("{} labels for {} vectors", labels.len(), vectors.nrows());
        return Err(Error::new(ErrorKind::Argument, message).at("column", "labels"));
    }
    // No vector has no width.
    if !vectors.is_empty() {
        check_classes(&options.classes, vectors.ncols())?;
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
    let width = vectors.ncols();
    check_labels(options, width, (0..said.len()).filter_map(label))?;
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

/// One name short would call classes by their neighbours' names; one name twice makes of two classes
/// one.
fn check_classes(classes: &[String], width: usize) -> Result<()> {
    if classes.is_empty() {
        return Ok(());
    }
    let refuse = |message: String| Err(Error::new(ErrorKind::Argument, message));
    if classes.len() != width {
        return refuse(format!(
            "the list of classes has {} names, the vectors have {width} scores; give a name for \
             each, on a line of its own",
            classes.len()
        ));
    }
    let mut seen = BTreeMap::new();
    for (at, name) in classes
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
    {
        if let Some(first) = seen.insert(name, at) {
            return refuse(format!(
                "the list of classes has `{name}` twice, on lines {} and {}; two classes need two \
                 names",
                first + 1,
                at + 1
            ));
        }
    }
    Ok(())
}

/// Labels in other words than the classes would all be wrong answers.
fn check_labels<'l>(
    options: &ScoreOptions,
    width: usize,
    labels: impl Iterator<Item = std::borrow::Cow<'l, str>>,
) -> Result<()> {
    let labels: Vec<_> = labels.collect();
    let is_index = |label: &str| label.parse::<usize>().is_ok_and(|index| index < width);
    let is_class = |label: &std::borrow::Cow<'_, str>| match options.classes.is_empty() {
        true => is_index(label),
        false => options.classes.iter().any(|c| c == label),
    };
    if labels.len() < TOLD_FROM || labels.iter().any(is_class) {
        return Ok(());
    }
    let (count, such) = (labels.len(), &labels[0]);
    let message = match options.classes.first() {
        Some(first) => format!(
            "none of {count} labels is a name of the list of classes, such as `{such}`; the list \
             has `{first}`"
        ),
        None => format!(
            "none of {count} labels is a class, such as `{such}`: without a list of their names \
             classes are numbers from 0 to {}; give the list (--classes)",
            width.saturating_sub(1)
        ),
    };
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
    use ndarray::{Array2, array};

    #[test]
    fn classes_are_named_once_each_and_labels_are_among_them() {
        let vectors = Array2::from_elem((20, 3), 1.0 / 3.0);
        let of = |classes: &[&str], label: &str| {
            let options = ScoreOptions {
                classes: classes.iter().map(|name| (*name).to_owned()).collect(),
                ..ScoreOptions::default()
            };
            let labels = Column::from(vec![label; 20]);
            score_vectors(vectors.view(), Some(&labels), &options).map_err(|e| e.to_string())
        };
        for (classes, label) in [
            (&[][..], "2"),
            (&["cat", "dog", "cow"], "cow"),
            (&["cat", "", ""], "cat"),
        ] {
            assert!(of(classes, label).is_ok(), "{classes:?} {label}");
        }
        for (classes, label, words) in [
            (
                &["cat", "dog"][..],
                "cat",
                "has 2 names, the vectors have 3 scores",
            ),
            (
                &["cat", "dog", "cat"],
                "cat",
                "`cat` twice, on lines 1 and 3",
            ),
            (&["cat", "dog", "cow"], "0", "the list has `cat`"),
            (&[], "cat", "numbers from 0 to 2"),
            (&[], "3", "numbers from 0 to 2"),
        ] {
            let error = of(classes, label).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
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
        // Counted, whether other vectors can be used or none.
        let scored = score_block(logits, &options).unwrap();
        let (_, objects) = &scored.objects[0];
        assert_eq!((objects.len(), objects.faults().len()), (0, 3));
    }
}
