//! A sample of pictures by what they look like, to find copies in one stream and in two.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::hash::hash_bytes;
use crate::error::{Error, ErrorKind, Result};

/// So many different contents are kept of one perceptual hash.
const CONTENTS: usize = 4;

/// Longest id that is kept, in bytes.
const ID_BYTES: usize = 512;

/// The pictures whose perceptual hash, seeded and hashed once more, is among the `k`
/// smallest: a bottom-k sample (Cohen & Kaplan 2007) in which all pictures that look alike
/// stand or fall together.
///
/// So copies are found whole: every copy of a sampled picture was counted. And since the
/// sample depends on the looks alone, a picture that two streams share is in both samples
/// or in neither, as far as both reach ([`Fingerprints::shared`]).
///
/// Of one perceptual hash, the 4 smallest content hashes are kept with their counts and
/// smallest ids (those over 512 bytes are not kept), and the number of all pictures. The
/// state is a pure function of the multiset of pictures: a hash among the k smallest in the
/// end was so at each moment since it first came, and the same holds for the contents.
///
/// ```
/// use driftsphere::sketch::Fingerprints;
///
/// let mut week = Fingerprints::new(1024);
/// week.update(7, 0xff00, 1, Some("a.jpg"));
/// week.update(7, 0xff00, 1, Some("copy of a.jpg"));
/// week.update(7, 0xff01, 2, Some("a, smaller.jpg"));
/// week.update(7, 0x1234, 3, Some("b.jpg"));
/// let copies = week.copies(4);
/// assert_eq!((copies.pictures, copies.exact, copies.near), (4, 1, 1));
///
/// let mut next = Fingerprints::new(1024);
/// next.update(7, 0x1234, 3, Some("b again.jpg"));
/// next.update(7, 0x00aa, 4, Some("c.jpg"));
/// let shared = week.shared(&next, 4);
/// assert_eq!((shared.pictures, shared.exact, shared.near), (2, 1, 0));
/// assert_eq!(shared.examples[0].0.as_deref(), Some("b.jpg"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Fingerprints {
    k: usize,
    /// By the hash of the perceptual hash, then by that itself.
    pub(super) kept: BTreeMap<(u64, u64), Looks>,
    pictures: u64,
}

/// All pictures of one perceptual hash.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Looks {
    pub(super) contents: BTreeMap<u64, Content>,
    pub(super) total: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) count: u64,
    pub(super) id: Option<String>,
}

impl Fingerprints {
    /// A sample of `k` perceptual hashes; 0 keeps nothing but the number of pictures.
    #[must_use]
    pub fn new(k: usize) -> Self {
        Self {
            k,
            kept: BTreeMap::new(),
            pictures: 0,
        }
    }

    /// Perceptual hashes that are kept at most.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// Lowers `k`; a larger one than before changes nothing.
    pub fn set_k(&mut self, k: usize) {
        self.k = self.k.min(k);
        self.cut();
    }

    /// Pictures that came.
    #[must_use]
    pub fn pictures(&self) -> u64 {
        self.pictures
    }

    /// Perceptual hashes that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether no picture is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether every picture that came is kept.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let kept = self.kept.values().map(|looks| looks.total);
        kept.fold(0, u64::saturating_add) == self.pictures
    }

    /// Learns one picture: its perceptual hash, a hash of its content, its id.
    pub fn update(&mut self, seed: u64, perceptual: u64, content: u64, id: Option<&str>) {
        self.pictures = self.pictures.saturating_add(1);
        let key = (hash_bytes(seed, &perceptual.to_le_bytes()), perceptual);
        if !self.accepts(key) {
            return;
        }
        let id = id.filter(|id| id.len() <= ID_BYTES).map(ToOwned::to_owned);
        let looks = self.kept.entry(key).or_default();
        looks.total = looks.total.saturating_add(1);
        looks.add(content, Content { count: 1, id });
        self.cut();
    }

    /// Whether this is a sample by hashes of this seed.
    #[must_use]
    pub fn is_seeded(&self, seed: u64) -> bool {
        let hash = |perceptual: u64| hash_bytes(seed, &perceptual.to_le_bytes());
        self.kept
            .keys()
            .all(|(key, perceptual)| *key == hash(*perceptual))
    }

    fn accepts(&self, key: (u64, u64)) -> bool {
        let last = self.kept.last_key_value();
        self.k > 0 && (self.kept.len() < self.k || last.is_some_and(|(last, _)| key <= *last))
    }

    fn cut(&mut self) {
        while self.kept.len() > self.k {
            self.kept.pop_last();
        }
    }

    /// Takes in what another sample of the same `k` and seed saw.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] where `k` differs.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.k != other.k {
            return Err(Error::new(
                ErrorKind::Incompatible,
                format!("samples of {} and of {} pictures", self.k, other.k),
            ));
        }
        self.pictures = self.pictures.saturating_add(other.pictures);
        for (key, theirs) in &other.kept {
            let looks = self.kept.entry(*key).or_default();
            looks.total = looks.total.saturating_add(theirs.total);
            for (content, one) in &theirs.contents {
                looks.add(*content, one.clone());
            }
        }
        self.cut();
        Ok(())
    }
}

