//! Copies of pictures, within one stream and between two.

use super::fingerprints::{Fingerprints, Looks};

/// Two ids and by how many bits their pictures' perceptual hashes differ.
pub type Pair = (Option<String>, Option<String>, u32);

/// Copies among the sampled pictures of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copies {
    /// Pictures that were looked at: all that came with a sampled perceptual hash.
    pub pictures: u64,
    /// Of these, pictures whose content had come before.
    pub exact: u64,
    /// Of these, pictures of another content that look like one before: the first of each
    /// content counts where its hash is equal, or near that of another. Where the sample
    /// does not hold all, some of the near ones are missed: a lower bound.
    pub near: u64,
    /// Whether every picture was looked at.
    pub is_complete: bool,
    /// Up to 10 pairs that look alike, the nearest first.
    pub examples: Vec<Pair>,
}

/// Pictures of one stream that are in another one, too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SharedPictures {
    /// Pictures of the other stream that were looked at.
    pub pictures: u64,
    /// Of these, pictures whose content this stream has.
    pub exact: u64,
    /// Of these, pictures of another content that look like one of this stream. Where
    /// a sample does not hold all, near ones may be missed: a lower bound.
    pub near: u64,
    /// Different perceptual hashes that were looked at, and of these the shared or near
    /// ones: what an interval rests on, since copies come together.
    pub looks: (u64, u64),
    /// Whether every picture of both streams was looked at.
    pub is_complete: bool,
    /// Up to 10 pairs, of this and of the other stream, the nearest first.
    pub examples: Vec<Pair>,
}

const EXAMPLES: usize = 10;

impl Fingerprints {
    /// Copies among the sampled pictures; those are near whose perceptual hashes differ by at
    /// most `bits`.
    #[must_use]
    pub fn copies(&self, bits: u32) -> Copies {
        let all: Vec<(&(u64, u64), &Looks)> = self.kept.iter().collect();
        let mut pairs = Vec::new();
        let (mut pictures, mut exact, mut near) = (0_u64, 0, 0);
        for (i, ((_, perceptual), looks)) in all.iter().enumerate() {
            pictures += looks.total;
            let contents = looks.contents.len() as u64;
            let counted: u64 = looks.contents.values().map(|c| c.count).sum();
            // Contents that are no longer kept count as new ones.
            exact += counted - contents;
            near += looks.total - counted + contents - 1;
            let mut ids = looks.contents.values();
            let first = ids.next().and_then(|c| c.id.clone());
            for other in ids {
                pairs.push((0, first.clone(), other.id.clone()));
            }
            let before = all[..i]
                .iter()
                .map(|((_, other), before)| ((other ^ perceptual).count_ones(), *before));
            let nearest = before.min_by_key(|(distance, _)| *distance);
            if let Some((distance, before)) = nearest.filter(|(distance, _)| *distance <= bits) {
                near += 1;
                pairs.push((distance, before.id(), looks.id()));
            }
        }
        Copies {
            pictures,
            exact,
            near,
            is_complete: self.is_complete(),
            examples: examples(pairs),
        }
    }

    /// Pictures of `target` that this sample has, too: among all whose hash lies where both
    /// samples hold everything.
    #[must_use]
    pub fn shared(&self, target: &Self, bits: u32) -> SharedPictures {
        let limit = [self, target]
            .into_iter()
            .filter(|sample| !sample.is_complete())
            .map(|sample| sample.kept.last_key_value().map_or((0, 0), |(key, _)| *key))
            .min();
        let is_within = |key: &(u64, u64)| limit.is_none_or(|limit| *key <= limit);
        let mut out = SharedPictures {
            pictures: 0,
            exact: 0,
            near: 0,
            looks: (0, 0),
            is_complete: limit.is_none(),
            examples: Vec::new(),
        };
        let mut pairs = Vec::new();
        for (key, looks) in target.kept.iter().filter(|(key, _)| is_within(key)) {
            out.pictures += looks.total;
            out.looks.0 += 1;
            let nearest = match self.kept.get(key) {
                Some(own) => Some((0, own)),
                None => {
                    let others = self.kept.iter();
                    let others =
                        others.map(|((_, other), own)| ((other ^ key.1).count_ones(), own));
                    others.min_by_key(|(d, _)| *d).filter(|(d, _)| *d <= bits)
                }
            };
            let Some((distance, own)) = nearest else {
                continue;
            };
            out.looks.1 += 1;
            let same = looks
                .contents
                .iter()
                .filter(|(content, _)| distance == 0 && own.contents.contains_key(content));
            let same: u64 = same.map(|(_, content)| content.count).sum();
            out.exact += same;
            out.near += looks.total - same;
            pairs.push((distance, own.id(), looks.id()));
        }
        out.examples = examples(pairs);
        out
    }
}

/// The nearest pairs; those that are equally near in the order of their ids.
fn examples(mut pairs: Vec<(u32, Option<String>, Option<String>)>) -> Vec<Pair> {
    pairs.sort();
    pairs.truncate(EXAMPLES);
    pairs
        .into_iter()
        .map(|(distance, a, b)| (a, b, distance))
        .collect()
}
