//! Learning a profile in one pass or two, by several threads if need be.

use crate::passes::Pass;
use crate::reading::Reading;
use crate::records::Lent;
use crate::settings::Settings;
use crate::work::on_threads;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig, Role, fit};
use driftsphere::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

const NO_SCORES: &CStr =
    c"none of these scores can be used; if they are logits, say logits=True. They are counted by reason";

/// What a profiler has learned, and how it goes on.
#[derive(Debug)]
pub(crate) struct Learning {
    settings: Settings,
    tags: BTreeMap<String, String>,
    threads: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// `None` until the first records say what spaces there are.
    builder: Option<ProfileBuilder>,
    /// Counts of records that came before it.
    waiting: BTreeMap<(Unused, String), u64>,
    records: u64,
    pass: Pass,
    is_closed: bool,
}

/// Why records are not in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unused {
    Skipped,
    Failed,
}

impl Unused {
    fn count(self, builder: &mut ProfileBuilder, reason: &str, records: u64) {
        match self {
            Self::Skipped => builder.skip(reason, records),
            Self::Failed => builder.fail(reason, records),
        }
    }
}

impl State {
    fn new(pass: Pass) -> Self {
        Self {
            builder: None,
            waiting: BTreeMap::new(),
            records: 0,
            pass,
            is_closed: false,
        }
    }

    /// Tells a new builder what came before it.
    fn catch_up(&self, builder: &mut ProfileBuilder) {
        for ((unused, reason), records) in &self.waiting {
            unused.count(builder, reason, *records);
        }
    }
}

impl Learning {
    pub(crate) fn new(settings: Settings, tags: BTreeMap<String, String>, threads: usize) -> Self {
        let pass = match settings.fit {
            Some(_) => Pass::First,
            None => Pass::Last(None),
        };
        Self {
            settings,
            tags,
            threads,
            state: Mutex::new(State::new(pass)),
        }
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.settings.reading
    }

    /// Records learned so far, and the pass.
    pub(crate) fn progress(&self) -> (u64, Pass) {
        let state = self.state();
        (state.records, state.pass)
    }

    /// Dimensions of the spaces, as far as they are known.
    pub(crate) fn spaces(&self) -> BTreeMap<String, usize> {
        let state = self.state();
        let known = state.builder.as_ref().map(ProfileBuilder::config);
        let spaces = known.unwrap_or(self.settings.known()).spaces.iter();
        spaces
            .map(|(name, space)| (name.clone(), space.dim))
            .collect()
    }

    /// What was learned so far.
    pub(crate) fn profile(&self) -> Result<Profile> {
        // The lock is not held while the copy is made ready.
        let (builder, pass) = {
            let state = self.state();
            let mut builder = match &state.builder {
                Some(builder) => builder.clone(),
                None => self.builder(self.settings.config(None)?)?,
            };
            if state.builder.is_none() {
                state.catch_up(&mut builder);
            }
            (builder, state.pass)
        };
        // Without threads of its own nothing here needs a pool.
        let profile = match self.threads {
            1 => builder.freeze(),
            n => on_threads(Some(n), || Ok(builder.freeze()))?,
        };
        pass.check(profile.tally().total())?;
        Ok(profile)
    }

    /// Learns no more from now on; whether it did not before.
    pub(crate) fn close(&self) -> bool {
        std::mem::replace(&mut self.state().is_closed, true)
    }

    /// What was learned stays sound when a thread panics: a batch is checked before
    /// anything of it is learned.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, where more may be learned.
    fn open(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.state();
        match state.is_closed {
            false => Ok(state),
            true => {
                let message = "the profiler was closed; nothing more can be logged";
                Err(Error::new(ErrorKind::Argument, message))
            }
        }
    }

    fn builder(&self, config: ProfileConfig) -> Result<ProfileBuilder> {
        let mut builder = ProfileBuilder::new(config)?;
        builder.set_threads(self.threads)?;
        for (key, value) in &self.tags {
            builder.tag(key, value);
        }
        Ok(builder)
    }

    /// Learns records, or nothing of them where they do not fit; gives a remark for who logged them,
    /// if there is one.
    pub(crate) fn track(&self, records: &Lent<'_>) -> Result<Option<&'static CStr>> {
        // Other threads may log while these are measured.
        let derived = records.derive(self.reading(), self.threads)?;
        let mut state = self.open()?;
        let mut fresh = None;
        let builder = match &mut state.builder {
            Some(builder) => builder,
            // Kept only if these records can be learned.
            None => fresh.insert(self.builder(self.settings.config(Some(records))?)?),
        };
        if records.has_pictures() && builder.config().images.is_none() {
            let message = "pictures, and the profile was begun or is followed without any; to \
                 begin without them, say Profiler(image_options=ImageOptions())";
            return Err(Error::new(ErrorKind::Incompatible, message).at("column", "images"));
        }
        let spaces: Vec<String> = builder.config().spaces.keys().cloned().collect();
        let known: Vec<&str> = spaces.iter().map(String::as_str).collect();
        records.with_batch(&known, &derived, |batch| match self.threads {
            1 => builder.track_batch(batch),
            n => on_threads(Some(n), || builder.track_batch(batch)),
        })?;
        let failures = derived.failures();
        for (reason, failed) in &failures {
            builder.fail(reason, *failed);
        }
        if let Some(mut builder) = fresh {
            state.catch_up(&mut builder);
            state.builder = Some(builder);
        }
        state.records += records.rows() as u64 - failures.values().sum::<u64>();
        Ok(derived.has_no_scores().then_some(NO_SCORES))
    }

    /// Counts of records do not say what spaces there are: they wait for the first
    /// records, which do.
    pub(crate) fn count(&self, unused: Unused, reason: &str, records: u64) -> Result<()> {
        let mut state = self.open()?;
        match &mut state.builder {
            Some(builder) => unused.count(builder, reason, records),
            None => {
                *state
                    .waiting
                    .entry((unused, reason.to_owned()))
                    .or_default() += records
            }
        }
        Ok(())
    }

    /// How often all records are to be logged.
    pub(crate) fn passes(&self) -> u8 {
        1 + u8::from(self.settings.fit.is_some())
    }

    /// Ends the first pass: fits centres on what it learned.
    pub(crate) fn turn(&self) -> Result<()> {
        let Some(options) = self.settings.fit else {
            return Ok(());
        };
        let mut state = self.state();
        let Some(first) = state.builder.clone().filter(|_| state.pass == Pass::First) else {
            let message = "nothing was logged in the first pass, and there is nothing to fit \
                 centres on";
            return Err(Error::new(ErrorKind::Argument, message).at("argument", "fit"));
        };
        let config = first.config().clone();
        let first = first.freeze();
        let books = on_threads(Some(self.threads), || fit(&first, options))?;
        let config = config.with_codebooks(&books, Role::Reference)?;
        *state = State {
            builder: Some(self.builder(config)?),
            ..State::new(Pass::Last(Some(first.tally().total())))
        };
        Ok(())
    }
}
