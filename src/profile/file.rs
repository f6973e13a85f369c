//! Profiles and codebooks as bytes and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::error::Result;
use crate::sketch::CoordinatedSample;
use crate::sphere::Codebook;

use super::config::ProfileConfig;
use super::container::{self, FileKind, Section, damaged};
use super::feature::Feature;
use super::ids::IdMode;
use super::record_file::RawRecords;
use super::sealed::SealedSpace;
use super::window::Profile;
use super::wire::{RawConfig, RawSpace, from_body, to_body};

const CONFIG: [u8; 4] = *b"CONF";
const ANGLES: [u8; 4] = *b"ANGL";
const IDS: [u8; 4] = *b"IDSK";
const RECORDS: [u8; 4] = *b"RECS";
const FEATURES: [u8; 4] = *b"FEAT";
const SAMPLE: [u8; 4] = *b"SAMP";
const SPACE: [u8; 4] = *b"SPCE";
const SEALED: [u8; 4] = *b"SEAL";
const BOOK: [u8; 4] = *b"BOOK";

pub(super) fn section(tag: [u8; 4], body: Vec<u8>) -> Section<'static> {
    Section {
        tag,
        body: body.into(),
    }
}

/// The next section, which must have this tag.
pub(super) fn expect<'s, 'a>(
    sections: &mut impl Iterator<Item = &'s Section<'a>>,
    tag: [u8; 4],
) -> Result<&'s Section<'a>>
where
    'a: 's,
{
    let name = String::from_utf8_lossy(&tag).into_owned();
    match sections.next() {
        Some(section) if section.tag == tag => Ok(section),
        _ => Err(damaged(format!(
            "section {name} is missing or out of order"
        ))),
    }
}

impl Profile {
    /// The profile's bytes: a pure function of the records and the configuration.
    /// The layout is specified in `FORMAT.md`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sections = vec![section(CONFIG, to_body(&RawConfig::from(&self.config)))];
        if !self.config.angles.is_empty() {
            sections.push(section(ANGLES, to_body(&self.config.angles)));
        }
        if self.config.ids != IdMode::Plain {
            sections.push(section(IDS, to_body(&self.config.ids)));
        }
        let records = to_body(&(&self.tags, &self.tally, self.times, self.class_sources));
        sections.push(section(RECORDS, records));
        sections.push(section(FEATURES, to_body(&self.features)));
        if self.config.spaces.is_empty() {
            let records = RawRecords::new(&self.config, &self.sample);
            sections.push(section(SAMPLE, to_body(&records)));
        }
        for (name, space) in &self.spaces {
            sections.push(section(SPACE, to_body(&RawSpace::new(name, space))));
        }
        if self.config.sealed {
            let parts = self.spaces.values().map(|space| &space.sealed);
            sections.push(section(SEALED, to_body(&parts.collect::<Vec<_>>())));
        }
        container::encode(FileKind::Profile, &sections)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, from any source: nothing
    /// in the bytes is trusted.
    ///
    /// # Errors
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) where the bytes are damaged or no profile,
    /// [`ErrorKind::Version`](crate::ErrorKind::Version) where a newer version wrote them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut sections = container::decode(bytes, FileKind::Profile)?;
        let sealed = sections.pop_if(|section| section.tag == SEALED);
        let mut sections = sections.iter().peekable();
        let config: RawConfig = from_body(&expect(&mut sections, CONFIG)?.body, "CONF")?;
        let mut config = ProfileConfig::try_from(config)?;
        if let Some(section) = sections.next_if(|section| section.tag == ANGLES) {
            config.angles = angles(from_body(&section.body, "ANGL")?)?;
        }
        if let Some(section) = sections.next_if(|section| section.tag == IDS) {
            config.ids = from_body(&section.body, "IDSK")?;
            if config.ids == IdMode::Plain {
                return Err(damaged("plain ids have no section"));
            }
        }
        let (tags, tally, times, class_sources) =
            from_body(&expect(&mut sections, RECORDS)?.body, "RECS")?;
        let features: BTreeMap<String, Feature> =
            from_body(&expect(&mut sections, FEATURES)?.body, "FEAT")?;
        // What a sealed profile may have depends on it.
        config.sealed = sealed.is_some();
        let sample = match config.spaces.is_empty() {
            true => {
                let records: RawRecords = from_body(&expect(&mut sections, SAMPLE)?.body, "SAMP")?;
                records
                    .check_into(&mut config, features.len())
                    .map_err(|e| e.at("section", "SAMP"))?
            }
            false => CoordinatedSample::new(0),
        };
        let mut spaces = BTreeMap::new();
        for (name, space_config) in &config.spaces {
            let raw: RawSpace = from_body(&expect(&mut sections, SPACE)?.body, "SPCE")?;
            if raw.name != *name {
                return Err(damaged(format!(
                    "space {} stands where {name} belongs",
                    raw.name
                )));
            }
            let space = raw
                .check_into(space_config, sealed.is_some())
                .map_err(|e| e.at("space", name))?;
            spaces.insert(name.clone(), space);
        }
        if sections.next().is_some() {
            return Err(damaged("a section too many"));
        }
        let mut profile = Self {
            config,
            tags,
            tally,
            times,
            class_sources,
            features,
            sample,
            spaces,
        };
        match sealed {
            Some(section) => profile.take_sealed(from_body(&section.body, "SEAL")?)?,
            None if profile.has_sealed_parts() => {
                return Err(damaged("joined buckets in a profile that is not sealed"));
            }
            None => {}
        }
        Ok(profile)
    }

    /// Takes in the section of a sealed profile, and holds all of it to the rules.
    fn take_sealed(&mut self, parts: Vec<Option<SealedSpace>>) -> Result<()> {
        if parts.len() != self.spaces.len() {
            return Err(damaged("not one sealed part for each space"));
        }
        for (space, part) in self.spaces.values_mut().zip(parts) {
            space.sealed = part;
        }
        self.check_sealed()
    }

    /// Writes a file: beside it first, then renamed over it, so that no reader
    /// ever sees half a profile.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) with the file's name.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        container::write(path.as_ref(), &self.to_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and those of [`from_bytes`](Self::from_bytes), with
    /// the file's name.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = container::read(path)?;
        Self::from_bytes(&bytes).map_err(|e| e.at("file", path.display()))
    }
}

