//! Pictures of the records that show something.

use super::blocks::Shot;
use super::drawn_boxes::{Overlay, PictureBoxes};
use crate::compare::Comparison;
use crate::profile::{Profile, SpaceGroup};
use crate::report::escape::clip;
use crate::report::number;
use crate::report::parts::{NAME, has_moved};
use crate::report::places::is_medoid;
use crate::sphere::Medoid;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};

/// Pictures of one page: a page of more is no longer read.
const MOST: usize = 200;
/// Novel records of a space.
const NOVEL: usize = 12;
/// Characters of an id below its picture.
const ID: usize = 60;

/// The window that a record is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The window that is trusted.
    Reference,
    /// The window asked about.
    Target,
}

/// A record that a page would show a picture of: its window and its id.
pub type Wanted = (Side, String);

/// Small pictures for a page, by record. Without any (the default), a page names
/// records and shows none.
///
/// [`wanted`] says of which records a page would show one. A picture is a JPEG file
/// (`measure::image::thumbnail` makes them); a record whose picture was looked for
/// and not found is one of `None`, and shows its id in its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pictures {
    /// By record its place among the files.
    found: BTreeMap<Wanted, Option<usize>>,
    /// JPEG files, each once.
    files: Vec<Vec<u8>>,
    boxes: BTreeMap<Wanted, PictureBoxes>,
}

impl FromIterator<(Wanted, Option<Vec<u8>>)> for Pictures {
    fn from_iter<I: IntoIterator<Item = (Wanted, Option<Vec<u8>>)>>(pictures: I) -> Self {
        // By record, so that the order given leaves no trace.
        let pictures: BTreeMap<Wanted, Option<Vec<u8>>> = pictures.into_iter().collect();
        let mut out = Self::default();
        let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for (record, jpeg) in pictures {
            let place = jpeg.map(|jpeg| {
                *places.entry(jpeg).or_insert_with_key(|jpeg| {
                    out.files.push(jpeg.clone());
                    out.files.len() - 1
                })
            });
            out.found.insert(record, place);
        }
        out
    }
}

impl Pictures {
    /// Files that a page shows, in base 64, each once with its place: many findings name the same
    /// records.
    pub(super) fn shown(&self, places: &BTreeSet<usize>) -> Vec<(usize, String)> {
        let shown = places
            .iter()
            .filter_map(|&at| Some((at, self.files.get(at)?)));
        shown
            .map(|(at, jpeg)| (at, STANDARD.encode(jpeg)))
            .collect()
    }

    /// Draws boxes over the picture of a record: the surest
    /// [`PictureBoxes::MOST`], the others are counted.
    #[must_use]
    pub fn with_boxes(mut self, record: Wanted, mut boxes: PictureBoxes) -> Self {
        boxes.limit();
        self.boxes.insert(record, boxes);
        self
    }

    /// The picture of a record with what is to be said of it; `None` where no one
    /// looked for it.
    pub(super) fn shot(&self, side: Side, id: &str, caption: String) -> Option<Shot> {
        let record = (side, id.to_owned());
        let picture = *self.found.get(&record)?;
        let boxes = self.boxes.get(&record).filter(|_| picture.is_some());
        Some(Shot {
            id: clip(id, ID),
            picture,
            caption,
            overlay: boxes.and_then(Overlay::new),
        })
    }
}

/// The records that the page of a comparison shows pictures of, the most telling
/// first, at most 200: those that show what moved, the record that stands for each
/// cluster, and the target's records farthest from every cluster. None where a
/// profile is sealed.
#[must_use]
pub fn wanted(comparison: &Comparison, reference: &Profile, target: &Profile) -> Vec<Wanted> {
    if reference.config().is_sealed() || target.config().is_sealed() {
        return Vec::new();
    }
    let telling = (comparison.findings.iter().filter(has_moved))
        .flat_map(|finding| &finding.records)
        .map(|record| (side_of(&record.role), record.id.as_str()));
    let medoids = reference.spaces().iter().flat_map(|(name, space)| {
        let clusters = 0..space.clusters().len();
        clusters.filter_map(|cluster| {
            Some((
                Side::Reference,
                medoid(reference, name, cluster)?.id.as_str(),
            ))
        })
    });
    let novel = target.spaces().values().flat_map(|space| {
        let novel = space.novel().iter().take(NOVEL);
        novel.map(|record| (Side::Target, record.id.as_str()))
    });
    let mut seen = BTreeSet::new();
    (telling.chain(medoids).chain(novel))
        .filter(|wanted| seen.insert(*wanted))
        .take(MOST)
        .map(|(side, id)| (side, id.to_owned()))
        .collect()
}

/// Pictures of the target's records that show what moved, the most telling first.
pub(super) fn first(pictures: &Pictures, comparison: &Comparison, most: usize) -> Vec<Shot> {
    let mut seen = BTreeSet::new();
    let moved = comparison.findings.iter().filter(has_moved);
    let records = moved.flat_map(|finding| &finding.records);
    let shots = records.filter_map(|record| {
        let is_new = side_of(&record.role) == Side::Target && seen.insert(&record.id);
        let shot = || pictures.shot(Side::Target, &record.id, clip(&record.role, NAME));
        is_new.then(shot).flatten()
    });
    shots.take(most).collect()
}

/// The window that a finding's record is of: those that stand for a class or
/// cluster are the reference's.
pub(super) fn side_of(role: &str) -> Side {
    match is_medoid(role) {
        true => Side::Reference,
        false => Side::Target,
    }
}

/// The real record that stands for a cluster: of all rows of the reference, else of
/// the codebook.
pub(super) fn medoid<'p>(
    reference: &'p Profile,
    space: &str,
    cluster: usize,
) -> Option<&'p Medoid> {
    let group = reference.spaces().get(space)?.clusters().get(cluster);
    let of_codebook = || {
        let book = reference.config().spaces.get(space)?.codebook.as_ref()?;
        book.clusters().get(cluster)?.medoid.as_ref()
    };
    group.and_then(SpaceGroup::nearest).or_else(of_codebook)
}

/// Pictures of the records that stand for the clusters of a space.
pub(super) fn medoids(pictures: &Pictures, reference: &Profile, space: &str) -> Vec<Shot> {
    let config = reference.config().spaces.get(space);
    let book = config.and_then(|config| config.codebook.as_ref());
    let clusters = book.iter().flat_map(|book| book.clusters()).enumerate();
    let shots = clusters.filter_map(|(cluster, centre)| {
        let medoid = medoid(reference, space, cluster)?;
        pictures.shot(Side::Reference, &medoid.id, clip(&centre.name, NAME))
    });
    shots.collect()
}

/// Pictures of the target's records that lie farthest from every cluster.
pub(super) fn novel(pictures: &Pictures, target: &Profile, space: &str) -> Vec<Shot> {
    let records = target
        .spaces()
        .get(space)
        .map_or(&[][..], |space| space.novel());
    let shots = records.iter().take(NOVEL).filter_map(|record| {
        let caption = format!("distance {}", number::number(record.distance));
        pictures.shot(Side::Target, &record.id, caption)
    });
    shots.collect()
}