impl Looks {
    fn add(&mut self, content: u64, new: Content) {
        match self.contents.get_mut(&content) {
            Some(own) => {
                own.count = own.count.saturating_add(new.count);
                own.id = match (own.id.take(), new.id) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            None => drop(self.contents.insert(content, new)),
        }
        while self.contents.len() > CONTENTS {
            self.contents.pop_last();
        }
    }

    pub(super) fn id(&self) -> Option<String> {
        self.contents
            .values()
            .find_map(|content| content.id.clone())
    }
}

/// As it is stored: the pictures by rising hash, each content by rising hash.
#[derive(Serialize, Deserialize)]
struct Raw {
    k: u64,
    pictures: u64,
    kept: Vec<RawLooks>,
}

/// Hash, perceptual hash, number of pictures, contents.
type RawLooks = (u64, u64, u64, Vec<(u64, Content)>);

impl From<Fingerprints> for Raw {
    fn from(sample: Fingerprints) -> Self {
        let kept = sample.kept.into_iter().map(|((hash, perceptual), looks)| {
            let contents = looks.contents.into_iter().collect();
            (hash, perceptual, looks.total, contents)
        });
        Self {
            k: sample.k as u64,
            pictures: sample.pictures,
            kept: kept.collect(),
        }
    }
}

/// The one door for samples from outside.
impl TryFrom<Raw> for Fingerprints {
    type Error = Error;

