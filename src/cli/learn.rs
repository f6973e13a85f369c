//! From the records of a window to what is learned of them, pass by pass.

use super::args::ThreadArgs;
use super::doubts;
use super::progress::Progress;
use super::settings::Settings;
use super::window::Window;
use driftsphere::profile::{Learner, Profile, ProfileBuilder, ProfileConfig, reference_config};
use driftsphere::sphere::MeanSketch;
use driftsphere::{Error, ErrorKind, Result};
use std::num::NonZeroUsize;
use std::sync::Arc;

impl Settings {
    /// Profiles a window, in as many passes over its files as it takes.
    pub(super) fn learn(&self, window: &Window) -> Result<Profile> {
        let profile = self.learn_as(window, Ok)?;
        doubts::tell([&profile], window);
        Ok(profile)
    }

    /// The same into several profiles: `learner` makes, of a builder that has
    /// learned nothing, one that divides the records. Centres are fitted on all
    /// of them.
    pub(super) fn learn_as<L: Learner>(
        &self,
        window: &Window,
        learner: impl FnOnce(ProfileBuilder) -> Result<L> + Send,
    ) -> Result<L::Learned>
    where
        L::Learned: Send,
    {
        pool(self.threads)?.install(|| {
            let progress = Progress::new();
            let space = self.space.as_deref().unwrap_or_default();
            let mut config = self.config.clone();
            let mut passes = Passes::of(&[self.centre, self.fit.is_some()]);
            if self.centre {
                progress.start(&passes.next("finding the mean"));
                self.find_mean(window, &mut config, &progress)?;
            }
            if let Some(given) = &self.given {
                given.put_into(&mut config, space)?;
            }
            if let Some(options) = self.fit {
                progress.start(&passes.next("finding centres"));
                config = reference_config(config, options, |builder| {
                    builder.set_threads(self.threads)?;
                    window.feed(space, builder, &progress).map(|_| ())
                })?;
            }
            progress.start(&passes.next("measuring"));
            let mut builder = ProfileBuilder::new(config)?;
            builder.set_threads(self.threads)?;
            for (key, value) in &self.tags {
                builder.tag(key, value);
            }
            let mut learner = learner(builder)?;
            let findings = window.feed(space, &mut learner, &progress)?;
            let learned = learner.freeze()?;
            drop(progress);
            findings.tell();
            Ok(learned)
        })
    }

    /// A pass that learns nothing but the mean of the rows.
    fn find_mean(
        &self,
        window: &Window,
        config: &mut ProfileConfig,
        progress: &Progress,
    ) -> Result<()> {
        let space = self.space.as_deref().unwrap_or_default();
        let Some(space) = config.spaces.get_mut(space) else {
            return Ok(());
        };
        let mut mean = MeanSketch::new(space.dim);
        window.read(progress, |block, _| {
            let batch = block.batch("");
            batch.spaces().for_each(|(_, rows)| mean.update(&rows));
            Ok(())
        })?;
        let mean = mean.freeze().map_err(|e| e.at("option", "--centre"))?;
        space.mean = Some(Arc::new(mean));
        Ok(())
    }
}

/// What the passes over the input are called.
struct Passes {
    next: usize,
    all: usize,
}

impl Passes {
    /// One for each that is asked for, and the last.
    fn of(asked: &[bool]) -> Self {
        Self {
            next: 1,
            all: 1 + asked.iter().filter(|asked| **asked).count(),
        }
    }

    fn next(&mut self, what: &str) -> String {
        let name = match self.all {
            1 => "profiling".to_owned(),
            all => format!("pass {} of {all}, {what}", self.next),
        };
        self.next += 1;
        name
    }
}

/// Threads for one task.
pub(super) fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build().map_err(|error| {
        let message = format!("cannot start {threads} threads");
        Error::new(ErrorKind::Io, message).because(error)
    })
}

/// How many threads are meant.
pub(super) fn workers(threads: ThreadArgs) -> usize {
    threads.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        usize::from,
    )
}
