//! `driftsphere profile`: files -> a profile, a set of them, or one for each
//! window of time.

use super::centres;
use super::doubts;
use super::exit::ExitStatus;
use super::fit::tell_fewer;
use super::input_args::{Centres, ColumnArgs};
use super::output;
use super::profile_args::ProfileArgs;
use super::settings::Settings;
use super::stored::{self, Stored};
use super::window::Window;
use super::window_files;
use anyhow::Result;
use driftsphere::profile::{
    DEFAULT_MAX_SEGMENTS, Profile, ProfileBuilder, ProfileConfig, ProfileSet, SegmentedBuilder,
    WindowLength, WindowedBuilder,
};
use driftsphere::report::{profile_line, profile_page, set_line, set_page};
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(args: &ProfileArgs) -> Result<ExitStatus> {
    if let Some(path) = &args.output {
        match args.divide.window {
            Some(_) => window_files::check_folder(path)?,
            None => {
                let mut inputs = args.inputs.clone();
                inputs.extend(args.centres.codebook.clone());
                inputs.extend(args.centres.like.as_deref().map(stored::file));
                inputs.extend(args.images.measures.clone());
                if let Some(Centres::File(file)) = &args.centres.centres {
                    inputs.push(centres::file(file));
                }
                output::check_output(path, &inputs)?;
            }
        }
    }
    let segments = Segments::of(args)?;
    let columns = ColumnArgs {
        segment: segments.as_ref().map(|segments| segments.column.clone()),
        ..args.columns.clone()
    };
    let like = args.centres.like.as_deref().map(Stored::read).transpose()?;
    let like = like.as_ref().map(Stored::config);
    let window = Window::open(&args.inputs, &columns, &args.rows, &args.images, like)?;
    let settings = Settings::new(&args.space, &args.centres, args.threads, window.dim())?;
    let settings = settings.images(window.images());
    let settings = settings.angles(&args.angles).tags(&args.tags);
    match (segments, args.divide.window) {
        (None, None) => {
            let profile = settings.learn(&window)?;
            check(args, [&profile])?;
            put_profile(&profile, args.output.as_deref())?;
        }
        (Some(segments), None) => {
            let set = settings.learn_as(&window, |one| segments.builder(one))?;
            check(args, set.members().values())?;
            doubts::tell(set.members().values(), &window);
            put_set(&set, args.output.as_deref())?;
        }
        (None, Some(length)) => {
            let windows = settings.learn_as(&window, |one| Ok(WindowedBuilder::new(one, length)));
            let windows = windows?;
            check(args, windows.windows.values())?;
            doubts::tell(windows.windows.values(), &window);
            let folder = folder(args);
            window_files::write(
                &windows,
                length,
                folder,
                |w, path| w.write(path),
                profile_line,
            )?;
        }
        (Some(segments), Some(length)) => {
            let windows = settings.learn_as(&window, |one| segments.by_window(one, length))?;
            let sets = windows.windows.values();
            let profiles = sets.flat_map(|set| set.members().values());
            check(args, profiles.clone())?;
            doubts::tell(profiles, &window);
            let folder = folder(args);
            window_files::write(&windows, length, folder, |w, path| w.write(path), set_line)?;
        }
    }
    Ok(ExitStatus::Success)
}

/// How records are divided by a column.
struct Segments {
    column: String,
    most: usize,
}

impl Segments {
    /// As typed, or else as the profile was that is to be followed.
    fn of(args: &ProfileArgs) -> Result<Option<Self>> {
        if let Some(column) = &args.divide.segment {
            return Ok(Some(Self {
                column: column.clone(),
                most: args.divide.max_segments.unwrap_or(DEFAULT_MAX_SEGMENTS),
            }));
        }
        let Some(like) = &args.centres.like else {
            return Ok(None);
        };
        Ok(match Stored::read(like)? {
            Stored::Profile(_) => None,
            Stored::Set(set) => Some(Self {
                column: set.column().to_owned(),
                most: set.max_segments(),
            }),
        })
    }

    fn builder(self, one: ProfileBuilder) -> driftsphere::Result<SegmentedBuilder> {
        SegmentedBuilder::new(one, self.column).max_segments(self.most)
    }

    fn by_window(
        self,
        one: ProfileBuilder,
        length: WindowLength,
    ) -> driftsphere::Result<WindowedBuilder<SegmentedBuilder>> {
        Ok(WindowedBuilder::new(self.builder(one)?, length))
    }
}

/// Says which objects came that cannot be used.
fn tell_faults<'p>(profiles: impl Iterator<Item = &'p Profile>) {
    let mut faults: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut objects: BTreeMap<&str, u64> = BTreeMap::new();
    for (kind, table) in profiles.flat_map(Profile::objects) {
        *objects.entry(kind).or_default() += table.all().objects();
        for (reason, count) in table.faults() {
            *faults.entry((kind, reason)).or_default() += count;
            *objects.entry(kind).or_default() += count;
        }
    }
    for ((kind, reason), count) in faults {
        let all = objects[kind];
        output::note(&format!(
            "{count} of {all} objects ({kind}) not used: {reason}"
        ));
    }
}

/// Says what came out otherwise than asked for.
fn check<'p>(args: &ProfileArgs, profiles: impl IntoIterator<Item = &'p Profile>) -> Result<()> {
    let profiles: Vec<&Profile> = profiles.into_iter().collect();
    Settings::check_angles(&args.angles, profiles.iter().copied())?;
    tell_faults(profiles.iter().copied());
    // All have the same centres.
    let config: Option<&ProfileConfig> = profiles.first().map(|profile| profile.config());
    if let (Some(wanted), Some(config)) = (args.centres.fit, config) {
        for (space, config) in &config.spaces {
            if let Some(book) = &config.codebook {
                tell_fewer(space, book, args.centres.method(), wanted);
            }
        }
    }
    Ok(())
}

/// The folder of windows, which the flag asks for.
fn folder(args: &ProfileArgs) -> &Path {
    args.output.as_deref().unwrap_or(Path::new("."))
}

fn put_profile(profile: &Profile, path: Option<&Path>) -> Result<()> {
    let Some(path) = path else {
        return output::print(&profile_page(profile, "profile", &output::page(false)));
    };
    profile.write(path)?;
    let line = profile_line(profile, &path.display().to_string());
    output::print(&format!("{line}\n"))
}

fn put_set(set: &ProfileSet, path: Option<&Path>) -> Result<()> {
    let Some(path) = path else {
        return output::print(&set_page(set, "profile", &output::page(false)));
    };
    set.write(path)?;
    let line = set_line(set, &path.display().to_string());
    output::print(&format!("{line}\n"))
}