/// Periods by rising name of the feature; none at all has no section.
fn angles(raw: Vec<(String, f64)>) -> Result<BTreeMap<String, f64>> {
    let rising = raw.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if raw.is_empty() || !rising {
        return Err(damaged("the angles are out of order"));
    }
    let config = ProfileConfig {
        angles: raw.into_iter().collect(),
        ..ProfileConfig::new()
    };
    config
        .check()
        .map_err(|e| damaged(format!("the configuration does not hold together: {e}")))?;
    Ok(config.angles)
}

/// One codebook for each space, by the space's name: what a distributed
/// reference shares between its two passes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Codebooks(pub BTreeMap<String, Arc<Codebook>>);

impl Codebooks {
    /// The bytes of a codebook file; the layout is specified in `FORMAT.md`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let sections: Vec<_> = self
            .0
            .iter()
            .map(|(name, book)| section(BOOK, to_body(&(name, &**book))))
            .collect();
        container::encode(FileKind::Codebooks, &sections)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; nothing is trusted.
    ///
    /// # Errors
    /// As [`Profile::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut books = BTreeMap::new();
        for section in container::decode(bytes, FileKind::Codebooks)? {
            if section.tag != BOOK {
                return Err(damaged("a section that does not belong in a codebook file"));
            }
            let (name, book): (String, Codebook) = from_body(&section.body, "BOOK")?;
            if books.last_key_value().is_some_and(|(l, _)| *l >= name) {
                return Err(damaged("the codebooks are out of order"));
            }
            books.insert(name, Arc::new(book));
        }
        Ok(Self(books))
    }

    /// Writes a file, beside it first, then renamed over it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) with the file's name.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        container::write(path.as_ref(), &self.to_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), and those of [`from_bytes`](Self::from_bytes).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = container::read(path)?;
        Self::from_bytes(&bytes).map_err(|e| e.at("file", path.display()))
    }
}
