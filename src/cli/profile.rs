//! `driftsphere profile`: files -> a profile.

use super::args::ProfileArgs;
use super::exit::ExitStatus;
use super::fit::tell_fewer;
use super::output;
use super::settings::Settings;
use super::window::Window;
use anyhow::Result;
use driftsphere::report::{profile_line, profile_page};

pub(super) fn run(args: &ProfileArgs) -> Result<ExitStatus> {
    if let Some(path) = &args.output {
        let mut inputs = args.inputs.clone();
        inputs.extend(args.centres.codebook.clone());
        inputs.extend(args.centres.like.clone());
        output::check_output(path, &inputs)?;
    }
    let window = Window::open(&args.inputs, &args.columns, &args.rows)?;
    let settings = Settings::new(&args.space, &args.centres, args.threads, window.dim())?;
    let settings = settings.angles(&args.angles).tags(&args.tags);
    let profile = settings.learn(&window)?;
    if !args.angles.is_empty() {
        Settings::check_angles(&profile)?;
    }
    if let Some(wanted) = args.centres.fit {
        for (space, config) in &profile.config().spaces {
            if let Some(book) = &config.codebook {
                tell_fewer(
                    space,
                    book,
                    args.centres.centres.unwrap_or_default(),
                    wanted,
                );
            }
        }
    }
    match &args.output {
        None => output::print(&profile_page(&profile, "profile", &output::page(false)))?,
        Some(path) => {
            profile.write(path)?;
            let name = path.display().to_string();
            output::print(&format!("{}\n", profile_line(&profile, &name)))?;
        }
    }
    Ok(ExitStatus::Success)
}
