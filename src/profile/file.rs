//! Profiles and codebooks as bytes and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::sketch::{CoordinatedSample, Fingerprints};
use crate::sphere::{Codebook, MeanRow};

use super::config::ProfileConfig;
use super::container::{self, FileKind, Section, damaged};
use super::feature::Feature;
use super::ids::IdMode;
use super::object_table::ObjectTable;
use super::pictures::picture_rows;
use super::record_file::RawRecords;
use super::record_sample::sampled_numbers;
use super::sealed::SealedSpace;
use super::window::Profile;
use super::wire::{RawConfig, RawSpace, from_body, to_body};

const CONFIG: [u8; 4] = *b"CONF";
const ANGLES: [u8; 4] = *b"ANGL";
const IDS: [u8; 4] = *b"IDSK";
const MEANS: [u8; 4] = *b"MEAN";
const IMAGES: [u8; 4] = *b"IMGS";
const RECORDS: [u8; 4] = *b"RECS";
const FEATURES: [u8; 4] = *b"FEAT";
const SAMPLE: [u8; 4] = *b"SAMP";
const PICTURES: [u8; 4] = *b"PICT";
const SPACE: [u8; 4] = *b"SPCE";
const OBJECTS: [u8; 4] = *b"OBJS";
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

/// What goes into a profile's file, in its order; `FEAT` stands between the records
/// and their sample.
pub(super) struct FileParts {
    pub(super) settings: Vec<Section<'static>>,
    pub(super) records: Section<'static>,
    pub(super) sample: Option<Section<'static>>,
    pub(super) pictures: Option<Section<'static>>,
    pub(super) spaces: Vec<RawSpace>,
    pub(super) objects: Option<Section<'static>>,
    pub(super) sealed: Option<Section<'static>>,
}

impl FileParts {
    pub(super) fn of(profile: &Profile) -> Self {
        let config = &profile.config;
        let mut settings = vec![section(CONFIG, to_body(&RawConfig::from(config)))];
        if !config.angles.is_empty() {
            settings.push(section(ANGLES, to_body(&config.angles)));
        }
        if config.ids != IdMode::Plain {
            settings.push(section(IDS, to_body(&config.ids)));
        }
        let means = config.spaces.iter();
        let means = means.filter_map(|(name, space)| Some((name, space.mean.as_ref()?)));
        settings.extend(means_section(means));
        if let Some(images) = &config.images {
            settings.push(section(IMAGES, to_body(images)));
        }
        let (tags, tally) = (&profile.tags, &profile.tally);
        let records = to_body(&(tags, tally, profile.times, profile.class_sources));
        let spaces = profile.spaces.iter();
        let sample = config.spaces.is_empty().then(|| {
            let records = RawRecords::new(config, &profile.sample);
            section(SAMPLE, to_body(&records))
        });
        let pictures = profile.pictures.as_ref();
        let pictures = pictures.map(|sample| section(PICTURES, to_body(sample)));
        let sealed = config.sealed.then(|| {
            let parts = profile.spaces.values().map(|space| &space.sealed);
            section(SEALED, to_body(&parts.collect::<Vec<_>>()))
        });
        Self {
            settings,
            records: section(RECORDS, records),
            sample,
            pictures,
            spaces: spaces
                .map(|(name, space)| RawSpace::new(name, space))
                .collect(),
            objects: (!profile.objects.is_empty())
                .then(|| section(OBJECTS, to_body(&profile.objects))),
            sealed,
        }
    }

    /// Bytes that are in no body.
    pub(super) fn frame_bytes(&self) -> u64 {
        let optional = [&self.sample, &self.pictures, &self.objects, &self.sealed];
        let some = optional.into_iter().flatten().count();
        container::frame_bytes(self.settings.len() + 2 + self.spaces.len() + some)
    }
}

/// The tables of objects, each of which must hold together.
fn objects(body: &[u8], config: &ProfileConfig) -> Result<BTreeMap<String, ObjectTable>> {
    let tables: BTreeMap<String, ObjectTable> = from_body(body, "OBJS")?;
    if tables.is_empty() || tables.contains_key("") {
        return Err(damaged("kinds of objects without a name, or none"));
    }
    for (kind, table) in &tables {
        let checked = table.check(config.max_classes, config.sealed);
        checked.map_err(|e| e.at("objects", kind))?;
    }
    Ok(tables)
}

