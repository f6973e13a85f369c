//! What of single records a profile keeps: whoever passes it on should know.

use super::escape::clip;
use super::number;
use super::profile_json::Document;
use std::collections::BTreeSet;

/// Columns that are named; of more, their number is said.
const NAMED: usize = 3;
/// Characters of a column's name.
const NAME: usize = 24;

/// What one or several profiles keep.
#[derive(Debug, Default)]
pub(super) struct Kept<'a> {
    embeddings: u64,
    records: u64,
    ids: u64,
    texts: u64,
    columns: BTreeSet<&'a str>,
    numbers: u64,
    is_sealed: bool,
}

impl<'a> Kept<'a> {
    /// What several profiles keep together.
    pub(super) fn of<'d>(documents: impl IntoIterator<Item = &'d Document<'a>>) -> Self
    where
        'a: 'd,
    {
        let mut kept = Self::default();
        for document in documents {
            kept.is_sealed |= document.contents.sealed;
            kept.records += document.kept_records;
            kept.ids += document.kept_ids;
            for space in &document.spaces {
                kept.embeddings += space.kept_embeddings;
                kept.ids += space.kept_ids;
                let numbers = [
                    &space.norm,
                    &space.cluster_distance,
                    &space.own_distance,
                    &space.boundary,
                ];
                let numbers = numbers.into_iter().flatten();
                kept.numbers += numbers.filter(|n| n.min.is_some()).count() as u64;
            }
            for kind in &document.objects {
                for group in kind.classes.iter().chain([&kind.all]) {
                    let numbers = group.features.iter().filter_map(|f| f.numbers.as_ref());
                    kept.numbers += numbers.filter(|n| n.min.is_some()).count() as u64;
                }
            }
            for feature in &document.features {
                if feature.single_values > 0 {
                    kept.texts += feature.single_values;
                    kept.columns.insert(feature.name);
                }
                let numbers = feature.numbers.as_ref();
                kept.numbers += u64::from(numbers.is_some_and(|n| n.min.is_some()));
            }
        }
        kept
    }

    /// `keeps the embeddings of 60 records, 60 ids, ...`.
    pub(super) fn sentence(&self) -> String {
        let mut parts = Vec::new();
        if self.embeddings > 0 {
            let records = number::counted(self.embeddings, "record");
            parts.push(format!("the embeddings of {records}"));
        }
        if self.records > 0 {
            let records = number::counted(self.records, "record");
            parts.push(format!("the numbers of {records}"));
        }
        if self.ids > 0 {
            parts.push(number::counted(self.ids, "id"));
        }
        if self.texts > 0 {
            let columns = match self.columns.len() {
                0..=NAMED => {
                    let names = self.columns.iter().map(|name| clip(name, NAME));
                    names.collect::<Vec<_>>().join(", ")
                }
                n => format!("{} columns", number::count(n as u64)),
            };
            let texts = number::counted(self.texts, "text");
            parts.push(format!("{texts} that came once ({columns})"));
        }
        if self.numbers > 0 {
            let series = number::count(self.numbers);
            parts.push(format!(
                "the smallest and largest of {series} series of numbers"
            ));
        }
        match parts.split_last() {
            None if self.is_sealed => "keeps nothing of single records: it is sealed".into(),
            None => "keeps nothing of single records".into(),
            Some((only, [])) => format!("keeps {only}"),
            Some((last, first)) => format!("keeps {} and {last}", first.join(", ")),
        }
    }
}
