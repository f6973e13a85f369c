//! What a profile keeps of the records' ids.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::sketch::hash_text;
use crate::sphere::{Codebook, Medoid, Medoids, is_made_up};

/// What a profile keeps of the records' ids: in samples, as medoids, and of the
/// records farthest from every cluster.
///
/// | | text that is kept | drawn into samples by |
/// | --- | --- | --- |
/// | `plain` | the id | the hash of the id |
/// | `hashed` | `#` and the 16 hexadecimal digits of this hash | the hash of the id |
/// | `none` | none | the hash of the vector |
///
/// The hash is xxh3-64 with the profile's seed. With `hashed`, the same records
/// are sampled as with `plain`, and the same ids are found again in other profiles
/// of the same seed. **That is no anonymisation**: who can guess an id can hash the
/// guess. `none` treats records as if they had come without ids; the hash of a
/// record's group, where it has one, is kept all the same.
///
/// ```
/// use driftsphere::ingest::Record;
/// use driftsphere::profile::{IdMode, ProfileBuilder, ProfileConfig, SpaceConfig};
///
/// let config = ProfileConfig::new()
///     .ids(IdMode::Hashed)
///     .space("embedding", SpaceConfig::new(2));
/// let mut builder = ProfileBuilder::new(config)?;
/// builder.track(&Record {
///     id: Some("patient 7.png"),
///     spaces: &[("embedding", &[3.0, 4.0])],
///     ..Record::default()
/// })?;
/// let profile = builder.freeze();
/// let kept = profile.spaces()["embedding"].sample().rows().next().unwrap();
/// assert_eq!(kept.row.id.as_deref(), Some(format!("#{:016x}", kept.hash).as_str()));
/// # Ok::<(), driftsphere::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum IdMode {
    /// The ids as they are.
    #[default]
    Plain,
    /// A short seeded hash of each.
    Hashed,
    /// Nothing.
    None,
}

impl IdMode {
    /// `plain`, `hashed` or `none`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Hashed => "hashed",
            Self::None => "none",
        }
    }

    /// What is kept of an id.
    pub(crate) fn kept(self, id: Cow<'_, str>, seed: u64) -> Option<Cow<'_, str>> {
        match self {
            Self::Plain => Some(id),
            Self::Hashed => Some(Cow::Owned(hashed(seed, &id))),
            Self::None => None,
        }
    }

    /// A codebook whose medoids say no more of ids than this allows: it may have
    /// been fitted on a profile that kept more. What rows are measured against
    /// stays the same.
    pub(crate) fn conceal(self, book: &Arc<Codebook>) -> Arc<Codebook> {
        let seed = book.provenance().sample_seed;
        let medoid = |medoid: &Option<Medoid>| {
            let medoid = medoid.clone()?;
            let id = match self {
                Self::Plain => medoid.id,
                _ if is_made_up(&medoid.id) => medoid.id,
                Self::Hashed if is_hashed(&medoid.id) => medoid.id,
                Self::Hashed => hashed(seed, &medoid.id),
                Self::None => return None,
            };
            Some(Medoid { id, ..medoid })
        };
        let of = |centres: &[crate::sphere::Centre]| -> Vec<Option<Medoid>> {
            centres
                .iter()
                .map(|centre| medoid(&centre.medoid))
                .collect()
        };
        let (classes, clusters) = (of(book.classes()), of(book.clusters()));
        let mut concealed = Codebook::clone(book);
        let scope = book.provenance().medoids;
        concealed
            .set_medoids(
                Medoids::from_found(classes),
                Medoids::from_found(clusters),
                scope,
            )
            .expect("as many medoids as centres");
        Arc::new(concealed)
    }
}

/// `#` and the hash of the id in hexadecimal.
fn hashed(seed: u64, id: &str) -> String {
    format!("#{:016x}", hash_text(seed, id))
}

fn is_hashed(id: &str) -> bool {
    let digits = id.strip_prefix('#');
    digits.is_some_and(|d| d.len() == 16 && d.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl fmt::Display for IdMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for IdMode {
    type Err = Error;

    /// Reads a [`name`](IdMode::name).
    fn from_str(text: &str) -> Result<Self> {
        let all = [Self::Plain, Self::Hashed, Self::None];
        all.into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| {
                let message = format!("ids are kept plain, hashed or none, not {text:?}");
                Error::new(ErrorKind::Argument, message)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for mode in [IdMode::Plain, IdMode::Hashed, IdMode::None] {
            assert_eq!(mode.name().parse::<IdMode>().unwrap(), mode);
        }
        let error = "secret".parse::<IdMode>().unwrap_err().to_string();
        assert!(
            error.contains("secret") && error.contains("hashed"),
            "{error}"
        );
    }

    #[test]
    fn a_hash_is_not_hashed_again() {
        let once = hashed(3, "a.png");
        assert!(is_hashed(&once) && !is_hashed("a.png") && !is_hashed("#12"));
        assert_eq!(once, format!("#{:016x}", hash_text(3, "a.png")));
    }
}