    fn try_from(raw: Raw) -> Result<Self> {
        let damaged = |what: &str| {
            let message = format!("a sample of pictures is damaged: {what}");
            Err(Error::new(ErrorKind::Format, message))
        };
        let Ok(k) = usize::try_from(raw.k) else {
            return damaged("its size");
        };
        if raw.kept.len() > k {
            return damaged("more pictures than it may hold");
        }
        let (mut kept, mut total) = (BTreeMap::new(), 0_u64);
        for (hash, perceptual, all, list) in raw.kept {
            let n = list.len();
            let contents: BTreeMap<u64, Content> = list.into_iter().collect();
            if contents.len() != n || !(1..=CONTENTS).contains(&n) {
                return damaged("contents of one hash");
            }
            let counts = contents.values().map(|c| c.count);
            let sum = counts.clone().try_fold(0_u64, u64::checked_add);
            let few = n < CONTENTS;
            let is_sound = |sum: u64| if few { sum == all } else { sum <= all };
            if counts.clone().any(|count| count == 0) || !sum.is_some_and(is_sound) {
                return damaged("counts of one hash");
            }
            if contents
                .values()
                .flat_map(|c| &c.id)
                .any(|id| id.len() > ID_BYTES)
            {
                return damaged("an id is too long");
            }
            let Some(next) = total.checked_add(all) else {
                return damaged("counts");
            };
            total = next;
            let key = (hash, perceptual);
            if kept.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return damaged("pictures out of order");
            }
            kept.insert(
                key,
                Looks {
                    contents,
                    total: all,
                },
            );
        }
        if total > raw.pictures || (kept.len() < k && total != raw.pictures) {
            return damaged("the number of pictures");
        }
        Ok(Self {
            k,
            kept,
            pictures: raw.pictures,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Picture `i` of a stream in which every fifth is a copy, and looks repeat.
    fn learn(sample: &mut Fingerprints, numbers: impl Iterator<Item = u64>) {
        for i in numbers {
            let content = i - i % 5 / 4;
            let looks = hash_bytes(1, &(content / 3).to_le_bytes());
            sample.update(9, looks, content, Some(&format!("{i:05}.jpg")));
        }
    }

    #[test]
    fn order_and_division_leave_no_trace() {
        for k in [0, 1, 50, 100_000] {
            let mut whole = Fingerprints::new(k);
            learn(&mut whole, 0..3000);
            let mut back = Fingerprints::new(k);
            learn(&mut back, (0..3000).rev());
            assert_eq!(whole, back);
            let (mut odd, mut even) = (Fingerprints::new(k), Fingerprints::new(k));
            learn(&mut odd, (0..3000).filter(|i| i % 2 == 1));
            learn(&mut even, (0..3000).filter(|i| i % 2 == 0));
            odd.merge(&even).unwrap();
            assert_eq!(odd, whole);
            assert_eq!(whole.is_complete(), k > 3000);
            let bytes = postcard::to_allocvec(&whole).unwrap();
            assert_eq!(postcard::from_bytes::<Fingerprints>(&bytes).unwrap(), whole);
        }
        let mut lowered = Fingerprints::new(500);
        learn(&mut lowered, 0..3000);
        lowered.set_k(50);
        let mut low = Fingerprints::new(50);
        learn(&mut low, 0..3000);
        assert_eq!(lowered, low);
        assert!(low.merge(&Fingerprints::new(51)).is_err());
    }

    #[test]
    fn a_sample_tells_the_share_of_copies_of_the_whole() {
        let mut whole = Fingerprints::new(100_000);
        learn(&mut whole, 0..30_000);
        let all = whole.copies(0);
        // One of five is a copy.
        assert_eq!((all.pictures, all.exact), (30_000, 6_000));
        let mut part = Fingerprints::new(1000);
        learn(&mut part, 0..30_000);
        let found = part.copies(0);
        assert!(!found.is_complete);
        // 1 000 of 10 000 groups of three contents: each group's share of copies lies in
        // 0 to 1 / 2, so the standard deviation of the mean is at most 0.25 / sqrt(1000).
        let share = found.exact as f64 / found.pictures as f64;
        assert!(
            (share - 0.2).abs() < 4.0 * 0.25 / 1000_f64.sqrt(),
            "{share}"
        );
    }

    #[test]
    fn streams_that_overlap_share_pictures_in_proportion() {
        let (mut one, mut two) = (Fingerprints::new(1000), Fingerprints::new(1000));
        let picture = |sample: &mut Fingerprints, i: u64| {
            let looks = hash_bytes(2, &i.to_le_bytes());
            sample.update(9, looks, i, None);
        };
        (0..20_000).for_each(|i| picture(&mut one, i));
        (18_000..28_000).for_each(|i| picture(&mut two, i));
        let shared = one.shared(&two, 0);
        let share = shared.exact as f64 / shared.pictures as f64;
        // 2 000 of 10 000, among n sampled ones: four standard deviations.
        let sd = (0.2 * 0.8 / shared.pictures as f64).sqrt();
        assert!(
            shared.pictures >= 300 && (share - 0.2).abs() < 4.0 * sd,
            "{shared:?}"
        );
        assert_eq!(
            (shared.near, shared.looks),
            (0, (shared.pictures, shared.exact))
        );
        // Random hashes of 64 bits do not come near each other.
        let mut far = Fingerprints::new(1000);
        (50_000..51_000).for_each(|i| picture(&mut far, i));
        let none = one.shared(&far, 8);
        assert_eq!((none.exact, none.near), (0, 0));
    }

    #[test]
    fn damaged_samples_are_refused() {
        let mut sample = Fingerprints::new(3);
        learn(&mut sample, 0..5);
        type Damage = fn(&mut Raw);
        let damages: [Damage; 8] = [
            |raw| raw.k = 0,
            |raw| raw.pictures = 0,
            |raw| raw.pictures = 1_000_000,
            |raw| raw.kept.reverse(),
            |raw| raw.kept[0].2 += 1,
            |raw| raw.kept[0].2 = u64::MAX,
            |raw| raw.kept[0].3.clear(),
            |raw| raw.kept[0].3[0].1.id = Some("x".repeat(ID_BYTES + 1)),
        ];
        for (i, damage) in damages.into_iter().enumerate() {
            let mut raw = Raw::from(sample.clone());
            damage(&mut raw);
            assert!(Fingerprints::try_from(raw).is_err(), "damage {i}");
        }
        assert!(Fingerprints::try_from(Raw::from(sample)).is_ok());
    }
}