impl Profile {
    /// The profile's bytes: a pure function of the records and the configuration.
    /// The layout is specified in `FORMAT.md`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = FileParts::of(self);
        let mut sections = parts.settings;
        sections.push(parts.records);
        sections.push(section(FEATURES, to_body(&self.features)));
        sections.extend(parts.sample);
        sections.extend(parts.pictures);
        let spaces = parts.spaces.iter();
        sections.extend(spaces.map(|space| section(SPACE, to_body(space))));
        sections.extend(parts.objects);
        sections.extend(parts.sealed);
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
        if let Some(section) = sections.next_if(|section| section.tag == MEANS) {
            for (name, mean) in means(&section.body)? {
                let space = config.spaces.get_mut(&name);
                let space = space.ok_or_else(|| damaged("a mean of a space that is not there"))?;
                space.mean = Some(mean);
            }
            config.check().map_err(unsound)?;
        }
        if let Some(section) = sections.next_if(|section| section.tag == IMAGES) {
            config.images = Some(from_body(&section.body, "IMGS")?);
            config.check().map_err(unsound)?;
        }
        let (tags, tally, times, class_sources) =
            from_body(&expect(&mut sections, RECORDS)?.body, "RECS")?;
        let features: BTreeMap<String, Feature> =
            from_body(&expect(&mut sections, FEATURES)?.body, "FEAT")?;
        // What a sealed profile may have depends on it.
        config.sealed = sealed.is_some();
        let records: Option<RawRecords> = match config.spaces.is_empty() {
            true => Some(from_body(&expect(&mut sections, SAMPLE)?.body, "SAMP")?),
            false => None,
        };
        if let Some(records) = &records {
            let settings = records.settings(&mut config);
            settings.map_err(|e| e.at("section", "SAMP"))?;
        }
        let pictures = sections.next_if(|section| section.tag == PICTURES);
        let pictures: Option<Fingerprints> = pictures
            .map(|section| from_body(&section.body, "PICT"))
            .transpose()?;
        let (rows, seed) = (picture_rows(&config), config.seed);
        if pictures
            .as_ref()
            .is_some_and(|p| p.k() != rows || !p.is_seeded(seed))
        {
            return Err(damaged("a sample of pictures of another size or seed"));
        }
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
        let objects = match sections.next_if(|section| section.tag == OBJECTS) {
            Some(section) => objects(&section.body, &config)?,
            None => BTreeMap::new(),
        };
        if sections.next().is_some() {
            return Err(damaged("a section too many"));
        }
        let numbers = sampled_numbers(&features, &objects);
        let sample = match records {
            Some(records) => records.check(&config, features.len(), numbers),
            None => Ok(CoordinatedSample::new(0)),
        };
        let sample = sample.map_err(|e| e.at("section", "SAMP"))?;
        let mut profile = Self {
            config,
            tags,
            tally,
            times,
            class_sources,
            features,
            sample,
            pictures,
            spaces,
            objects,
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
    config.check().map_err(unsound)?;
    Ok(config.angles)
}

fn unsound(error: Error) -> Error {
    damaged(format!("the configuration does not hold together: {error}"))
}

/// What is subtracted from the rows of each space: how many rows it is the mean of,
/// and its values as little-endian f32. None at all has no section.
fn means_section<'a>(
    means: impl Iterator<Item = (&'a String, &'a Arc<MeanRow>)>,
) -> Option<Section<'static>> {
    let raw = |(name, mean): (&'a String, &'a Arc<MeanRow>)| {
        let values = mean.values().iter().flat_map(|v| v.to_le_bytes());
        (name, mean.rows(), values.collect::<Vec<u8>>())
    };
    let means: Vec<_> = means.map(raw).collect();
    (!means.is_empty()).then(|| section(MEANS, to_body(&means)))
}

/// Means by rising name of the space.
fn means(body: &[u8]) -> Result<BTreeMap<String, Arc<MeanRow>>> {
    let raw: Vec<(String, u64, &[u8])> = from_body(body, "MEAN")?;
    if raw.is_empty() || !raw.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        return Err(damaged("the means are out of order"));
    }
    let mean = |(name, rows, bytes): (String, u64, &[u8])| {
        let (values, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(damaged("a mean was cut"));
        }
        let values = values.iter().map(|v| f32::from_le_bytes(*v)).collect();
        Ok((
            name,
            Arc::new(MeanRow::of_rows(rows, values).map_err(unsound)?),
        ))
    };
    raw.into_iter().map(mean).collect()
}

/// One codebook for each space, by the space's name: what a distributed
/// reference shares between its two passes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Codebooks {
    /// The codebooks, by the name of the space.
    pub books: BTreeMap<String, Arc<Codebook>>,
    /// What was subtracted from the rows that they were fitted on, where anything
    /// was, by the name of the space.
    pub means: BTreeMap<String, Arc<MeanRow>>,
}

impl Codebooks {
    /// The bytes of a codebook file; the layout is specified in `FORMAT.md`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let sections = self
            .books
            .iter()
            .map(|(name, book)| section(BOOK, to_body(&(name, &**book))));
        let means = means_section(self.means.iter());
        let sections: Vec<_> = means.into_iter().chain(sections).collect();
        container::encode(FileKind::Codebooks, &sections)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; nothing is trusted.
    ///
    /// # Errors
    /// As [`Profile::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let sections = container::decode(bytes, FileKind::Codebooks)?;
        let mut sections = sections.iter().peekable();
        let means = match sections.next_if(|section| section.tag == MEANS) {
            Some(section) => means(&section.body)?,
            None => BTreeMap::new(),
        };
        let mut books: BTreeMap<String, Arc<Codebook>> = BTreeMap::new();
        for section in sections {
            if section.tag != BOOK {
                return Err(damaged("a section that does not belong in a codebook file"));
            }
            let (name, book): (String, Codebook) = from_body(&section.body, "BOOK")?;
            if books.last_key_value().is_some_and(|(l, _)| *l >= name) {
                return Err(damaged("the codebooks are out of order"));
            }
            books.insert(name, Arc::new(book));
        }
        let fits = |(name, mean): (&String, &Arc<MeanRow>)| {
            let book = books.get(name);
            book.is_some_and(|book| book.dim() == mean.dim())
        };
        match means.iter().all(fits) {
            true => Ok(Self { books, means }),
            false => Err(damaged("a mean that fits no codebook")),
        }
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
